import type { Observable } from 'rxjs';
import type { EventName, MattermostEvent } from '../models/events.js';

/** Narrows a subscription to events of one channel, team or user; all given conditions must hold. */
export interface EventScope {
  readonly channelId?: string;
  readonly teamId?: string;
  /** The user that the event is about or addressed to. */
  readonly userId?: string;
}

/** A stretch of the stream that may be incomplete. */
export interface Gap {
  /** What may be incomplete. `all` until something narrower is proved. */
  readonly scope: { readonly kind: 'all' } | { readonly kind: 'channel'; readonly channelId: string };
  readonly reason: 'fresh-connection' | 'session-lost' | 'token-changed' | 'overflow' | 'slow-reader' | 'dropped';
  /** Clock of this client when the last frame before the gap came, in milliseconds; `undefined` if there was none. */
  readonly sinceMs: number | undefined;
  /** Clock of this client when the stream went on, in milliseconds. */
  readonly untilMs: number;
}

/** Decoded events of the shared socket. Hot: nothing is replayed. A lost connection is no error here; they complete with the client. */
export interface Events {
  /** Every event, unknown and `custom_…` ones included. While it has a subscriber every frame is decoded. */
  readonly all$: Observable<MattermostEvent>;
  /**
   * Events of the given names, within a scope if one is given. Any other string (of a plugin, or of a newer server) works too.
   * Subscribing opens the socket if it is closed; the last unsubscribe closes it after `idleCloseMs`.
   */
  on<N extends EventName>(name: N | readonly N[], scope?: EventScope): Observable<MattermostEvent<N>>;
  on(name: string | readonly string[], scope?: EventScope): Observable<MattermostEvent>;
  /** Emits when events may have been missed. Does not open the socket. */
  readonly gaps$: Observable<Gap>;
}
