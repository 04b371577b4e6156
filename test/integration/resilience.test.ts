import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ClosedError, NetworkError, ServerError, type Client, type ConnectionState } from '../../src/index.js';
import { createTestServer } from '../../src/server/index.js';
import { createProxy } from '../conformance/kit/proxy.js';
import { record } from '../conformance/kit/tape.js';
import { watchedSocket } from '../conformance/kit/watched-socket.js';
import { heartbeatMs, openStage, patienceMs, readyAgain, type Stage } from './support/stage.js';

const versions = ['11.6', '5.37'] as const;
/** What a busy machine may take beside the time that is meant, in milliseconds. */
const slackMs = 1_500;

/** Records the messages posted to the channel. */
const messagesOf = (client: Client, { channelId }: Stage) =>
  record(client.events.on('posted', { channelId }), patienceMs);

describe.each(versions)('the socket on %s', (version) => {
  it('loses nothing and repeats nothing over six cuts while another user posts fifty a second', async () => {
    const stage = await openStage({ version });
    const { client, states } = await stage.watch();
    const posted = messagesOf(client, stage);
    const gaps = record(client.events.gaps$, patienceMs);
    const total = 200;
    await new Promise<void>((resolve) => {
      let sent = 0;
      const timer = setInterval(() => {
        stage.server.createPost({ channel: { id: stage.channelId }, by: stage.alice, message: `n${sent}` });
        sent++;
        if (sent % 28 === 0 && sent < 170) stage.server.faults.drop({ userId: stage.bob.id });
        if (sent === total) {
          clearInterval(timer);
          resolve();
        }
      }, 20);
    });
    await posted.when('all posts', (all) => all.length >= total);
    expect(posted.items.map(({ data }) => data.post.message)).toEqual(Array.from({ length: total }, (_, n) => `n${n}`));
    expect(gaps.items).toEqual([]);
    const ready = states.items.filter(
      (state, at) => state.status === 'ready' && states.items[at - 1]?.status !== 'ready',
    );
    expect(ready.length).toBeGreaterThanOrEqual(6);
    expect(ready.slice(1).every(({ resumed }) => resumed)).toBe(true);
  });

  it('that stalls is left by its heartbeat, and what it held back comes over the next one', async () => {
    const stage = await openStage({ version });
    const { client, states } = await stage.watch();
    const posted = messagesOf(client, stage);
    const gaps = record(client.events.gaps$, patienceMs);
    const seen = states.items.length;
    stage.server.faults.stall({ userId: stage.bob.id });
    stage.server.createPost({ channel: { id: stage.channelId }, by: stage.alice, message: 'held back' });
    const ready = await readyAgain(states, seen);
    expect(states.items.slice(seen).some((state) => state.status === 'waiting' && state.reason === 'heartbeat')).toBe(
      true,
    );
    if (ready.resumed) await posted.find('the post', ({ data }) => data.post.message === 'held back');
    else expect(gaps.items).toHaveLength(1);
  });

  it('whose peer neither reads nor answers any more, and closes nothing, is given up', async () => {
    const stage = await openStage({ version });
    const proxy = await createProxy(stage.server.url);
    const { client, states } = await stage.watch({ url: proxy.url });
    const posted = messagesOf(client, stage);
    const gaps = record(client.events.gaps$, patienceMs);
    const seen = states.items.length;
    proxy.stall();
    const startMs = performance.now();
    const pending = lastValueFrom(client.request('ping')).catch((error: unknown) => error);
    const ready = await readyAgain(states, seen);
    // Two heartbeats, and a second for the echo that never comes.
    expect(performance.now() - startMs).toBeLessThan(2 * heartbeatMs + 1_000 + slackMs);
    expect(await pending).toBeInstanceOf(ClosedError);
    expect(states.items.slice(seen)).toContainEqual(
      expect.objectContaining({ status: 'waiting', reason: 'heartbeat' }) as ConnectionState,
    );
    expect(ready.resumed || gaps.items.length === 1).toBe(true);
    stage.server.createPost({ channel: { id: stage.channelId }, by: stage.alice, message: 'heard again' });
    await posted.find('the post', ({ data }) => data.post.message === 'heard again');
    await proxy.close();
  });

  it.each([429, 503])('whose upgrade is answered %d asks again, and resumes once it is let in', async (status) => {
    const stage = await openStage({ version });
    const { client, states } = await stage.watch();
    const posted = messagesOf(client, stage);
    const diagnostics = record(client.connection.diagnostics$, patienceMs);
    const seen = states.items.length;
    stage.server.faults.fail(status, 3);
    stage.server.faults.drop({ userId: stage.bob.id });
    stage.server.createPost({ channel: { id: stage.channelId }, by: stage.alice, message: 'meanwhile' });
    expect((await readyAgain(states, seen)).resumed).toBe(true);
    await posted.find('the post', ({ data }) => data.post.message === 'meanwhile');
    expect(diagnostics.items.filter(({ type }) => type === 'connect-failed')).toHaveLength(3);
    const attempts = states.items.slice(seen).flatMap((state) => (state.status === 'waiting' ? [state.attempt] : []));
    expect(attempts).toEqual([1, 2, 3, 4]);
  });

  it('that was renewed over REST leaves the dead session at once, however long its heartbeat', async () => {
    const stage = await openStage({ version });
    const auth = { loginId: stage.bob.username, password: stage.bob.password };
    const { client, states } = await stage.watch({ auth, heartbeatMs: 600_000 });
    const changes = record(client.sessions.changes$, patienceMs);
    const gaps = record(client.events.gaps$, patienceMs);
    const seen = states.items.length;
    await stage.client(stage.bob.token).users.revokeAllSessions(stage.bob.id);
    expect((await client.users.getUser('me')).id).toBe(stage.bob.id);
    expect((await readyAgain(states, seen)).resumed).toBe(false);
    await changes.find('the renewal', ({ type }) => type === 'renewed');
    expect(gaps.items).toHaveLength(1);
  });

  it('that is half open is given up, and the next one begins with a gap', async () => {
    const stage = await openStage({ version });
    const proxy = await createProxy(stage.server.url);
    const { client, states } = await stage.watch({ url: proxy.url });
    const gaps = record(client.events.gaps$, patienceMs);
    const before = states.items.at(-1)!.connectionId;
    const seen = states.items.length;
    proxy.cut({ deaf: true });
    const ready = await readyAgain(states, seen);
    expect(ready.resumed).toBe(false);
    expect(ready.connectionId).not.toBe(before);
    expect(gaps.items.map(({ reason }) => reason)).toEqual(['fresh-connection']);
    await proxy.close();
  });

  it('whose server forgot the connection begins with a gap', async () => {
    const stage = await openStage({ version });
    const { client, states } = await stage.watch();
    const gaps = record(client.events.gaps$, patienceMs);
    const seen = states.items.length;
    stage.server.faults.refuse();
    stage.server.faults.drop();
    await states.find('a wait', ({ status }) => status === 'waiting');
    stage.server.faults.forgetConnections();
    stage.server.faults.clear();
    expect((await readyAgain(states, seen)).resumed).toBe(false);
    expect(gaps.items).toHaveLength(1);
  });

  it('is never ready on a hub that has gone deaf, and is again once it hears', async () => {
    const stage = await openStage({ version });
    const { client, states } = await stage.watch();
    const gaps = record(client.events.gaps$, patienceMs);
    stage.server.faults.deafen();
    await states.find('the heartbeat to fail', (state) => state.status === 'waiting' && state.reason === 'heartbeat');
    const seen = states.items.length;
    await states.when('an attempt on the deaf hub', (all) =>
      all.slice(seen).some(({ status }) => status === 'authenticating'),
    );
    expect(states.items.slice(seen).some(({ status }) => status === 'ready')).toBe(false);
    stage.server.faults.clear();
    const ready = await readyAgain(states, seen);
    expect(ready.resumed || gaps.items.length === 1).toBe(true);
  });

  it('with a challenge cannot resume, and says so after each cut', async () => {
    const stage = await openStage({ version });
    const { client, states } = await stage.watch({ WebSocket });
    const gaps = record(client.events.gaps$, patienceMs);
    for (const cuts of [1, 2]) {
      const seen = states.items.length;
      stage.server.faults.drop({ userId: stage.bob.id });
      expect((await readyAgain(states, seen)).resumed).toBe(false);
      expect(gaps.items).toHaveLength(cuts);
    }
  });

  it('of a revoked session is recognised by the next heartbeat, told once, and never ready again', async () => {
    const stage = await openStage({ version });
    const session = stage.server.createSession(stage.bob.id);
    const { WebSocket: Watched, pings } = watchedSocket();
    const client = stage.client(session.token, { WebSocket: Watched });
    const changes = record(client.sessions.changes$, patienceMs);
    const states = record(client.connection.state$, patienceMs);
    await states.find('the socket to be ready', ({ status }) => status === 'ready');
    await stage.client(stage.bob.token).users.revokeSession(stage.bob.id, { session_id: session.id });
    const before = pings();
    const change = await changes.find('the end', ({ type }) => type === 'revoked');
    expect(pings() - before).toBeLessThanOrEqual(1);
    expect(change).toMatchObject({ scope: 'current', origin: 'remote', evidence: { kind: 'reply', status: 401 } });
    const seen = states.items.length;
    await states.find('the rejection', ({ status }) => status === 'rejected');
    expect(states.items.slice(seen).some(({ status }) => status === 'ready')).toBe(false);
    expect(changes.items.filter(({ type }) => type === 'revoked')).toHaveLength(1);
  });
});

describe('a session that is revoked within the first five seconds of its socket', () => {
  // The server cuts such a socket then, and lets none in that says so (protocol §5.5).
  it('shows soon after the server has cut the socket, long before the heartbeat', async () => {
    const stage = await openStage();
    const session = stage.server.createSession(stage.bob.id);
    const client = stage.client(session.token, { heartbeatMs: 600_000 });
    const changes = record(client.sessions.changes$, patienceMs);
    const states = record(client.connection.state$, patienceMs);
    await states.find('the socket to be ready', ({ status }) => status === 'ready');
    const startMs = performance.now();
    await stage.client(stage.bob.token).users.revokeSession(stage.bob.id, { session_id: session.id });
    const change = await changes.find('the end', ({ type }) => type === 'revoked');
    expect(performance.now() - startMs).toBeLessThan(5_000 + 2_000);
    expect(change).toMatchObject({ scope: 'current', origin: 'remote' });
    await states.find('the rejection', ({ status }) => status === 'rejected');
  });

  it('is followed by the next one, where the client can log in again', async () => {
    const stage = await openStage();
    const auth = { loginId: stage.bob.username, password: stage.bob.password };
    const { states } = await stage.watch({ auth, heartbeatMs: 600_000 });
    const seen = states.items.length;
    const startMs = performance.now();
    await stage.client(stage.bob.token).users.revokeAllSessions(stage.bob.id);
    expect((await readyAgain(states, seen)).resumed).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(5_000 + 2_500);
  });
});

describe('a socket that opens, and never is more than open', () => {
  it('is given up after six seconds, as often as it takes, while REST vouches for the login', async () => {
    const stage = await openStage();
    const zombies = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => {
      for (const socket of zombies.clients) socket.terminate();
      zombies.close();
    });
    await once(zombies, 'listening');
    const { port } = zombies.address() as AddressInfo;
    class Misled extends WebSocket {
      static readonly takesHeaders = true;
      constructor(_url: string, protocols: string[], options: object) {
        super(`ws://127.0.0.1:${port}`, protocols, options);
      }
    }
    const client = stage.client(stage.bob.token, { WebSocket: Misled as never });
    const states = record(client.connection.open(), patienceMs);
    await states.find('the socket to open', ({ status }) => status === 'authenticating');
    const startMs = performance.now();
    await states.find('the end', (state) => state.status === 'waiting' && state.reason === 'heartbeat');
    expect(performance.now() - startMs).toBeLessThan(6_000 + slackMs);
    const seen = states.items.length;
    await states.when('the next attempt', (all) => all.slice(seen).some(({ status }) => status === 'authenticating'));
    expect(states.items.some(({ status }) => status === 'ready')).toBe(false);
    expect(states.end).toBeUndefined();
  });
});

describe('a server without reliable sockets', () => {
  it('makes a gap of every cut, and of no more', async () => {
    const stage = await openStage({
      version: '5.37',
      config: { ServiceSettings: { EnableReliableWebSockets: false } },
    });
    const { client, states } = await stage.watch();
    expect(states.items.at(-1)?.connectionId).toBe('');
    const gaps = record(client.events.gaps$, patienceMs);
    const posted = messagesOf(client, stage);
    for (const cuts of [1, 2]) {
      const seen = states.items.length;
      stage.server.faults.drop({ userId: stage.bob.id });
      await readyAgain(states, seen);
      expect(gaps.items).toHaveLength(cuts);
      stage.server.createPost({ channel: { id: stage.channelId }, by: stage.alice, message: `after cut ${cuts}` });
      await posted.find('the post', ({ data }) => data.post.message === `after cut ${cuts}`);
    }
    expect(posted.items).toHaveLength(2);
  });
});

describe('a socket that the server registered twice', () => {
  it('is left for a fresh one, on which everything comes once', async () => {
    const stage = await openStage({ version: '5.37' });
    const { client, states } = await stage.watch();
    const gaps = record(client.events.gaps$, patienceMs);
    const posted = messagesOf(client, stage);
    const before = states.items.at(-1)!.connectionId;
    const seen = states.items.length;
    stage.server.faults.doubleHello({ userId: stage.bob.id });
    const ready = await readyAgain(states, seen);
    expect(ready.connectionId).not.toBe(before);
    expect(gaps.items).toHaveLength(1);
    for (const message of ['one', 'two']) {
      stage.server.createPost({ channel: { id: stage.channelId }, by: stage.alice, message });
    }
    await posted.find('the second post', ({ data }) => data.post.message === 'two');
    await lastValueFrom(client.request('ping'));
    expect(posted.items.map(({ data }) => data.post.message)).toEqual(['one', 'two']);
  });
});

describe('a server that restarts', () => {
  it('is waited for, and what was missed is announced as a gap', async () => {
    const stage = await openStage();
    const { client, states } = await stage.watch();
    const gaps = record(client.events.gaps$, patienceMs);
    const before = states.items.at(-1)!.connectionId;
    const seen = states.items.length;
    stage.server.faults.restart(200);
    const ready = await readyAgain(states, seen);
    expect(ready).toMatchObject({ resumed: false });
    expect(ready.connectionId).not.toBe(before);
    expect(gaps.items.map(({ reason }) => reason)).toEqual(['fresh-connection']);
    expect((await client.users.getUser('me')).id).toBe(stage.bob.id);
  });

  it('goes on over the socket while it drains, though REST is refused already', async () => {
    const stage = await openStage();
    const { client, states } = await stage.watch();
    const posted = messagesOf(client, stage);
    const seen = states.items.length;
    stage.server.faults.drain(600);
    const refused = expect(client.users.getUser('me').with({ retry: false })).rejects.toBeInstanceOf(NetworkError);
    stage.server.createPost({ channel: { id: stage.channelId }, by: stage.alice, message: 'while draining' });
    await posted.find('the post', ({ data }) => data.post.message === 'while draining');
    await lastValueFrom(client.request('ping'));
    await refused;
    expect(states.items.slice(seen).every(({ status }) => status === 'ready')).toBe(true);
    await states.find('the end of the draining', ({ status }) => status === 'waiting');
    stage.server.faults.clear();
    expect((await readyAgain(states, seen)).resumed).toBe(false);
  });
});

describe('a server that takes no credential', () => {
  it('is not asked again and again: the socket is rejected, and open() tries anew when it is subscribed again', async () => {
    const stage = await openStage();
    const { client, states } = await stage.watch();
    const all = record(client.connection.state$, patienceMs);
    const events = record(client.events.all$, patienceMs);
    stage.server.faults.rejectCredentials();
    const startMs = performance.now();
    await all.find('the rejection', ({ status }) => status === 'rejected');
    expect(performance.now() - startMs).toBeLessThan(heartbeatMs + 1_000 + slackMs);
    expect(states.end).toMatchObject({ kind: 'error', error: { code: 'authentication' } });
    expect(events.end).toBeUndefined();
    stage.server.faults.clear();
    const again = record(client.connection.open(), patienceMs);
    await again.find('the socket to be ready', ({ status }) => status === 'ready');
  });
});

describe('a port where nobody listens', () => {
  it('is tried again by the socket, and is a NetworkError of calls, until there is a server', async () => {
    const stage = await openStage();
    const port = Number(new URL(stage.server.url).port);
    await stage.server.close();
    const auth = { loginId: 'carol', password: 'Password-1' };
    const client = stage.client('', { auth });
    const states = record(client.connection.open(), patienceMs);
    await expect(client.users.getUser('me').with({ retry: false })).rejects.toBeInstanceOf(NetworkError);
    await states.find('a second attempt', (state) => state.status === 'waiting' && state.attempt >= 2);
    const server = await createTestServer({ port, users: [{ username: auth.loginId, password: auth.password }] });
    onTestFinished(() => server.close());
    await states.find('the socket to be ready', ({ status }) => status === 'ready');
  });
});

describe('a server that refuses', () => {
  it('is asked again, ever more slowly, until it answers', async () => {
    const stage = await openStage();
    const { client, states } = await stage.watch();
    const seen = states.items.length;
    stage.server.faults.refuse();
    stage.server.faults.drop();
    const pending = client.users.getUser('me').then(({ id }) => id);
    await states.find('a third attempt', (state) => state.status === 'waiting' && state.attempt >= 3);
    stage.server.faults.clear();
    expect((await readyAgain(states, seen)).resumed).toBe(true);
    expect(await pending).toBe(stage.bob.id);
  });
});

describe('an answer of', () => {
  it('503 is asked for again where that does no harm, and nowhere else', async () => {
    const { server, client, alice } = await openStage();
    const user = client(alice.token, { retry: { baseMs: 5 } });
    server.faults.fail(503, 2);
    expect((await user.users.getUser('me')).id).toBe(alice.id);
    server.faults.fail(503, 1);
    const team = { name: 'once-only', display_name: 'Once', type: 'O' } as const;
    await expect(user.teams.createTeam(team)).rejects.toBeInstanceOf(ServerError);
    expect((await user.teams.createTeam(team)).name).toBe('once-only');
  });

  it('503 to a post is sent again under the same key, and stored once', async () => {
    const stage = await openStage();
    const { client } = await stage.watch();
    const posted = messagesOf(client, stage);
    const user = stage.client(stage.alice.token, { retry: { baseMs: 5 } });
    stage.server.faults.fail(503, 2);
    const post = await user.posts.createPost({ channel_id: stage.channelId, message: 'once' });
    await lastValueFrom(client.request('ping'));
    expect(posted.items.map(({ data }) => data.post.id)).toEqual([post.id]);
  });

  it('429 is waited out as the server asks, also by what may be sent only once', async () => {
    const { server, client, alice } = await openStage();
    const user = client(alice.token);
    server.faults.fail(429, 1);
    const startMs = Date.now();
    expect((await user.teams.createTeam({ name: 'patient', display_name: 'P', type: 'O' })).name).toBe('patient');
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(950);
  });

  it('a slow server outlives its attempts only as long as asked', async () => {
    const { server, client, alice } = await openStage();
    server.faults.slow(400);
    const call = client(alice.token).users.getUser('me');
    await expect(call.with({ attemptTimeoutMs: 50, retry: false })).rejects.toMatchObject({
      code: 'timeout',
      timeoutMs: 50,
    });
    expect((await call).id).toBe(alice.id);
  });
});
