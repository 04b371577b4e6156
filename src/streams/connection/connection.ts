import type { Observable } from 'rxjs';
import type { Gateway } from './gateway.js';
import type { ConnectionState, Diagnostic } from './state.js';

export type { ConnectionFacts, ConnectionState, Diagnostic, DisconnectReason, ConnectionSignal } from './state.js';

/** The shared socket, as users see it. */
export interface Connection {
  /**
   * Shared; replays the current state; completes with the client, after `closed`; never errors. Emits at each change, and at each answered
   * ping. Watching it does not open the socket.
   */
  readonly state$: Observable<ConnectionState>;
  /**
   * Holds the socket open while subscribed. Emits the present state and each change; errors with the `error` of `rejected`; completes with
   * the client; unsubscribing releases the socket. Subscribing after `rejected` tries again.
   */
  open(): Observable<ConnectionState>;
  /**
   * What was dropped, ignored or failed, counted by type. Hot, shared, no replay; completes with the client; never errors. Watching it
   * does not open the socket.
   */
  readonly diagnostics$: Observable<Diagnostic>;
}

/** The user's view of a gateway. */
export function createConnection({ state$, open, diagnostics$ }: Gateway): Connection {
  return { state$, open, diagnostics$ };
}
