import { describe, expect, it } from 'vitest';
import { createKit } from './kit.js';

/** A channel of ann, who writes, bob and carol; dave is in none. */
function createPlace(version: '11.6' | '5.37' = '11.6') {
  const kit = createKit(version);
  const [ann, bob, carol] = ['ann', 'bob', 'carol'].map((username) => kit.createUser({ username }));
  kit.createUser({ username: 'dave' });
  if (!ann || !bob || !carol) throw new Error('no users');
  const team = kit.createTeam({ members: [ann, bob, carol] });
  const channel = kit.createChannel({ team, members: [ann, bob, carol] });
  const { memberKey, world } = kit;

  /** Posts as ann, and gives the names of the members for whom one mention more counts. */
  const mentioned = (message: string, more: object = {}, channelId = channel.id): readonly string[] => {
    const countOf = (id: string) => world.store.channelMembers.get(memberKey(channelId, id))?.mention_count ?? 0;
    const before = new Map([ann, bob, carol].map(({ id }) => [id, countOf(id)]));
    kit.call('POST', '/posts', { as: ann.token, body: { channel_id: channelId, message, ...more } });
    return [ann, bob, carol].flatMap(({ id, username }) => (countOf(id) > (before.get(id) ?? 0) ? [username] : []));
  };
  const set = (notify_props: object): void => {
    const row = world.store.users.get(bob.id);
    if (row) world.store.users.put({ ...row, notify_props: { ...row.notify_props, ...notify_props } });
  };
  const setMember = (notify_props: object): void => {
    const row = world.store.channelMembers.get(memberKey(channel.id, bob.id));
    if (row) world.store.channelMembers.put({ ...row, notify_props: { ...row.notify_props, ...notify_props } });
  };
  return { kit, ann, bob, carol, team, channel, mentioned, set, setMember };
}

describe('mentions of the embedded server', () => {
  it('are names in the text, not in code or addresses, and not the author', () => {
    const { mentioned } = createPlace();
    expect(mentioned('ahoy _@Bob_ and @ann')).toEqual(['bob']);
    expect(mentioned('see `@bob`, http://x.example/@bob and @bob你好')).toEqual([]);
    expect(mentioned('', { props: { attachments: [{ pretext: '@bob', text: '@carol' }] } })).toEqual(['bob', 'carol']);
  });

  it('are the keywords of the settings, and the first name where it is switched on', () => {
    const { mentioned, set, kit, bob } = createPlace();
    const row = kit.world.store.users.get(bob.id);
    if (row) kit.world.store.users.put({ ...row, first_name: 'Robert' });
    expect(mentioned('Robert, the mast')).toEqual([]);
    set({ first_name: 'true', mention_keys: 'mast, 帆' });
    expect(mentioned('dear Robert')).toEqual(['bob']);
    expect(mentioned('dear ROBERT')).toEqual([]);
    expect(mentioned('the MAST.')).toEqual(['bob']);
    expect(mentioned('升帆')).toEqual(['bob']);
  });

  it('are all members at @channel, except those who do not want it', () => {
    const { mentioned, set, setMember } = createPlace();
    expect(mentioned('@channel')).toEqual(['bob', 'carol']);
    setMember({ mark_unread: 'mention' });
    expect(mentioned('@all')).toEqual(['carol']);
    setMember({ ignore_channel_mentions: 'off' });
    expect(mentioned('@all')).toEqual(['bob', 'carol']);
    setMember({ ignore_channel_mentions: 'on' });
    expect(mentioned('@channel @bob')).toEqual(['bob', 'carol']);
    setMember({ ignore_channel_mentions: 'off' });
    set({ channel: 'false' });
    expect(mentioned('@channel')).toEqual(['carol']);
  });

  it('are those who are online at @here', () => {
    const { mentioned, kit, bob } = createPlace();
    expect(mentioned('@here')).toEqual([]);
    kit.open(bob.token);
    expect(mentioned('@here')).toEqual(['bob']);
  });

  it('are no more than names in a channel with too many members', () => {
    const { mentioned, kit } = createPlace();
    kit.world.config.patch({ TeamSettings: { MaxNotificationsPerChannel: 3 } });
    expect(mentioned('@channel @bob')).toEqual(['bob']);
  });

  it('are the other one of a direct channel, and on 11.6 the others of a group channel', () => {
    for (const version of ['11.6', '5.37'] as const) {
      const { kit, ann, bob, carol, mentioned } = createPlace(version);
      const ids = [ann.id, bob.id, carol.id];
      const direct = kit.call('POST', '/channels/direct', { as: ann.token, body: [ann.id, bob.id] });
      const group = kit.call('POST', '/channels/group', { as: ann.token, body: ids });
      expect(mentioned('ahoy', {}, String(direct.id))).toEqual(['bob']);
      expect(mentioned('ahoy', {}, String(group.id))).toEqual(version === '11.6' ? ['bob', 'carol'] : []);
      expect(mentioned('@carol', {}, String(group.id))).toContain('carol');
    }
  });

  it('tell the author of a name that is not in the channel, as it is written', () => {
    const { kit, ann, mentioned } = createPlace();
    const socket = kit.open(ann.token);
    const told = () => socket.parsed().filter(({ event }) => event === 'ephemeral_message').length;
    mentioned('`@dave` @Dave @nobody');
    expect(told()).toBe(0);
    mentioned('ahoy @dave.');
    expect(told()).toBe(1);
  });
});
