import { Client4, WebSocketClient } from '@mattermost/client';
import type { Post } from '@mattermost/types/posts';
import { WebSocket } from 'ws';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestServer } from '../../../src/server/index.js';
import type { Account, TestServer } from '../../../src/server/index.js';

/** Resolves as soon as something holds; events of the official client come through callbacks. */
const until = (holds: () => boolean) => vi.waitFor(() => expect(holds()).toBe(true), { timeout: 5_000, interval: 5 });

describe.each(['11.6', '5.37'] as const)('the official client against an embedded %s', (version) => {
  let server: TestServer;
  const sockets: WebSocketClient[] = [];

  beforeEach(async () => {
    // It takes constants from the global class, and it logs what it does.
    vi.stubGlobal('WebSocket', WebSocket);
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    server = await createTestServer({ version });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    await server.close();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  async function signIn({ username, password }: Account) {
    const client = new Client4();
    client.setUrl(server.url);
    return { client, me: await client.login(username, password) };
  }

  /** With the token on the upgrade: only that can be resumed. */
  function listen(token: string) {
    const posts: string[] = [];
    const calls = { first: 0, again: 0, missed: 0 };
    const socket = new WebSocketClient({
      minWebSocketRetryTime: 50,
      reconnectJitterRange: 1,
      newWebSocketFn: (url) =>
        new WebSocket(url, { headers: { authorization: `Bearer ${token}` } }) as unknown as globalThis.WebSocket,
    });
    sockets.push(socket);
    socket.addMessageListener((message) => {
      const name: string = message.event;
      if (name !== 'posted') return;
      const { post } = message.data as { post: string };
      posts.push((JSON.parse(post) as Post).message);
    });
    socket.addFirstConnectListener(() => {
      calls.first++;
    });
    socket.addReconnectListener(() => {
      calls.again++;
    });
    socket.addMissedMessageListener(() => {
      calls.missed++;
    });
    socket.initialize(`${server.url.replace('http', 'ws')}/api/v4/websocket`);
    return { posts, calls };
  }

  it('logs in, joins, posts, and reads what it wrote', async () => {
    const alice = server.createUser({ username: 'alice' });
    const bob = server.createUser({ username: 'bob' });
    const team = server.createTeam({ members: [alice, bob] });
    const { client, me } = await signIn(alice);
    expect(me.username).toBe('alice');
    const channel = await client.createChannel({
      team_id: team.id,
      name: 'room',
      display_name: 'Room',
      type: 'O',
    });
    const post = await client.createPost({ channel_id: channel.id, message: 'hello' });
    const reply = await client.createPost({ channel_id: channel.id, message: 'and more', root_id: post.id });
    const list = await client.getPosts(channel.id);
    expect(list.order).toEqual(expect.arrayContaining([post.id, reply.id]));
    expect((await client.getMyTeams()).map(({ id }) => id)).toEqual([team.id]);
    expect((await client.getProfilesInTeam(team.id)).map(({ username }) => username)).toEqual(['alice', 'bob']);
    expect((await client.getStatusesByIds([bob.id])).map(({ status }) => status)).toEqual(['offline']);
    await client.logout();
    await expect(client.getMe()).rejects.toMatchObject({ status_code: 401 });
  });

  it('receives what others write, and resumes after a cut without losing any of it', async () => {
    const alice = server.createUser({ username: 'alice' });
    const bob = server.createUser({ username: 'bob' });
    const channel = server.createDirectChannel(alice, bob);
    const { posts, calls } = listen(alice.token);
    await until(() => calls.first === 1);
    server.createPost({ channel, by: bob, message: 'one' });
    await until(() => posts.length === 1);

    expect(server.faults.drop()).toBe(1);
    server.createPost({ channel, by: bob, message: 'two' });
    await until(() => calls.again === 1);
    server.createPost({ channel, by: bob, message: 'three' });
    await until(() => posts.length === 3);
    expect(posts).toEqual(['one', 'two', 'three']);
    expect(calls.missed).toBe(0);
  });

  it('learns that it missed something when the server has forgotten the connection', async () => {
    const alice = server.createUser({ username: 'alice' });
    const bob = server.createUser({ username: 'bob' });
    const channel = server.createDirectChannel(alice, bob);
    const { posts, calls } = listen(alice.token);
    await until(() => calls.first === 1);
    server.createPost({ channel, by: bob, message: 'one' });
    await until(() => posts.length === 1);
    server.faults.restart();
    server.createPost({ channel, by: bob, message: 'lost' });
    await until(() => calls.missed === 1);
    server.createPost({ channel, by: bob, message: 'three' });
    await until(() => posts.length === 2);
    expect(posts).toEqual(['one', 'three']);
  });
});
