import { expect } from 'vitest';
import { streamRows } from '../../../src/index.js';
import type { Chapter } from '../kit/rules.js';
import { randomName } from '../kit/names.js';
import type { World } from '../kit/world.js';

async function collect<T>(
  rows: AsyncIterable<T>,
  each?: (row: T, count: number) => PromiseLike<unknown>,
): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) {
    all.push(row);
    await each?.(row, all.length);
  }
  return all;
}

const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);

/** Each once, and none of those that were there from the start missing. */
function expectLossless(seen: readonly string[], wanted: readonly string[]): void {
  expect(new Set(seen).size).toBe(seen.length);
  expect(wanted.filter((id) => !seen.includes(id))).toEqual([]);
}

/** Posts one after the other, so that each has a millisecond of its own. */
async function say(world: World, channelId: string, count: number, more: object = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    ids.push((await world.alice.client.posts.createPost({ channel_id: channelId, message: `n${n}`, ...more })).id);
  }
  return ids;
}

/** Every way in which a server pages, while rows are added. */
export const paging: Chapter = (rule) => {
  rule('channels of a team, by page number, while others are made', async (world) => {
    const { alice, team } = world;
    const { channels } = alice.client;
    const make = (name = randomName('conf')) =>
      channels.createChannel({ team_id: team.id, name, display_name: name, type: 'O' });
    const made = [];
    for (let n = 0; n < 5; n++) made.push((await make()).id);
    const all = channels.getPublicChannelsForTeam(team.id, { per_page: 2 }).items();
    expectLossless(idsOf(await collect(all, (_, count) => (count < 4 ? make() : Promise.resolve()))), made);
  });

  rule('members of a channel, by page number, in whatever order', async (world) => {
    const { alice, bob, adminUser } = world;
    const room = await world.room(alice, bob);
    const membersBy = async (per_page: number): Promise<string[]> => {
      const rows = await collect(alice.client.channels.getChannelMembers(room.id, { per_page }).items());
      return rows.map(({ user_id: id }) => id);
    };
    expectLossless(await membersBy(200), [adminUser.id, alice.id, bob.id]);
    // The server does not order its pages, so that one who moves meanwhile may be on none of them.
    expectLossless(await membersBy(1), []);
  });

  rule('replies of a thread, while others are written', async (world) => {
    const { alice, bob } = world;
    const room = await world.room(alice, bob);
    const [root = ''] = await say(world, room.id, 1);
    const replies = await say(world, room.id, 12, { root_id: root });
    const thread = bob.client.posts.getPostThread(root, { perPage: 4 }).items();
    const seen = await collect(thread, (_, count) =>
      count < 4 ? say(world, room.id, 1, { root_id: root }) : Promise.resolve(),
    );
    expectLossless(idsOf(seen), [root, ...replies]);
  });

  rule('threads of a user, by cursor, while they are answered', async (world) => {
    const { alice, bob, team } = world;
    const room = await world.room(alice, bob);
    const roots = await say(world, room.id, 7);
    for (const root_id of roots) await say(world, room.id, 1, { root_id });
    const threads = alice.client.threads.getUserThreads(alice.id, team.id, { per_page: 2 }).items();
    const seen = await collect(threads, (_, count) =>
      count === 3 ? say(world, room.id, 1, { root_id: roots[0] }) : Promise.resolve(),
    );
    expectLossless(idsOf(seen), roots);
  });

  rule('saved posts, though some of a page may be hidden', async (world) => {
    const { alice } = world;
    const room = await world.room(alice);
    const posts = await say(world, room.id, 7);
    const saved = posts.map((name) => ({ user_id: alice.id, category: 'flagged_post', name, value: 'true' }));
    await alice.client.preferences.updatePreferences(alice.id, saved);
    await alice.client.posts.deletePost(posts[3]!);
    const seen = await collect(
      alice.client.posts.getFlaggedPostsForUser(alice.id, { channel_id: room.id, per_page: 2 }).items(),
    );
    expectLossless(
      idsOf(seen),
      posts.filter((_, at) => at !== 3),
    );
    await alice.client.preferences.deletePreferences(alice.id, saved);
  });

  rule('found posts, each once', async (world) => {
    const { alice, team } = world;
    const room = await world.room(alice);
    const word = randomName('needle');
    const posts = await say(world, room.id, 6, { message: word });
    const found = alice.client.posts.searchPosts(team.id, { terms: word, is_or_search: false, per_page: 2 }).items();
    expectLossless(idsOf(await collect(found)), posts);
  });

  rule('access tokens of a user, by page number', async (world) => {
    world.needTokens();
    const someone = await world.person();
    const made = [];
    for (let n = 0; n < 5; n++) made.push((await world.accessToken(someone)).id);
    const seen = await collect(world.admin.users.getUserAccessTokensForUser(someone.id, { per_page: 2 }).items());
    expectLossless(idsOf(seen), made);
  });

  rule('lines of the log, page after page', async (world) => {
    world.needAdmin();
    const pages = [];
    for await (const page of world.admin.system.getLogs({ logs_per_page: 3 }).pages())
      if (pages.push(page) === 2) break;
    expect(pages.every((page) => page.length <= 3)).toBe(true);
  });

  rule('users of the report, after the last one', async (world) => {
    const { admin, alice, bob, team } = world;
    world.needAdmin();
    world.needs('getUsersForReporting');
    world.need(await admin.supports('getUsersForReporting'), 'the server has no such report');
    const report = admin.reports.getUsersForReporting({ page_size: 1, team_filter: team.id }).items();
    expectLossless(idsOf(await collect(report)), [alice.id, bob.id]);
  });

  rule('memberships as lines, without holding them all', async (world) => {
    const { alice, channel } = world;
    world.need(world.since(10, 9), 'the server gives memberships by pages alone');
    const rows = alice.client.users.getChannelMembersWithTeamDataForUser(alice.id, { page: -1 });
    const seen = (await collect(streamRows(rows))).map(({ channel_id: id }) => id);
    expectLossless(seen, [channel.id]);
  });
};
