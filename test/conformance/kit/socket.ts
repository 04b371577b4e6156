import type { Client, ConnectionState } from '../../../src/index.js';
import type { Tape } from './tape.js';
import type { World } from './world.js';

/** Holds the socket of a client open until the test is over; resolves once it is ready. */
export async function openSocket(world: World, client: Client): Promise<Tape<ConnectionState>> {
  const states = world.record(client.connection.open());
  await states.find('the socket to be ready', ({ status }) => status === 'ready');
  return states;
}

/** Resolves when the socket is ready once more after the first `since` states. */
export async function readyAgain(states: Tape<ConnectionState>, since: number): Promise<ConnectionState> {
  // A state that was on its way may still say `ready` after the cut.
  const again = (all: readonly ConnectionState[]): ConnectionState | undefined => {
    const lost = all.findIndex(({ status }, at) => at >= since && status !== 'ready');
    return lost < 0 ? undefined : all.slice(lost).find(({ status }) => status === 'ready');
  };
  await states.when('the socket to be ready again', (all) => again(all) !== undefined);
  return again(states.items)!;
}
