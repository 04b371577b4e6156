import { utf8Bytes } from './base/text.js';
import { AppError } from './base/app-error.js';
import { refuse } from './core.js';
import type { SocketPort } from './hub/connection.js';
import type { Socket } from './hub/socket.js';
import type { CoreRequest, CoreResponse } from './base/http.js';
import type { World } from './world.js';

/** Which sockets a fault is about. Without it: all of them. */
export interface SocketFilter {
  /** Those of this user. */
  readonly userId?: string;
}

/** Which requests a fault is about. Without it: all of them. */
export interface RequestFilter {
  readonly method?: string;
  /** Matches somewhere in path and query. */
  readonly path?: RegExp;
}

/** A request that comes in part. */
export interface CutOptions extends RequestFilter {
  /**
   * How much later the server notices, in milliseconds: until then it takes the connection for alive, as one that went silent. @default 0
   */
  readonly noticedAfterMs?: number;
}

/** Where the connection of a request ends, if its body is longer than that. */
export interface RequestCut {
  readonly afterBytes: number;
  readonly noticedAfterMs: number;
  /** It has come to that. */
  use(): void;
}

/** A port that a fault can reach. */
export interface FaultyPort extends SocketPort {
  serve(socket: Socket): void;
  drained(): void;
  gone(): void;
}

/** Everything that can go wrong between a client and its server, to be caused on purpose. */
export interface FaultControls {
  /** Cuts open sockets as a network does, without a close frame. Returns how many. */
  drop(which?: SocketFilter): number;
  /** Sockets stay open, but nothing that the server sends arrives until `unstall`. */
  stall(which?: SocketFilter): void;
  unstall(): void;
  /** Every request and upgrade ends without an answer, until `clear`. */
  refuse(): void;
  /** Every answer takes this long, in milliseconds. */
  slow(ms: number): void;
  /** The next `times` requests are answered with this status, as a proxy or a broken server does. @default 1 */
  fail(status: number, times?: number): void;
  /**
   * The next request whose body is longer than this loses its connection after so many bytes of it. The server keeps what it can use of them,
   * and nobody hears an answer. Each call is about one request.
   */
  cutRequest(afterBytes: number, which?: CutOptions): void;
  /** The next answer whose body is longer than this ends after so many bytes of it. Each call is about one answer. */
  cutAnswer(afterBytes: number, which?: RequestFilter): void;
  /** The next request is carried out, and its answer is lost. Each call is about one request. */
  loseAnswer(which?: RequestFilter): void;
  /** The server forgets the connections that wait to be resumed, as a restart makes it. */
  forgetConnections(): void;
  /** Tokens are no good, on REST and on new sockets, until `clear`; open sockets go on, but their actions fail (protocol §5.5). */
  rejectCredentials(): void;
  /** Sockets are cut, nothing can be resumed, and for `downMs` milliseconds nobody answers. State stays. @default 0 */
  restart(downMs?: number): void;
  /** Stops as 11.6 does: HTTP is refused at once, sockets work for `ms` milliseconds more and are cut then; until `clear` or `restart`. */
  drain(ms: number): void;
  /** Open sockets get another `hello`, with a new id, and everything twice from then on (5.37, protocol §2.2 case 8). */
  doubleHello(which?: SocketFilter): void;
  /** The hub takes nothing and answers nothing, while all sockets stay open (protocol §1.7, §2.2 case 8b). */
  deafen(): void;
  /** Ends every fault that lasts. */
  clear(): void;
}

/** The faults as the faces see them. */
export interface Faults {
  readonly controls: FaultControls;
  delayMs(): number;
  /** What a request gets instead of its answer: `undefined` nothing, `null` a connection that ends. */
  answerTo(request: CoreRequest): CoreResponse | null | undefined;
  cutOf(head: CoreRequest): RequestCut | undefined;
  /** The answer as far as it gets. */
  cutAnswerTo(request: CoreRequest, response: CoreResponse): CoreResponse | null;
  wrap(port: SocketPort): FaultyPort;
}

export function createFaults(world: World): Faults {
  const open = new Set<{ readonly port: SocketPort; socket?: Socket; stalled: boolean }>();
  let refusing = false;
  let delay = 0;
  let failing: { status: number; left: number } | undefined;
  const requestCuts = new Set<CutOptions & { readonly afterBytes: number }>();
  const answerCuts = new Set<RequestFilter & { readonly afterBytes: number }>();

  const isAbout = ({ method, target }: CoreRequest, which: RequestFilter): boolean =>
    (which.method ?? method) === method && (which.path?.test(target) ?? true);

  const matching = ({ userId }: SocketFilter = {}) =>
    [...open].filter(({ socket }) => userId === undefined || socket?.userId === userId);

  const unstall = (): void => {
    for (const entry of open) {
      if (!entry.stalled) continue;
      entry.stalled = false;
      entry.socket?.onDrain();
    }
  };

  let stopDraining: (() => void) | undefined;

  const end = (): void => {
    for (const { port } of open) port.terminate();
    world.hub.forgetAll();
  };

  const restart = (downMs = 0): void => {
    end();
    refusing = downMs > 0;
    if (refusing) world.clock.after(downMs, () => void (refusing = false));
  };

  return {
    delayMs: () => delay,
    answerTo() {
      if (refusing) return null;
      if (!failing || failing.left <= 0) return undefined;
      failing.left--;
      if (failing.status === 429)
        return {
          status: 429,
          headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '1' },
          body: 'limit exceeded\n',
        };
      return refuse(new AppError(failing.status, 'embedded.fault', 'A fault that was asked for.'));
    },
    cutOf(head) {
      const cut = [...requestCuts].find((one) => isAbout(head, one));
      return (
        cut && {
          afterBytes: cut.afterBytes,
          noticedAfterMs: cut.noticedAfterMs ?? 0,
          use: () => void requestCuts.delete(cut),
        }
      );
    },
    cutAnswerTo(request, response) {
      const { length } = typeof response.body === 'string' ? utf8Bytes(response.body) : response.body;
      const cut = [...answerCuts].find((one) => isAbout(request, one) && length > one.afterBytes);
      if (!cut) return response;
      answerCuts.delete(cut);
      return cut.afterBytes < 0 ? null : { ...response, cutAfter: cut.afterBytes };
    },
    wrap(port) {
      const entry: { readonly port: SocketPort; socket?: Socket; stalled: boolean } = { port, stalled: false };
      open.add(entry);
      return {
        get writable() {
          return !entry.stalled && port.writable;
        },
        send: (text) => port.send(text),
        ping: () => port.ping(),
        close: (code) => port.close(code),
        terminate: () => port.terminate(),
        serve: (socket) => void (entry.socket = socket),
        drained() {
          if (!entry.stalled) entry.socket?.onDrain();
        },
        gone: () => void open.delete(entry),
      };
    },
    controls: {
      drop(which) {
        const hit = matching(which);
        for (const { port } of hit) port.terminate();
        return hit.length;
      },
      stall(which) {
        for (const entry of matching(which)) {
          entry.stalled = true;
          entry.socket?.onStall();
        }
      },
      unstall,
      refuse: () => void (refusing = true),
      slow: (ms) => void (delay = ms),
      fail: (status, times = 1) => void (failing = { status, left: times }),
      cutRequest: (afterBytes, which = {}) => void requestCuts.add({ ...which, afterBytes }),
      cutAnswer: (afterBytes, which = {}) => void answerCuts.add({ ...which, afterBytes: Math.max(0, afterBytes) }),
      loseAnswer: (which = {}) => void answerCuts.add({ ...which, afterBytes: -1 }),
      forgetConnections: () => world.hub.forgetInactive(),
      rejectCredentials: () => void (world.sessions.rejecting = true),
      restart,
      drain(ms) {
        refusing = true;
        stopDraining = world.clock.after(ms, end);
      },
      doubleHello(which) {
        for (const { socket } of matching(which)) socket?.double();
      },
      deafen: () => void (world.hub.deaf = true),
      clear() {
        refusing = false;
        stopDraining?.();
        delay = 0;
        failing = undefined;
        requestCuts.clear();
        answerCuts.clear();
        world.hub.deaf = false;
        world.sessions.rejecting = false;
        unstall();
      },
    },
  };
}
