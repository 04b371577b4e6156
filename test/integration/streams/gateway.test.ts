import { createServer, type AddressInfo, type Socket } from 'node:net';
import { filter, firstValueFrom, NEVER, of, throwError, timeout, toArray, type Observable } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { AuthenticationError, UnauthorizedError } from '../../../src/models/errors.js';
import { createConnection, type Connection, type ConnectionState } from '../../../src/streams/connection/connection.js';
import { createEvents } from '../../../src/streams/events/events.js';
import { createGateway } from '../../../src/streams/connection/gateway.js';
import type { GatewayOptions } from '../../../src/streams/connection/options.js';
import { presenceScope } from '../../../src/streams/connection/presence-scope.js';
import { createRouter } from '../../../src/streams/events/router.js';
import { createTestServer, type TestServer, type TestServerOptions } from '../../../src/server/index.js';

const leftovers: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of leftovers.splice(0).reverse()) await end();
});

async function start(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await createTestServer(options);
  leftovers.push(() => server.close());
  return server;
}

function listen(server: TestServer, token: string, options: Partial<GatewayOptions> = {}) {
  const router = createRouter();
  const credential = { kind: 'bearer', token } as const;
  const gateway = createGateway({
    url: server.url,
    credentials: {
      credential: () => of(credential),
      renew: () => throwError(() => new AuthenticationError('there is one token only')),
    },
    probe: async function* () {
      const path = '/api/v4/users/me';
      const { status } = await server.fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      if (status !== 200) throw new UnauthorizedError({ status, id: 'x', message: '', method: 'GET', url: path });
      yield {};
    } as unknown as GatewayOptions['probe'],
    doubts$: NEVER,
    heartbeatMs: 500,
    reconnect: { baseMs: 20 },
    ...options,
    deliver: router.dispatch,
  });
  leftovers.push(() => gateway.close());
  return { gateway, events: createEvents(gateway, router), connection: createConnection(gateway) };
}

function tape<T>(source: Observable<T>): T[] {
  const items: T[] = [];
  const subscription = source.subscribe({ next: (item) => items.push(item), error: () => undefined });
  leftovers.push(() => subscription.unsubscribe());
  return items;
}

/** The first value of the kind, within a time that only a failure takes. */
const soon = <T>(source: Observable<T>, wanted: (value: T) => boolean = () => true): Promise<T> =>
  firstValueFrom(source.pipe(filter(wanted), timeout(8_000)));
/** Holds the socket open, and waits until it is in use. */
async function ready(connection: Connection): Promise<ConnectionState> {
  tape(connection.open());
  return status(connection.state$, 'ready');
}
const status = (source: Observable<ConnectionState>, wanted: ConnectionState['status']): Promise<ConnectionState> =>
  soon(source, (state) => state.status === wanted);

describe.each(['11.6', '5.37'] as const)('on a server like %s', (version) => {
  it('a cut connection is resumed, and brings what happened meanwhile in order and once', async () => {
    const server = await start({ version });
    const { token } = server.createUser({ username: 'alice' });
    const { gateway, events, connection } = listen(server, token);
    const gaps = tape(events.gaps$);
    const seen = tape(events.on('new_user'));
    const first = await ready(connection);
    const expected: string[] = [];
    for (let cut = 0; cut < 5; cut++) {
      expected.push(server.createUser({ username: `before${cut}` }).id);
      const lost = status(connection.state$, 'waiting');
      server.faults.drop();
      expected.push(server.createUser({ username: `during${cut}` }).id);
      await lost;
      expect(await status(connection.state$, 'ready')).toMatchObject({
        resumed: true,
        connectionId: first.connectionId,
      });
    }
    expected.push(server.createUser({ username: 'last' }).id);
    await firstValueFrom(gateway.request('ping'));
    expect(seen.map(({ data }) => data.user_id)).toEqual(expected);
    expect(gaps).toEqual([]);
  });

  it('a server that forgot the connection is a gap', async () => {
    const server = await start({ version });
    const { token } = server.createUser({ username: 'alice' });
    const { events, connection } = listen(server, token);
    const first = await ready(connection);
    const gap = soon(events.gaps$);
    const lost = status(connection.state$, 'waiting');
    server.faults.drop();
    await lost;
    server.faults.forgetConnections();
    expect(await gap).toMatchObject({ scope: { kind: 'all' }, reason: 'fresh-connection' });
    const state = await status(connection.state$, 'ready');
    expect(state.resumed).toBe(false);
    expect(state.connectionId).not.toBe(first.connectionId);
  });

  it('a revoked session is found within one heartbeat, and is rejected when REST agrees', async () => {
    const server = await start({ version });
    const { id, token } = server.createUser({ username: 'alice' });
    const { gateway, connection } = listen(server, token);
    await ready(connection);
    const refused = soon(gateway.signals$, ({ type }) => type === 'refused');
    const rejected = status(connection.state$, 'rejected');
    const started = performance.now();
    const answer = await server.fetch(`${server.url}/api/v4/users/${id}/sessions/revoke/all`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
    expect(await refused).toMatchObject({ status: 401 });
    expect(performance.now() - started).toBeLessThan(1_000);
    const state = await rejected;
    expect(JSON.stringify(state)).not.toContain(token);
  });

  it('a token that is unknown is rejected, not retried', async () => {
    const server = await start({ version });
    const { connection } = listen(server, 'x'.repeat(26));
    const failed = firstValueFrom(connection.open().pipe(toArray(), timeout(8_000)));
    await expect(failed).rejects.toBeInstanceOf(AuthenticationError);
  });

  it('a hub that has gone deaf is left after the heartbeat, though the socket is open', async () => {
    const server = await start({ version });
    const { token } = server.createUser({ username: 'alice' });
    const { connection } = listen(server, token);
    await ready(connection);
    const lost = soon(connection.state$, (state) => state.status === 'waiting');
    server.faults.deafen();
    expect(await lost).toMatchObject({ reason: 'heartbeat' });
    server.faults.clear();
    await status(connection.state$, 'ready');
  });

  it('actions are answered, and a refused one fails with its id', async () => {
    const server = await start({ version });
    const { id, token } = server.createUser({ username: 'alice' });
    const { gateway } = listen(server, token);
    expect(await firstValueFrom(gateway.request('get_statuses_by_ids', { user_ids: [id] }))).toHaveProperty(id);
    await expect(firstValueFrom(gateway.request('nonsense'))).rejects.toMatchObject({
      code: 'action',
      action: 'nonsense',
      id: 'api.web_socket_router.bad_action.app_error',
      status: 500,
    });
  });
});

describe('a platform whose upgrade carries no token', () => {
  it('authenticates by the challenge, and each cut is a gap', async () => {
    const server = await start();
    const { token } = server.createUser({ username: 'alice' });
    class Plain extends WebSocket {}
    const { events, connection } = listen(server, token, { WebSocket: Plain });
    expect(await ready(connection)).toMatchObject({ resumed: false });
    const gap = soon(events.gaps$);
    server.faults.drop();
    expect(await gap).toMatchObject({ reason: 'fresh-connection' });
  });
});

describe('a server that takes the connection and says nothing', () => {
  it('is given up after connectTimeoutMs, and left without an error that nobody handles', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const peers: Socket[] = [];
    silent.on('connection', (socket) => peers.push(socket.on('error', () => undefined).resume()));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const server = { url, fetch: () => Promise.reject(new Error('unused')) } as unknown as TestServer;
    const { connection } = listen(server, 'x'.repeat(26), { connectTimeoutMs: 50 });
    tape(connection.open());
    expect(await status(connection.state$, 'waiting')).toMatchObject({ reason: 'network' });
    await expect.poll(() => peers.some(({ destroyed }) => destroyed)).toBe(true);
    leftovers.push(() => {
      peers.forEach((peer) => peer.destroy());
      silent.close();
    });
  });
});

describe('the socket in memory', () => {
  it('takes the token on the upgrade and resumes', async () => {
    const server = await start({ port: 'memory' });
    const { token } = server.createUser({ username: 'alice' });
    const { connection } = listen(server, token, { WebSocket: server.WebSocket });
    await ready(connection);
    const lost = status(connection.state$, 'waiting');
    server.faults.drop();
    await lost;
    expect(await status(connection.state$, 'ready')).toMatchObject({ resumed: true });
  });
});

describe('the presence scope', () => {
  it('is declared when the socket is ready and again after a cut, and is withdrawn', async () => {
    const server = await start();
    const { token } = server.createUser({ username: 'alice' });
    const sent: unknown[] = [];
    class Taped extends WebSocket {
      static readonly takesHeaders = true;
      override send(text: string): void {
        const { action, data } = JSON.parse(text) as { action: string; data: unknown };
        if (action === 'presence') sent.push(data);
        super.send(text);
      }
    }
    const { gateway, connection } = listen(server, token, { WebSocket: Taped });
    const scope = presenceScope(gateway, { channelId: 'c', threadChannelId: '' }).subscribe();
    await status(connection.state$, 'ready');
    const declared = [{ channel_id: 'c' }, { thread_channel_id: '', is_thread_view: false }];
    await firstValueFrom(gateway.request('ping'));
    expect(sent).toEqual(declared);
    const lost = status(connection.state$, 'waiting');
    server.faults.drop();
    await lost;
    await status(connection.state$, 'ready');
    await firstValueFrom(gateway.request('ping'));
    expect(sent).toEqual([...declared, ...declared]);
    scope.unsubscribe();
    expect(sent.slice(4)).toEqual([{ channel_id: '<>' }, { thread_channel_id: '<>', is_thread_view: false }]);
  });
});

describe('many rounds on real sockets', () => {
  it('leave no handle behind', async () => {
    const server = await start();
    const { token } = server.createUser({ username: 'alice' });
    const { gateway, connection, events } = listen(server, token, { idleCloseMs: 1 });
    const round = async (): Promise<void> => {
      const subscription = events.on('posted').subscribe();
      await status(connection.state$, 'ready');
      subscription.unsubscribe();
      await status(connection.state$, 'idle');
    };
    const handles = (): string[] => process.getActiveResourcesInfo().filter((kind) => /TCP|Timeout/.test(kind));
    await round();
    const before = handles().length;
    for (let n = 0; n < 100; n++) await round();
    await expect.poll(() => handles().length, { timeout: 5_000 }).toBeLessThanOrEqual(before);
    gateway.close();
  });
});
