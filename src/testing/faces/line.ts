import { Panic } from '../app-error.js';
import type { Core } from '../core.js';
import type { Faults } from '../faults.js';
import type { SocketPort } from '../hub/connection.js';
import type { Socket } from '../hub/socket.js';
import type { CoreRequest, CoreResponse } from '../http.js';

/** What both faces stand on: the core behind the faults. */
export interface Line {
  /** Answers a request; `null`: the connection ends without an answer. The result takes no answer any more. */
  exchange(request: CoreRequest, reply: (response: CoreResponse | null) => void): () => void;
  /** Decides about an upgrade: a refusal, `null` for a connection that ends without an answer, or a function that serves it. */
  upgrade(request: CoreRequest): CoreResponse | null | ((port: SocketPort) => Served);
}

/** A socket in use. The face tells it what the peer does, its end above all. */
export type Served = Pick<Socket, 'onMessage' | 'onPong' | 'onStall' | 'onDrain' | 'onClose'>;

export function createLine(core: Core, faults: Faults): Line {
  const { clock } = core.world;

  const answer = (request: CoreRequest): CoreResponse | null => {
    const fault = faults.answerTo(request);
    if (fault !== undefined) return fault;
    try {
      return core.handle(request);
    } catch (error) {
      if (error instanceof Panic) return null;
      throw error;
    }
  };

  return {
    exchange(request, reply) {
      const delayMs = faults.delayMs();
      if (delayMs > 0) return clock.after(delayMs, () => reply(answer(request)));
      reply(answer(request));
      return () => undefined;
    },
    upgrade(request) {
      const fault = faults.answerTo(request);
      if (fault !== undefined) return fault;
      const accept = core.connect(request);
      if (typeof accept !== 'function') return accept;
      return (lower) => {
        const port = faults.wrap(lower);
        const socket = accept(port);
        port.serve(socket);
        socket.start();
        return {
          onMessage: (text, size, binary) => socket.onMessage(text, size, binary),
          onPong: () => socket.onPong(),
          onStall: () => socket.onStall(),
          onDrain: () => port.drained(),
          onClose: () => {
            port.gone();
            socket.onClose();
          },
        };
      };
    },
  };
}
