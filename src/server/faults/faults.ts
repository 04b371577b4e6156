import type { World } from '../world.js';
import type { FaultControls } from './fault-controls.js';
import { createRequestFaults } from './request-faults.js';
import type { RequestFaults } from './request-faults.js';
import { createSocketFaults } from './socket-faults.js';
import type { SocketFaults } from './socket-faults.js';

/** The faults as the faces use them. */
export interface Faults {
  readonly controls: FaultControls;
  readonly requests: Omit<RequestFaults, 'controls' | 'clear'>;
  readonly sockets: Pick<SocketFaults, 'wrap'>;
}

export function createFaults(world: World): Faults {
  const requests = createRequestFaults();
  const sockets = createSocketFaults();
  let stopDraining: (() => void) | undefined;

  const endSockets = (): void => {
    sockets.controls.drop();
    world.hub.forgetAll();
  };

  return {
    requests,
    sockets,
    controls: {
      ...requests.controls,
      ...sockets.controls,
      refuse: () => void (requests.refusing = true),
      forgetConnections: () => world.hub.forgetInactive(),
      rejectCredentials: () => void (world.sessions.rejecting = true),
      restart(downMs = 0) {
        endSockets();
        requests.refusing = downMs > 0;
        if (downMs > 0) world.clock.after(downMs, () => void (requests.refusing = false));
      },
      drain(ms) {
        requests.refusing = true;
        stopDraining = world.clock.after(ms, endSockets);
      },
      deafen: () => void (world.hub.deaf = true),
      clear() {
        requests.clear();
        stopDraining?.();
        world.hub.deaf = false;
        world.sessions.rejecting = false;
        sockets.controls.unstall();
      },
    },
  };
}
