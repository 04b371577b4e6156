import { defer, distinctUntilChanged, filter, map, skip, takeUntil, type Observable } from 'rxjs';
import { checkId } from '../../models/check-id.js';
import type { Session } from '../../models/generated/entities.js';
import type { StreamContext } from '../context.js';
import { shareLatest } from '../share-latest.js';
import type { CurrentSession, SessionChange } from './session-change.js';
import { createSessionList } from './session-list.js';
import { createSessionLog } from './session-log.js';

/**
 * What happens to the session of this client, and to others that its calls act on: protocol §5.5. The server does not announce the end of a
 * session, and its socket stays open. The end of the own session is recognised by the replies to pings, within one `heartbeatMs`; by the 401 of
 * any REST call; and, where the server closes a new socket at once, by a REST call when the next socket has sent nothing for a second. It is
 * reported once, by the first of these.
 *
 * What cannot be known: why another client ended a session; sessions that others start or end; and whether a token is an access token, which
 * neither a logout nor a revocation of sessions ends (only disabling or revoking the token does).
 */
export interface Sessions {
  /**
   * Changes when they become known. Hot, shared, no replay. Holds the socket open while subscribed; completes with the client; never errors.
   *
   * @example
   * client.sessions.changes$
   *   .pipe(filter(({ type, scope }) => type === 'revoked' && scope === 'current'))
   *   .subscribe(showLogin);
   */
  readonly changes$: Observable<SessionChange>;
  /**
   * State of the own session. Shared; replays the present state, which is `unknown` until something proves it. Holds the socket open while
   * subscribed; completes with the client; never errors.
   */
  readonly current$: Observable<CurrentSession>;
  /**
   * Sessions of a user (or of `me`), without their CSRF tokens. Read at once (`GET users/{user_id}/sessions`), again after every change that
   * this client makes, and every `pollMs`, as the server does not announce changes that others make. Shared by user; replays the latest list;
   * emits when it differs from the last. Does not open the socket. Completes with the client; errors as the call does, except for errors that
   * pass by themselves, such as a lost network: then the next round reads again. The end of the own session is an error (`UnauthorizedError`,
   * `AuthenticationError`) only where the client cannot get another credential: with a password, or a function for the token, the list goes on
   * under the next session. Subscribing after an error reads again.
   */
  list(userId: string): Observable<readonly Session[]>;
}

/** See {@link Sessions}. */
export function createSessions(context: StreamContext): Sessions {
  const { closed$ } = context;
  const log = createSessionLog(context);
  const run$ = log.run$.pipe(shareLatest());
  const listOf = createSessionList(context);
  return {
    changes$: run$.pipe(
      // The start of the run, or for a late subscriber the change before.
      skip(1),
      // Stryker disable next-line ConditionalExpression: only the start of a run is undefined, and that is skipped; this narrows the type.
      filter((change) => change !== undefined),
      takeUntil(closed$),
    ),
    current$: run$.pipe(
      map(() => log.current),
      distinctUntilChanged(),
      takeUntil(closed$),
    ),
    list: (userId) =>
      defer(() => {
        if (userId !== 'me') checkId('sessions.list: userId', userId);
        return listOf(userId);
      }).pipe(takeUntil(closed$)),
  };
}
