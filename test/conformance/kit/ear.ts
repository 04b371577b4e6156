import { isEvent, type Client, type EventName, type MattermostEvent } from '../../../src/index.js';
import { openSocket } from './socket.js';
import type { World } from './world.js';

/** All events of one client, from now on until the end of the test. */
export interface Ear {
  /** The first event of that name, received or still to come, that passes. */
  hears<N extends EventName>(name: N, test?: (event: MattermostEvent<N>) => boolean): Promise<MattermostEvent<N>>;
  /** All events of that name so far. */
  heard<N extends EventName>(name: N): readonly MattermostEvent<N>[];
}

/** Opens the socket of a client and listens to all that it brings. */
export async function listen(world: World, client: Client): Promise<Ear> {
  const tape = world.record(client.events.all$);
  await openSocket(world, client);
  return {
    async hears(name, test = () => true) {
      const found = await tape.find(name, (event) => isEvent(event, name) && test(event));
      return found as MattermostEvent<typeof name>;
    },
    heard: (name) => tape.items.filter((event) => isEvent(event, name)),
  };
}
