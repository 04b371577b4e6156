import { asyncScheduler, AsyncSubject, defer, map, of, type Observable } from 'rxjs';
import type { JsonObject } from '../models/event-entities.js';
import { createConnection, type Connection } from './connection.js';
import { createEvents, type Events } from './events.js';
import { createGateway } from './gateway/gateway.js';
import type { Credentials } from './gateway/credentials.js';
import { durationOf, type SocketOptions } from './gateway/options.js';
import { presenceScope, type PresenceScope } from './gateway/presence-scope.js';
import type { History } from './history.js';
import { createPresence, type Presence } from './presence.js';
import { createRouter } from './router.js';
import { createSessions, type Sessions } from './sessions.js';
import { createTyping, type Typing } from './typing.js';

/** What the streams are made from. */
export interface StreamsOptions extends SocketOptions {
  /** Address of the site; a sub-path is kept. */
  readonly url: string;
  /** Where credentials come from: `createRest(…).auth` is such. */
  readonly credentials: Credentials;
  /** What they need of REST: `createHistory(rest)` is such. */
  readonly history: History;
  /** How often what the server never announces is read again (presence, lists of sessions), in milliseconds. @default 60_000 */
  readonly pollMs?: number | undefined;
}

/** All streams of one login, over one shared socket. */
export interface Streams {
  readonly connection: Connection;
  readonly events: Events;
  readonly typing: Typing;
  readonly sessions: Sessions;
  readonly presence: Presence;
  /** See `Gateway.request`. */
  request(action: string, data?: JsonObject): Observable<JsonObject>;
  /** Tells the server what is on the screen, while subscribed; see {@link PresenceScope}. */
  presenceScope(scope: PresenceScope): Observable<never>;
  /** Ends the socket and completes every stream. */
  close(): void;
}

/**
 * Makes the streams of one login. Does nothing until something is subscribed.
 *
 * @throws ValidationError for an option that cannot be right.
 * @example
 * const rest = createRest({ url, auth: { token } });
 * const streams = createStreams({ url, credentials: rest.auth!, history: createHistory(rest) });
 */
export function createStreams(options: StreamsOptions): Streams {
  const { url, credentials, history, scheduler = asyncScheduler } = options;
  const pollMs = durationOf('pollMs', options.pollMs, 60_000);
  const router = createRouter();
  const gateway = createGateway({ ...options, url, credentials, probe: () => history.me(), deliver: router.dispatch });
  const events = createEvents(gateway, router);
  const connection = createConnection(gateway);
  const closed$ = new AsyncSubject<unknown>();
  let ownId = '';
  gateway.signals$.subscribe((signal) => {
    if (signal.type === 'ready') ownId = signal.userId || ownId;
  });
  const ownId$ = defer(() => (ownId ? of(ownId) : history.me().pipe(map(({ id }) => (ownId = id)))));
  const context = {
    events,
    connection,
    history,
    request: gateway.request,
    signals$: gateway.signals$,
    ownId$,
    closed$,
    scheduler,
    pollMs,
  };
  return {
    connection,
    events,
    typing: createTyping(context),
    sessions: createSessions(context),
    presence: createPresence(context),
    request: gateway.request,
    presenceScope: (scope) => presenceScope(gateway, scope),
    close() {
      closed$.next(undefined);
      closed$.complete();
      gateway.close();
    },
  };
}
