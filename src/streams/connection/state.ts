import type { MattermostError } from '../../models/errors.js';

/** What every state of the connection has. */
export interface ConnectionFacts {
  /** Id that the server gave this connection; empty until the first `hello`. */
  readonly connectionId: string;
  /** True if the present socket took over an earlier connection without loss. */
  readonly resumed: boolean;
  /** Round trip of the last ping in milliseconds, `undefined` before the first. */
  readonly latencyMs: number | undefined;
  /** Clock of this client at the last frame before this state, in milliseconds, `undefined` before the first. */
  readonly lastFrameAtMs: number | undefined;
}

/** Why the client waits before it connects again. */
export type DisconnectReason =
  'closed-by-server' | 'network' | 'heartbeat' | 'session-lost' | 'protocol' | 'overflow' | 'slow-reader';

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

/** What the gateway learned about the login behind the socket. */
export type ConnectionSignal =
  | { readonly type: 'ready'; readonly connectionId: string; readonly resumed: boolean; readonly userId: string }
  /** An action was answered 401: the session behind the socket is gone (protocol §5.5). */
  | { readonly type: 'refused'; readonly errorId: string; readonly status: number }
  /** The credential was rejected; REST was asked and rejects it as well. */
  | { readonly type: 'rejected'; readonly error: MattermostError }
  /** The socket was opened again with another token. */
  | { readonly type: 'renewed' };

/** Why a stretch of the stream may be incomplete. */
export type LossReason = 'fresh-connection' | 'session-lost' | 'token-changed' | 'overflow' | 'slow-reader' | 'dropped';

/** A place where the stream of events may lack some. */
export interface Loss {
  readonly reason: LossReason;
  /** Clock of this client when the last frame before it came, in milliseconds; `undefined` if there was none. */
  readonly sinceMs: number | undefined;
  /** Clock of this client when the stream went on, in milliseconds. */
  readonly untilMs: number;
}

/** Something that was dropped, ignored or failed, and is not an error of any stream. Never quotes what was received. */
export interface Diagnostic {
  readonly type:
    | 'connect-failed'
    | 'probe-failed'
    | 'garbage-frame'
    | 'undecoded-data'
    | 'unexpected-data'
    | 'duplicate-event'
    | 'missing-event'
    | 'unknown-reply'
    | 'frames-dropped';
  /** How often this has happened so far. */
  readonly count: number;
  /** Name of the event, what is wrong with it, or what the platform said about the network. */
  readonly detail?: string;
}

/** Reports something that was dropped, ignored or failed. */
export type Report = (type: Diagnostic['type'], detail?: string) => void;
