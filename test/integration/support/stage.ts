import { onTestFinished } from 'vitest';
import { createClient, type Client, type ClientOptions, type ConnectionState } from '../../../src/index.js';
import { createTestServer, type Account, type TestServer, type TestServerOptions } from '../../../src/server/index.js';
import { record, type Tape } from '../../conformance/kit/tape.js';

/** Longest wait for what the server or a fault has to cause, in milliseconds. */
export const patienceMs = 10_000;
/** Short, so that a dead session or network shows soon, in milliseconds. */
export const heartbeatMs = 250;

/** An embedded server with two people in one channel, for one test. */
export interface Stage {
  readonly server: TestServer;
  readonly alice: Account;
  readonly bob: Account;
  readonly channelId: string;
  client(token: string, options?: Partial<ClientOptions>): Client;
  /** A client of Bob and the states of its socket, ready. */
  watch(options?: Partial<ClientOptions>): Promise<{ readonly client: Client; readonly states: Tape<ConnectionState> }>;
}

/** All of it ends with the test. */
export async function openStage(options: TestServerOptions = {}): Promise<Stage> {
  const server = await createTestServer(options);
  const clients: Client[] = [];
  onTestFinished(async () => {
    for (const client of clients) client.close();
    await server.close();
  });
  const [alice, bob] = ['alice', 'bob'].map((username) => server.createUser({ username })) as [Account, Account];
  const team = server.createTeam({ members: [alice, bob] });
  const channel = server.createChannel({ team, members: [alice, bob] });
  const client: Stage['client'] = (token, more = {}) => {
    const made = createClient({ url: server.url, auth: { token }, heartbeatMs, ...more });
    clients.push(made);
    return made;
  };
  return {
    server,
    alice,
    bob,
    channelId: channel.id,
    client,
    async watch(more) {
      const watcher = client(bob.token, more);
      const states = record(watcher.connection.open(), patienceMs);
      await states.find('the socket to be ready', ({ status }) => status === 'ready');
      return { client: watcher, states };
    },
  };
}

/** Resolves with the first ready state after the first `since` states. */
export async function readyAgain(states: Tape<ConnectionState>, since: number): Promise<ConnectionState> {
  // A state that was on its way may still say `ready` after the cut.
  const again = (all: readonly ConnectionState[]): ConnectionState | undefined => {
    const lost = all.findIndex(({ status }, at) => at >= since && status !== 'ready');
    return lost < 0 ? undefined : all.slice(lost).find(({ status }) => status === 'ready');
  };
  await states.when('the socket to be ready again', (all) => again(all) !== undefined);
  return again(states.items)!;
}
