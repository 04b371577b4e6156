import { of } from 'rxjs';
import { expect } from 'vitest';
import { mentioning, type MentionOptions, type MentionTarget, type Post } from '../../../src/index.js';
import { listen, type Ear } from '../kit/ear.js';
import type { Chapter } from '../kit/rules.js';
import type { Person } from '../kit/people.js';
import type { World } from '../kit/world.js';

type PostedEvent = Awaited<ReturnType<typeof posted>>;

/** Writes a post, and gives the event of it that the listener got. */
async function posted(ear: Ear, by: Person, channelId: string, message: string, props: Post['props'] = {}) {
  const { id } = await by.client.posts.createPost({ channel_id: channelId, message, props });
  return ear.hears('posted', ({ data }) => data.post.id === id);
}

const passes = (item: Post | PostedEvent, target: MentionTarget, options?: MentionOptions): boolean => {
  let found = false;
  of(item)
    .pipe(mentioning(target, options))
    .subscribe(() => (found = true));
  return found;
};

/** What the server says of a post, and what `mentioning` says of the event and of the text alone. */
const verdicts = (event: PostedEvent, target: MentionTarget) => ({
  server: event.data.mentions?.includes(target.id) ?? false,
  self: passes(event, target, { self: true }),
  text: passes(event.data.post, target),
});

const all = (mentioned: boolean) => ({ server: mentioned, self: mentioned, text: mentioned });

/** A channel of alice and a reader, with the socket of the reader; the post about the new member has arrived. */
async function place(world: World, reader: Person) {
  const ear = await listen(world, reader.client);
  const room = await world.room(world.alice, reader);
  const added = await ear.hears(
    'posted',
    ({ data }) => data.post.channel_id === room.id && data.post.props['addedUserId'] === reader.id,
  );
  return { ear, room, added };
}

/** Whom the text of a post mentions, by what the server says of it and by what `mentioning` says. */
export const mentions: Chapter = (rule) => {
  rule('a name mentions its user, whatever is around it, and not in code, addresses or longer names', async (world) => {
    const { alice, bob } = world;
    const { ear, room } = await place(world, bob);
    await bob.client.channels.viewChannel(bob.id, { channel_id: room.id });
    const at = `@${bob.username}`;
    const mentioned = [
      at.toUpperCase(),
      `_${at}_ and **so**`,
      `(${at})`,
      `${at}...`,
      `${at}:_`,
      `${at}'s`,
      `so.${at}`,
      `cc:${at}`,
      `\`${at}`,
      `so:\n    ${at}`,
      `> ${at}`,
      `- so\n\n  ${at}`,
      `[${at}](http://x.example)`,
      `git://x.example/${at}`,
      'to @channel',
    ];
    const not = [
      `\`${at}\``,
      `\`\`\`\n${at}\n\`\`\``,
      `~~~\n${at}`,
      `so:\n\n    ${at}`,
      `- so\n\n      ${at}`,
      `http://x.example/${at}`,
      `www.example.com/${at}`,
      `[x](${at})`,
      `[x]: ${at}`,
      `${at}你好`,
      `${at}@example.com`,
      `me${at}`,
      `@${at}`,
      `${at}x ${at}.x`,
      bob.username,
    ];
    for (const [texts, is] of [
      [mentioned, true],
      [not, false],
    ] as const)
      for (const text of texts)
        expect(verdicts(await posted(ear, alice, room.id, text), bob), JSON.stringify(text)).toEqual(all(is));
    const unread = await bob.client.channels.getChannelUnread(bob.id, room.id);
    expect(unread).toMatchObject({ msg_count: mentioned.length + not.length, mention_count: mentioned.length });
  });

  rule('the keywords of a user mention them, and their first name as it is written', async (world) => {
    const reader = await world.person({ member: true });
    const { users } = reader.client;
    const { notify_props } = await users.getUser('me');
    await users.patchUser(reader.id, {
      first_name: 'Robert',
      notify_props: { ...notify_props, first_name: 'true', mention_keys: 'mast, 番茄', channel: 'false' },
    });
    const me = await users.getUser('me');
    const { ear, room } = await place(world, reader);
    for (const [text, is] of [
      ['the MAST.', true],
      ['the main.mast-head', true],
      ['我爱吃番茄炒饭', true],
      ['dear Robert,', true],
      ['dear ROBERT,', false],
      ['masts and my_mast', false],
      [':mast:', false],
      ['to @channel', false],
    ] as const)
      expect(verdicts(await posted(ear, world.alice, room.id, text), me), text).toEqual(all(is));
  });

  rule('the texts of attachments mention', async (world) => {
    const { alice, bob } = world;
    const { ear, room } = await place(world, bob);
    for (const attachment of [{ text: `@${bob.username}` }, { pretext: `for @${bob.username}`, text: 'x' }]) {
      const event = await posted(ear, alice, room.id, 'look', { attachments: [attachment] });
      expect(verdicts(event, bob)).toEqual(all(true));
    }
  });

  rule('the post about a new member mentions them, and passes `mentioning` only if it is asked for', async (world) => {
    const { bob } = world;
    const { added } = await place(world, bob);
    expect(added.data.mentions).toContain(bob.id);
    expect(passes(added, bob)).toBe(false);
    expect(passes(added, bob, { self: true, system: true })).toBe(true);
  });
};
