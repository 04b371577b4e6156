import { NEVER, type Observable } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient, type Client } from '../../src/index.js';
import { createTestServer, type TestServer } from '../../src/server/index.js';
import { record } from '../conformance/kit/tape.js';

const rounds = 1_000;
const patienceMs = 10_000;
const idleCloseMs = 20;
const strangers = ['a', 'b', 'c'].map((letter) => letter.repeat(26));

/** Every public stream, and calls, by what one round of it subscribes to. */
const streams: Readonly<Record<string, (client: Client) => Observable<unknown>>> = {
  'events.all$': ({ events }) => events.all$,
  'events.on(name)': ({ events }) => events.on('posted'),
  'events.on(names, scope)': ({ events }) => events.on(['posted', 'typing'], { channelId: strangers[0]! }),
  'events.gaps$': ({ events }) => events.gaps$,
  'connection.state$': ({ connection }) => connection.state$,
  'connection.diagnostics$': ({ connection }) => connection.diagnostics$,
  'connection.open()': ({ connection }) => connection.open(),
  'typing.in()': ({ typing }) => typing.in(strangers[0]!),
  'typing.anywhere$': ({ typing }) => typing.anywhere$,
  'typing.publish()': ({ typing }) => NEVER.pipe(typing.publish(strangers[0]!)),
  'typing.send()': ({ typing }) => typing.send(strangers[0]!),
  'sessions.changes$': ({ sessions }) => sessions.changes$,
  'sessions.current$': ({ sessions }) => sessions.current$,
  'sessions.list()': ({ sessions }) => sessions.list('me'),
  'presence.of()': ({ presence }) => presence.of(strangers),
  'presence.mine$': ({ presence }) => presence.mine$,
  'request()': (client) => client.request('ping'),
  'a call': ({ users }) => users.getUser('me'),
  'a call with its response': ({ users }) => users.getUser('me').response(),
  'pages of a call': ({ users }) => users.getUsers().pages(),
};

/** Timers, sockets and the like that keep a process alive, by kind. */
function handles(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** True if there is no more of any kind than before. */
function asFewAs(before: Readonly<Record<string, number>>): boolean {
  return Object.entries(handles()).every(([kind, count]) => count <= (before[kind] ?? 0));
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const endMs = Date.now() + patienceMs;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`${what}: not within ${patienceMs} ms; open: ${JSON.stringify(handles())}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function memoryServer(): Promise<{ readonly server: TestServer; readonly client: Client }> {
  const server = await createTestServer({ port: 'memory' });
  const { token } = server.createUser({ username: 'alice' });
  const { url, fetch, WebSocket } = server;
  const client = createClient({ url, auth: { token }, fetch, WebSocket, idleCloseMs });
  onTestFinished(async () => {
    client.close();
    await server.close();
  });
  return { server, client };
}

describe('a thousand rounds of subscribing and unsubscribing', () => {
  it.each(Object.keys(streams))('to %s leave no timer and no socket', async (name) => {
    const before = handles();
    const { server, client } = await memoryServer();
    const of = streams[name]!;
    for (let round = 0; round < rounds; round++) {
      const subscription = of(client).subscribe({ error: () => undefined });
      // Some are left at once, some on their way.
      if (round % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      subscription.unsubscribe();
    }
    let status = '';
    client.connection.state$.subscribe((state) => (status = state.status));
    await until('the socket to be idle', () => status === 'idle');
    await server.close();
    await until('the handles of before', () => asFewAs(before));
  });

  it('to all of them at once, over one ready socket, leave no socket beside it', async () => {
    const { server } = await memoryServer();
    let sockets = 0;
    const counted = createClient({
      url: server.url,
      auth: { token: server.createUser({ username: 'bob' }).token },
      fetch: server.fetch,
      WebSocket: class extends server.WebSocket {
        constructor(...given: ConstructorParameters<typeof server.WebSocket>) {
          super(...given);
          sockets++;
        }
      },
    });
    onTestFinished(() => counted.close());
    const states = record(counted.connection.open(), patienceMs);
    await states.find('the socket to be ready', ({ status }) => status === 'ready');
    for (let round = 0; round < rounds; round++) {
      const open = Object.values(streams).map((of) => of(counted).subscribe({ error: () => undefined }));
      for (const subscription of open) subscription.unsubscribe();
    }
    expect(sockets).toBe(1);
  }, 60_000);

  it('add no listener to the process', async () => {
    const { client } = await memoryServer();
    const count = (): number => process.eventNames().reduce((sum, event) => sum + process.listenerCount(event), 0);
    const before = count();
    for (let round = 0; round < rounds; round++) client.connection.open().subscribe().unsubscribe();
    expect(count()).toBe(before);
  });
});

/** Kept-alive connections of REST belong to the platform's pool, both of whose ends are in this process. */
const pooled = 4;

describe('over real sockets', () => {
  it('a hundred clients that open, call and close leave no timer, and no connection beside the pool', async () => {
    const before = handles();
    const server = await createTestServer();
    const { token } = server.createUser({ username: 'alice' });
    for (let round = 0; round < 100; round++) {
      const client = createClient({ url: server.url, auth: { token } });
      const states = record(client.connection.open(), patienceMs);
      await states.find('the socket to be ready', ({ status }) => status === 'ready');
      await client.users.getUser('me');
      client.close();
    }
    await until('all sockets to be gone', () => server.faults.drop() === 0);
    expect(handles()['TCPSocketWrap'] ?? 0).toBeLessThanOrEqual((before['TCPSocketWrap'] ?? 0) + pooled);
    await server.close();
    await until('the timers of before', () => (handles()['Timeout'] ?? 0) <= (before['Timeout'] ?? 0));
  }, 60_000);

  it('a thousand aborted calls leave no connection beside the pool, and the next call works', async () => {
    const before = handles();
    const server = await createTestServer();
    onTestFinished(() => server.close());
    const { id, token } = server.createUser({ username: 'alice' });
    const client = createClient({ url: server.url, auth: { token } });
    onTestFinished(() => client.close());
    for (let round = 0; round < rounds; round++) {
      const subscription = client.users.getUser('me').subscribe();
      if (round % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      subscription.unsubscribe();
    }
    expect((await client.users.getUser('me')).id).toBe(id);
    const most = (before['TCPSocketWrap'] ?? 0) + pooled;
    await until('no connection beside the pool', () => (handles()['TCPSocketWrap'] ?? 0) <= most);
  }, 60_000);
});

describe('closing a client', () => {
  it('ends every stream and call under way, and leaves no timer', async () => {
    const before = handles();
    const { server, client } = await memoryServer();
    const ended: string[] = [];
    for (const [name, of] of Object.entries(streams)) {
      const end = (): void => void ended.push(name);
      of(client).subscribe({ error: end, complete: end });
    }
    client.close();
    // That one only passes on what the caller gives it.
    expect(ended.toSorted()).toEqual(
      Object.keys(streams)
        .filter((name) => name !== 'typing.publish()')
        .toSorted(),
    );
    await server.close();
    await until('the handles of before', () => asFewAs(before));
  });
});
