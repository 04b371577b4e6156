import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../../src/models/decode.js';
import { isEvent } from '../../../src/models/events.js';
import type { EventFrame } from '../../../src/models/frames.js';
import { recordedFrames } from './wire.js';

const broadcast = { omit_users: null, user_id: '', channel_id: '', team_id: '' };
const frameOf = (event: string, data: Record<string, unknown>, to: Partial<typeof broadcast> = {}): EventFrame => ({
  event,
  data,
  broadcast: { ...broadcast, ...to },
  seq: 1,
});

/** Which members are documents in strings, written out by event from protocol §3.3, as a second opinion beside the rule under test. */
const documents: Readonly<Record<string, readonly string[]>> = {
  posted: ['post', 'mentions', 'followers'],
  post_edited: ['post'],
  post_deleted: ['post'],
  ephemeral_message: ['post'],
  reaction_added: ['reaction'],
  reaction_removed: ['reaction'],
  draft_created: ['draft'],
  draft_deleted: ['draft'],
  thread_updated: ['thread'],
  channel_updated: ['channel'],
  channel_member_updated: ['channelMember'],
  group_added: ['teammate_ids'],
  update_team: ['team'],
  delete_team: ['team'],
  restore_team: ['team'],
  memberrole_updated: ['member'],
  preference_changed: ['preference'],
  preferences_changed: ['preferences'],
  preferences_deleted: ['preferences'],
  sidebar_category_updated: ['updatedCategories'],
  role_updated: ['role'],
  emoji_added: ['emoji'],
  open_dialog: ['dialog'],
};

type Id = (data: Record<string, unknown>) => string | undefined;
const inner =
  (name: string, key: string): Id =>
  (data) =>
    (JSON.parse(data[name] as string) as Record<string, string>)[key];
const own =
  (key: string): Id =>
  (data) =>
    data[key] as string | undefined;

/** Where an event tells its channel, team and user if not in the broadcast: protocol §3.3, again as a second opinion. */
const routes: Readonly<Record<string, { readonly channel?: Id; readonly team?: Id; readonly user?: Id }>> = {
  posted: { team: own('team_id'), user: inner('post', 'user_id') },
  post_edited: { user: inner('post', 'user_id') },
  post_deleted: { user: inner('post', 'user_id') },
  ephemeral_message: { user: inner('post', 'user_id') },
  reaction_added: { user: inner('reaction', 'user_id') },
  reaction_removed: { user: inner('reaction', 'user_id') },
  draft_created: { user: inner('draft', 'user_id') },
  draft_deleted: { user: inner('draft', 'user_id') },
  thread_updated: {
    channel: (data) => (JSON.parse(data['thread'] as string) as { post: { channel_id: string } }).post.channel_id,
  },
  thread_read_changed: { channel: own('channel_id') },
  channel_created: { channel: own('channel_id'), team: own('team_id') },
  channel_updated: { team: inner('channel', 'team_id') },
  channel_converted: { channel: own('channel_id') },
  channel_deleted: { channel: own('channel_id') },
  channel_restored: { channel: own('channel_id') },
  channel_viewed: { channel: own('channel_id') },
  channel_member_updated: { channel: inner('channelMember', 'channel_id'), user: inner('channelMember', 'user_id') },
  user_added: { team: own('team_id'), user: own('user_id') },
  user_removed: { channel: own('channel_id'), user: own('user_id') },
  added_to_team: { team: own('team_id'), user: own('user_id') },
  leave_team: { team: own('team_id'), user: own('user_id') },
  update_team: { team: inner('team', 'id') },
  delete_team: { team: inner('team', 'id') },
  restore_team: { team: inner('team', 'id') },
  memberrole_updated: { team: inner('member', 'team_id'), user: inner('member', 'user_id') },
  new_user: { user: own('user_id') },
  user_updated: { user: (data) => (data['user'] as { id: string }).id },
  user_role_updated: { user: own('user_id') },
  status_change: { user: own('user_id') },
  typing: { user: own('user_id') },
  preference_changed: { user: inner('preference', 'user_id') },
};

describe.each(['11.6', '5.37'] as const)('every recorded event of %s', (version) => {
  const { events } = recordedFrames[version];

  it('has its documents decoded, and nothing else changed', () => {
    for (const frame of events) {
      const { data, undecoded } = decodeEvent({ ...frame, data: { ...frame.data } });
      const expected = { ...frame.data };
      for (const key of documents[frame.event] ?? []) {
        if (key in expected) expected[key] = JSON.parse(expected[key] as string) ?? [];
      }
      expect(data, frame.event).toEqual(expected);
      expect(undecoded).toBeUndefined();
    }
  });

  it('gets its channel, team and user by protocol §3.3', () => {
    for (const frame of events) {
      const { channel, team, user } = routes[frame.event] ?? {};
      const { channel_id, team_id, user_id } = frame.broadcast;
      expect(decodeEvent({ ...frame, data: { ...frame.data } }), frame.event).toMatchObject({
        channelId: channel_id || (channel?.(frame.data) ?? ''),
        teamId: team_id || (team?.(frame.data) ?? ''),
        userId: (user?.(frame.data) ?? '') || user_id,
      });
    }
  });
});

describe('an event', () => {
  it('whose document is no JSON keeps the text, and names it as undecoded', () => {
    const event = decodeEvent(frameOf('posted', { post: '{broken', mentions: '["a"]', channel_name: 'x' }));
    expect(event.data).toEqual({ post: '{broken', mentions: ['a'], channel_name: 'x' });
    expect(event.undecoded).toEqual(['post']);
  });

  it.each(['7', '"text"', 'true'])('whose document is %s, and no object, counts as undecoded', (post) => {
    expect(decodeEvent(frameOf('posted', { post }))).toMatchObject({ data: { post }, undecoded: ['post'] });
  });

  it('that has an object where another version has text keeps the object', () => {
    const values = { field: 'raw' };
    expect(decodeEvent(frameOf('custom_profile_attributes_values_updated', { values })).data).toEqual({ values });
    expect(decodeEvent(frameOf('property_values_updated', { values: '[{"id":"v"}]' })).data).toEqual({
      values: [{ id: 'v' }],
    });
  });

  it('of a plugin is left as it is', () => {
    const data = { post: '{"id":"p"}', mentions: 'all' };
    expect(decodeEvent(frameOf('custom_com.example_done', data))).toMatchObject({ data });
    expect(decodeEvent(frameOf('custom_com.example_done', data)).undecoded).toBeUndefined();
  });

  it('whose list is null, as 5.37 writes it, has an empty list', () => {
    expect(decodeEvent(frameOf('preferences_changed', { preferences: 'null' })).data).toEqual({ preferences: [] });
  });

  it('about one user that is addressed to another has the id of the first', () => {
    const frame = frameOf('user_removed', { user_id: 'gone', remover_id: 'r' }, { user_id: 'me' });
    expect(decodeEvent(frame).userId).toBe('gone');
    expect(decodeEvent(frameOf('user_removed', { channel_id: 'c' }, { user_id: 'me' }))).toMatchObject({
      userId: 'me',
      channelId: 'c',
    });
  });

  it('of any content is decoded without an exception', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('posted', 'user_updated', 'new_thing', 'thread_updated'),
        fc.dictionary(fc.constantFrom('post', 'user', 'thread', 'channel_id', 'team', 'x'), fc.anything()),
        fc.anything(),
        (event, data, anyone) => {
          const decoded = decodeEvent({ event, data, broadcast: anyone as never, seq: 0 });
          expect(decoded.event).toBe(event);
        },
      ),
    );
  });

  it('is narrowed by its name', () => {
    const event = decodeEvent(frameOf('typing', { user_id: 'u', parent_id: '' }));
    expect(isEvent(event, 'typing', 'posted')).toBe(true);
    expect(isEvent(event, 'posted')).toBe(false);
  });
});
