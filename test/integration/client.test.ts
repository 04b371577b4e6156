import { inspect } from 'node:util';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient, type ClientOptions } from '../../src/index.js';
import { createTestServer } from '../../src/server/index.js';
import { record } from '../conformance/kit/tape.js';
import { openStage, patienceMs } from './support/stage.js';

describe('a client', () => {
  it('does nothing until something is subscribed', () => {
    const touched: string[] = [];
    const trap = (name: string): never => {
      touched.push(name);
      throw new Error(name);
    };
    const client = createClient({
      url: 'http://127.0.0.1:9',
      auth: { token: () => trap('token') },
      fetch: () => trap('fetch'),
      WebSocket: function () {
        return trap('WebSocket');
      } as unknown as NonNullable<ClientOptions['WebSocket']>,
      random: () => trap('random'),
    });
    const cold = [
      client.users.getUser('me'),
      client.events.on('posted'),
      client.typing.in('x'),
      client.request('ping'),
    ];
    expect(cold).toHaveLength(4);
    client.close();
    expect(touched).toEqual([]);
  });

  it('shares one socket among all of its streams, and asks for one credential', async () => {
    const { server, client, alice } = await openStage();
    let asked = 0;
    const user = client(alice.token, {
      auth: {
        token: () => {
          asked++;
          return [alice.token];
        },
      },
    });
    const states = record(user.connection.open(), patienceMs);
    for (const stream of [
      user.events.all$,
      user.typing.anywhere$,
      user.sessions.current$,
      user.presence.mine$,
      user.connection.open(),
    ]) {
      record<unknown>(stream, patienceMs);
    }
    await states.find('the socket to be ready', ({ status }) => status === 'ready');
    await lastValueFrom(user.request('ping'));
    await user.users.getUser('me');
    expect(asked).toBe(1);
    expect(server.faults.drop({ userId: alice.id })).toBe(1);
  });

  it('works over the memory face as over sockets', async () => {
    const server = await createTestServer({ port: 'memory' });
    onTestFinished(() => server.close());
    const [alice, bob] = ['alice', 'bob'].map((username) => server.createUser({ username }));
    const team = server.createTeam({ members: [alice!, bob!] });
    const channel = server.createChannel({ team, members: [alice!, bob!] });
    const clients = [alice!, bob!].map(({ token }) => {
      const client = createClient({ ...server, auth: { token } });
      onTestFinished(() => client.close());
      return client;
    });
    const typists = record(clients[1]!.typing.in(channel.id), patienceMs);
    const states = record(clients[1]!.connection.open(), patienceMs);
    await states.find('the socket to be ready', ({ status }) => status === 'ready');
    await lastValueFrom(clients[0]!.typing.send(channel.id), { defaultValue: undefined });
    await typists.find('Alice', (set) => set.has(alice!.id));
  });

  it('holds its secrets where nobody who inspects it sees them', async () => {
    const { server, client, alice } = await openStage();
    const user = client(alice.token);
    await user.users.getUser('me');
    const login = createClient({ url: server.url, auth: { loginId: alice.username, password: alice.password } });
    onTestFinished(() => login.close());
    await login.users.getUser('me');
    for (const each of [user, login, user.users, login.users.getUser('me')]) {
      const shown = `${inspect(each, { depth: 12, showHidden: true })}${Object.values(each)
        .map((member) => inspect(member))
        .join('')}`;
      expect(shown).not.toContain(alice.token);
      expect(shown).not.toContain(alice.password);
    }
  });

  it('is closed by `using`', async () => {
    const { server, alice } = await openStage();
    const states: string[] = [];
    {
      using client = createClient({ url: server.url, auth: { token: alice.token } });
      client.connection.state$.subscribe(({ status }) => states.push(status));
    }
    expect(states).toEqual(['idle', 'closed']);
  });

  it('without auth calls what needs no login, and is told that the socket needs one', async () => {
    const { server } = await openStage();
    const client = createClient({ url: server.url });
    onTestFinished(() => client.close());
    expect((await client.system.getPing())['status']).toBe('OK');
    const open = record(client.connection.open(), patienceMs);
    await open.ended('the socket of nobody');
    expect(open.end).toMatchObject({ kind: 'error', error: { code: 'authentication' } });
  });
});
