import { defer, distinctUntilChanged, filter, map, skip, takeUntil, type Observable } from 'rxjs';
import { checkId } from '../../models/check-id.js';
import type { Session } from '../../models/generated/entities.js';
import type { StreamContext } from '../context.js';
import { shareLatest } from '../share-latest.js';
import type { CurrentSession, SessionChange } from './session-change.js';
import { createSessionList } from './session-list.js';
import { createSessionLog } from './session-log.js';

/**
 * What happens to the login of this client, and to others that it acts on: protocol §5.5. The server announces no end of a session: the socket
 * stays open, silent or even talking. So the end of the own one is recognised by the content of the replies to pings, within one
 * `heartbeatMs`; by the 401 of any REST call; and, where the server cuts a young socket for it, by asking REST when the next socket has said
 * nothing for a second. It is told once, whoever notices it first.
 *
 * What cannot be known: why a session was ended from elsewhere, sessions that end or begin elsewhere, and whether a token is an access token, of
 * which neither a logout nor a revocation of sessions is the end (only disabling or revoking the token is).
 */
export interface Sessions {
  /**
   * Changes as they are learned. Hot, shared, no replay. Holds the socket open while subscribed; completes with the client; never errors.
   *
   * @example
   * client.sessions.changes$
   *   .pipe(filter(({ type, scope }) => type === 'revoked' && scope === 'current'))
   *   .subscribe(showLogin);
   */
  readonly changes$: Observable<SessionChange>;
  /**
   * State of the own session. Shared; replays the present state, `unknown` until something proves it. Holds the socket open while
   * subscribed; completes with the client; never errors.
   */
  readonly current$: Observable<CurrentSession>;
  /**
   * Sessions of a user (or of `me`), newest state first read at once (`GET users/{user_id}/sessions`), again after every change that this
   * client makes, and every `pollMs`, as changes from elsewhere are not announced. Shared by user; replays the latest list; emits when it
   * differs from the last. Does not open the socket. Completes with the client; errors as the call does, except for failures that may pass.
   * The end of the own session is an error (`UnauthorizedError`, `AuthenticationError`) only where the client has no other credential to go
   * on with: with a password, or a function for the token, the list goes on under the next session. Subscribing after an error asks again.
   * The CSRF tokens of the sessions are left out.
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
