import type { Observable } from 'rxjs';
import type { MattermostError } from '../models/errors.js';

/** What holds for every state of the connection. */
export interface ConnectionFacts {
  /** Id that the server gave this connection; empty until the first `hello`. */
  readonly connectionId: string;
  /** True if the present socket took over an earlier connection without loss. */
  readonly resumed: boolean;
  /** Round trip of the last ping in milliseconds, `undefined` before the first. */
  readonly latencyMs: number | undefined;
  /** Clock of this client at the last frame, in milliseconds, `undefined` before the first. */
  readonly lastFrameAtMs: number | undefined;
}

/** Why the client waits before it connects again. */
export type DisconnectReason =
  | 'closed-by-server'
  | 'network'
  | 'heartbeat'
  | 'session-lost'
  | 'token-changed'
  | 'protocol'
  | 'overflow'
  | 'slow-reader';

/** State of the connection. `ready` means proved: protocol §2.5. */
export type ConnectionState = ConnectionFacts &
  (
    | { readonly status: 'idle' | 'connecting' | 'authenticating' | 'ready' | 'offline' | 'closed' }
    | {
        readonly status: 'waiting';
        /** Failures in a row, from 1 on. */
        readonly attempt: number;
        /** Clock of this client, in milliseconds. */
        readonly retryAtMs: number;
        readonly reason: DisconnectReason;
      }
    | { readonly status: 'rejected'; readonly error: MattermostError }
  );

/** The shared socket, as users see it. */
export interface Connection {
  /** Shared; replays the current state; completes with the client; never errors. Watching it does not open the socket. */
  readonly state$: Observable<ConnectionState>;
  /**
   * Holds the socket open while subscribed. Emits the states; errors with the `error` of `rejected`; unsubscribing lets go.
   * Subscribing again after `rejected` tries again.
   */
  open(): Observable<ConnectionState>;
}

/** What the gateway learned about the login behind the socket. Internal food of the session stream. */
export type SessionSignal =
  | { readonly type: 'ready'; readonly connectionId: string; readonly resumed: boolean; readonly userId: string }
  /** An action was answered 401: the session behind the socket is gone (protocol §5.5). */
  | { readonly type: 'refused'; readonly errorId: string; readonly status: number }
  /** A credential was rejected before `ready`, and REST agreed. */
  | { readonly type: 'rejected'; readonly error: MattermostError }
  /** The socket was opened again with another token. */
  | { readonly type: 'renewed' };
