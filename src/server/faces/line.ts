import { AppError, Panic } from '../base/app-error.js';
import { refuse } from '../rest/refuse.js';
import type { Core } from '../core.js';
import type { Faults } from '../faults/faults.js';
import type { RequestCut } from '../faults/request-faults.js';
import type { SocketPort } from '../hub/connection.js';
import type { Socket } from '../socket/socket.js';
import type { CoreRequest, CoreResponse } from '../base/http.js';

/** What both faces use: the core, with the faults in front of it. */
export interface Line {
  /** True for 11.6. */
  readonly modern: boolean;
  /** Where a fault cuts the body of a request, if it does. `head` is the request without its body. */
  cutOf(head: CoreRequest): RequestCut | undefined;
  /** Answers a request; `null` ends the connection without an answer. The result cancels: no reply comes after it. */
  handle(request: CoreRequest, reply: (response: CoreResponse | null) => void): () => void;
  /** Gives a refusal of an upgrade, `null` to end the connection without an answer, or a function that serves the socket. */
  upgrade(request: CoreRequest): CoreResponse | null | ((port: SocketPort) => Served);
}

/** An open socket. The face must call `onClose` at its end. */
export type Served = Pick<Socket, 'onMessage' | 'onPong' | 'onStall' | 'onDrain' | 'onClose'>;

export function createLine(core: Core, faults: Faults): Line {
  const { clock } = core.world;

  /** A handler that throws is answered with 500, so that no caller waits for ever. */
  const guarded = <T>(decide: () => T): T | CoreResponse | null => {
    try {
      return decide();
    } catch (error) {
      if (error instanceof Panic) return null;
      const said = error instanceof Error ? error.message : String(error);
      return refuse(new AppError(500, 'embedded.handler.failed', said));
    }
  };

  const answer = (request: CoreRequest): CoreResponse | null =>
    guarded(() => {
      const fault = faults.requests.answerTo(request);
      return fault === undefined ? faults.requests.cutAnswerTo(request, core.handle(request)) : fault;
    });

  return {
    modern: core.world.modern,
    cutOf: (head) => faults.requests.cutOf(head),
    handle(request, reply) {
      const delayMs = faults.requests.delayMs();
      if (delayMs > 0) return clock.after(delayMs, () => reply(answer(request)));
      reply(answer(request));
      return () => undefined;
    },
    upgrade(request) {
      const fault = faults.requests.answerTo(request);
      if (fault !== undefined) return fault;
      const accept = guarded(() => core.connect(request));
      if (typeof accept !== 'function') return accept;
      return (lower) => {
        const port = faults.sockets.wrap(lower);
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
