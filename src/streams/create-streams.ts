import { asyncScheduler, defer, filter, map, type Observable } from 'rxjs';
import type { ActionArguments, ActionName, ActionReply } from '../models/actions.js';
import type { Validator } from '../models/validator.js';
import { createConnection, type Connection } from './connection/connection.js';
import { createEvents, type Events } from './events/events.js';
import { createGateway } from './connection/gateway.js';
import type { CredentialSource } from '../models/credential.js';
import { durationOf, type SocketOptions } from './connection/options.js';
import { presenceScope, type PresenceScope } from './connection/presence-scope.js';
import type { RestPort } from './rest-port.js';
import { createPresence, type Presence } from './presence/presence.js';
import { createRouter } from './events/router.js';
import { createSessions, type Sessions } from './sessions/sessions.js';
import { createTyping, type Typing } from './typing/typing.js';

/** What the streams are made from. */
export interface StreamsOptions extends SocketOptions {
  /** Address of the site; a sub-path is kept. */
  readonly url: string;
  /** Where credentials come from: `createRest(…).auth` is one. */
  readonly credentials: CredentialSource;
  /** What the streams need of REST: `createRestPort(rest)` makes it. */
  readonly rest: RestPort;
  /** How often to read again what the server sends no event about (presence, lists of sessions), in milliseconds. @default 60_000 */
  readonly pollMs?: number | undefined;
  /** Checks events: `validator()` of `matterstream/validate`. @default nothing is checked */
  readonly validate?: Validator | undefined;
}

/** All streams of one login, over one shared socket. */
export interface Streams {
  readonly connection: Connection;
  readonly events: Events;
  readonly typing: Typing;
  readonly sessions: Sessions;
  readonly presence: Presence;
  /**
   * Sends an action (protocol §3.2) once the socket is ready. Cold: each subscription is one action. Emits the `data` of the reply and
   * completes; for `custom_…`, which no server answers, completes once it is sent. Errors with `ActionError` on FAIL, `TimeoutError`, `ClosedError`
   * when the socket ends before the reply, `ValidationError`, or with the error that the credential was rejected with. Unsubscribing before
   * it is sent cancels it; afterwards the reply is ignored.
   */
  request<A extends ActionName | (string & {})>(action: A, ...data: ActionArguments<A>): Observable<ActionReply<A>>;
  /**
   * Tells the server what is on the screen: see {@link PresenceScope}. Cold; emits nothing. Holds the socket open while subscribed, and
   * tells it on each new one; unsubscribing withdraws it. Completes with the client; errors with `ClosedError` after that.
   */
  presenceScope(scope: PresenceScope): Observable<never>;
  /** Ends the socket and completes every stream. */
  close(): void;
}

/**
 * Makes the streams of one login. Does nothing until something is subscribed.
 *
 * @throws ValidationError for a bad option, which it names.
 * @example
 * const rest = createRest({ url, auth: { token } });
 * const streams = createStreams({ url, credentials: rest.auth!, rest: createRestPort(rest) });
 */
export function createStreams(options: StreamsOptions): Streams {
  const { rest, scheduler = asyncScheduler } = options;
  const pollMs = durationOf(options, 'pollMs', 60_000);
  const router = createRouter(options.validate);
  const gateway = createGateway({
    ...options,
    probe: () => rest.me(),
    doubts$: rest.outcomes$.pipe(filter(({ status }) => status === 401)),
    deliver: router.dispatch,
  });
  const events = createEvents(gateway, router);
  const connection = createConnection(gateway);
  // Stryker disable next-line ObjectLiteral: a missing id counts as not known, as an empty one does.
  const self = { id: '' };
  gateway.signals$.subscribe((signal) => {
    // Stryker disable next-line ConditionalExpression: other signals have no userId; this narrows the type.
    if (signal.type === 'ready') self.id = signal.userId || self.id;
  });
  const ownId$ = defer(() => (self.id ? [self.id] : rest.me().pipe(map(({ id }) => (self.id = id)))));
  const context = {
    events,
    connection,
    rest,
    request: gateway.request,
    signals$: gateway.signals$,
    self,
    ownId$,
    closed$: gateway.state$.pipe(filter(({ status }) => status === 'closed')),
    scheduler,
    pollMs,
  };
  return {
    connection,
    events,
    typing: createTyping(context),
    sessions: createSessions(context),
    presence: createPresence(context),
    request: gateway.request as Streams['request'],
    presenceScope: (scope) => presenceScope(gateway, scope),
    close: gateway.close,
  };
}
