import type { Observable, SchedulerLike } from 'rxjs';
import type { Connection, ConnectionSignal } from './connection/connection.js';
import type { Events } from './events/events.js';
import type { RestPort } from './rest-port.js';

/** What typing, sessions and presence are made from. */
export interface StreamContext {
  readonly events: Events;
  readonly connection: Connection;
  readonly rest: RestPort;
  /** One WebSocket action; emits its reply's data and completes. Cold. */
  readonly request: (action: string, data?: Readonly<Record<string, unknown>>) => Observable<unknown>;
  /** Hot, replays nothing, completes with the client. */
  readonly signals$: Observable<ConnectionSignal>;
  /** Id of the user who is logged in; empty until the socket or a call has shown it. */
  readonly self: { id: string };
  /** Id of the user who is logged in. Cold; emits it once and completes; asks REST if it is not known yet, and errors as that call does. */
  readonly ownId$: Observable<string>;
  /** Emits when the client is closed, and to each later subscriber. */
  readonly closed$: Observable<unknown>;
  /** Clock of all timers. */
  readonly scheduler: SchedulerLike;
  /** How often to read again what the server sends no event about, in milliseconds. */
  readonly pollMs: number;
}
