/** The sockets that a fault affects. @default all of them */
export interface SocketFilter {
  /** The sockets of this user. */
  readonly userId?: string;
}

/** The requests that a fault affects. @default all of them */
export interface RequestFilter {
  /** Such as `POST`. */
  readonly method?: string;
  /** Must match somewhere in path and query. */
  readonly path?: RegExp;
}

/** A request that arrives in part. */
export interface CutOptions extends RequestFilter {
  /**
   * When the server notices the end of the connection, in milliseconds after it. @default 0
   */
  readonly noticedAfterMs?: number;
}

/** Causes the faults that can happen between a client and its server. */
export interface FaultControls {
  /** Cuts open sockets without a close frame, as a network does. Returns how many. */
  drop(which?: SocketFilter): number;
  /** Nothing that the server sends on open sockets arrives until `unstall`. */
  stall(which?: SocketFilter): void;
  /** Ends `stall`: what was held back is sent. */
  unstall(): void;
  /** All requests and upgrades end without an answer, until `clear`. */
  refuse(): void;
  /** Delays every answer by this time, in milliseconds, until `clear`. */
  slow(ms: number): void;
  /** Answers the next `times` requests with this status, as a proxy or a broken server does. @default 1 */
  fail(status: number, times?: number): void;
  /**
   * Cuts the connection of the next request whose body is longer than this, after that many bytes. The server keeps the part that it can
   * use; there is no answer. Each call affects one request.
   */
  cutRequest(afterBytes: number, which?: CutOptions): void;
  /** Cuts the next answer whose body is longer than this, after that many bytes. Each call affects one answer. */
  cutAnswer(afterBytes: number, which?: RequestFilter): void;
  /** Carries out the next request, but loses its answer. Each call affects one request. */
  loseAnswer(which?: RequestFilter): void;
  /** Forgets the connections that could be resumed, as a restart does. */
  forgetConnections(): void;
  /** Refuses all tokens, on REST and on new sockets, until `clear`. Open sockets stay, but their actions fail (protocol §5.5). */
  rejectCredentials(): void;
  /** Cuts all sockets, makes nothing resumable, and gives no answers for `downMs` milliseconds. The state stays. @default 0 */
  restart(downMs?: number): void;
  /** Stops as 11.6 does, until `clear` or `restart`: requests are refused at once, sockets are cut after `ms` milliseconds. */
  drain(ms: number): void;
  /** Sends open sockets a `hello` with a new id, and from then on every event twice (5.37, protocol §2.2 case 8). */
  doubleHello(which?: SocketFilter): void;
  /** Stops all events and replies until `clear`, while sockets stay open (protocol §1.7, §2.2 case 8b). */
  deafen(): void;
  /** Ends all lasting faults. */
  clear(): void;
}
