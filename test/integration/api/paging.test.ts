import { VirtualTimeScheduler } from 'rxjs';
import {
  ChannelsApi,
  createRest,
  EmojiApi,
  FilesApi,
  PostsApi,
  streamRows,
  ThreadsApi,
  UsersApi,
} from 'matterstream/api';
import { createTestServer, type TestServer } from 'matterstream/testing';
import { afterEach, describe, expect, it } from 'vitest';

/** A server whose time stands still between the things that are put there. */
async function begin(version: '11.6' | '5.37') {
  const clock = new VirtualTimeScheduler(undefined, Infinity);
  const server = await createTestServer({ version, port: 'memory', clock });
  servers.push(server);
  const alice = server.createUser({ username: 'alice' });
  const bob = server.createUser({ username: 'bob' });
  const team = server.createTeam({ members: [alice, bob] });
  const channel = server.createChannel({ team, members: [alice, bob] });
  const rest = createRest({ url: server.url, fetch: server.fetch, auth: { token: alice.token } });
  const tick = (): void => {
    clock.schedule(() => undefined, 1);
    clock.flush();
  };
  return { server, alice, bob, team, channel, rest, tick };
}

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function idsOf(rows: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of rows) ids.push(id);
  return ids;
}

describe.each(['11.6', '5.37'] as const)('on %s', (version) => {
  it('replies of a thread all come once, though up to three share a millisecond', async () => {
    const { server, alice, channel, rest, tick } = await begin(version);
    const root = server.createPost({ channel, by: alice, message: 'root' });
    const replies = Array.from({ length: 40 }, (_, n) => {
      if (n % 3 === 0) tick();
      return server.createPost({ channel, by: alice, message: `${n}`, root }).id;
    });
    const posts = new PostsApi(rest);
    for (const query of [{}, { perPage: 7 }, { perPage: 7, direction: 'up' as const }]) {
      const found = await idsOf(posts.getPostThread(root.id, query).items());
      expect([...found].sort()).toEqual([root.id, ...replies].sort());
    }
  });

  it('threads of a user all come once, also those that get replies meanwhile', async () => {
    const { server, alice, bob, team, channel, rest, tick } = await begin(version);
    const roots = Array.from({ length: 20 }, (_, n) => {
      if (n % 2 === 0) tick();
      const root = server.createPost({ channel, by: alice, message: `${n}` });
      server.createPost({ channel, by: bob, message: 'reply', root });
      return root;
    });
    const threads = new ThreadsApi(rest);
    const found: string[] = [];
    for await (const { id } of threads.getUserThreads('me', team.id, { per_page: 5 }).items()) {
      // What is still to come moves to the front.
      if (found.push(id) % 4 === 0) {
        tick();
        server.createPost({ channel, by: bob, message: 'more', root: roots[found.length % 10]! });
      }
    }
    expect([...found].sort()).toEqual(roots.map(({ id }) => id).sort());
  });

  it('users, emoji and hits of a search come page by page', async () => {
    const { server, alice, team, channel, rest } = await begin(version);
    for (let n = 0; n < 5; n++) server.addToTeam(team, server.createUser({ username: `user${n}` }));
    const users = await idsOf(new UsersApi(rest).getUsers({ in_team: team.id, per_page: 2 }).items());
    expect(new Set(users).size).toBe(7);
    const outside = new UsersApi(rest).getUsers({ in_team: team.id, not_in_channel: channel.id, per_page: 2 });
    expect(await idsOf(outside.items())).toHaveLength(5);
    const emoji = Array.from({ length: 5 }, (_, n) => server.createEmoji({ name: `emoji${n}`, by: alice }).id);
    expect(await idsOf(new EmojiApi(rest).getEmojiList({ per_page: 2 }).items())).toEqual(emoji);
    const files = Array.from({ length: 12 }, (_, n) => server.createFile({ channel, by: alice, name: `note${n}.txt` }));
    server.createPost({ channel, by: alice, message: 'files', files });
    const hits = new FilesApi(rest).searchFilesInTeam(team.id, { terms: 'note', is_or_search: false });
    expect((await idsOf(hits.items())).sort()).toEqual(files.map(({ id }) => id).sort());
  });
});

it('all memberships of a user come as rows on lines', async () => {
  const { server, alice, team, rest } = await begin('11.6');
  for (let n = 0; n < 5; n++) server.createChannel({ team, members: [alice] });
  const all = new UsersApi(rest).getChannelMembersWithTeamDataForUser('me', { page: -1 });
  const channels: string[] = [];
  for await (const { channel_id } of streamRows(all)) channels.push(channel_id);
  const mine = await new ChannelsApi(rest).getChannelsForTeamForUser('me', team.id);
  expect(channels.sort()).toEqual(mine.map(({ id }) => id).sort());
});
