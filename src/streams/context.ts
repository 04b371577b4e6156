import type { Observable, SchedulerLike } from 'rxjs';
import type { Connection, ConnectionSignal } from './connection/connection.js';
import type { Events } from './events/events.js';
import type { RestPort } from './rest-port.js';

/** What the derived streams (typing, sessions, presence) are made from. */
export interface StreamContext {
  readonly events: Events;
  readonly connection: Connection;
  readonly rest: RestPort;
  /** One WebSocket action; emits its reply's data and completes. Cold. */
  readonly request: (action: string, data?: Readonly<Record<string, unknown>>) => Observable<unknown>;
  /** Hot, replays nothing, completes with the client. */
  readonly signals$: Observable<ConnectionSignal>;
  /** Who is logged in, as far as that is known: an empty id until the socket or a call has told. */
  readonly self: { id: string };
  /** Id of the user who is logged in. Cold; asks REST until it is known. */
  readonly ownId$: Observable<string>;
  /** Emits when the client is closed, and to each later subscriber. */
  readonly closed$: Observable<unknown>;
  /** Clock of all timers. */
  readonly scheduler: SchedulerLike;
  /** How often what the server never announces is read again, in milliseconds. */
  readonly pollMs: number;
}
