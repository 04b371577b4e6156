import { defer, filter, map, mergeMap, switchMap, take, takeUntil, type Observable } from 'rxjs';
import { isDeadSession } from '../../models/dead-session.js';
import type { Session, User } from '../../models/generated/entities.js';
import { after } from '../after.js';
import { checkId } from '../../models/check-id.js';
import type { ConnectionSignal } from '../connection/connection.js';
import type { StreamContext } from '../context.js';
import type { RestOutcome } from '../../models/rest-outcome.js';
import { merge } from '../merge.js';
import { untilNextRound } from '../reread.js';
import type { CurrentSession, SessionChange, SessionEvidence } from './session-change.js';
import { sessionEffectOf } from './session-effects.js';
import { shareLatestBy } from '../share-latest.js';
import { share } from '../share.js';

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

/** The event about an own action mostly comes before the answer to it (protocol §9.1): the answer is waited for, and told as local. */
const eventDelayMs = 300;
/** Deactivated users that are remembered, so that each is told once. */
const maxRemembered = 1_000;

/** What can happen to the own session without a call that says so. */
type OwnType = 'established' | 'renewed' | 'revoked' | 'expired' | 'mfaRequired';

/** See {@link Sessions}. */
export function createSessions({
  events,
  connection,
  signals$,
  rest,
  self,
  closed$,
  scheduler,
  pollMs,
}: StreamContext): Sessions {
  let current: CurrentSession = { status: 'unknown' };
  /** When the last of the own sessions runs out, as far as a list has told. */
  let lastExpiryMs = Infinity;
  const deactivated = new Set<string>();

  const own = (): { readonly userId?: string } => (self.id ? { userId: self.id } : {});
  const active = (): CurrentSession => ({ status: 'active', ...own() });
  const ownChange = (type: OwnType, origin: SessionChange['origin'], evidence: SessionEvidence): SessionChange => ({
    type,
    scope: 'current',
    ...own(),
    origin,
    evidence,
  });
  const ended = (evidence: SessionEvidence): SessionChange =>
    ownChange(scheduler.now() >= lastExpiryMs ? 'expired' : 'revoked', 'remote', evidence);

  /** Takes note of a change; false if it was known. */
  const isNews = (change: SessionChange): boolean => {
    const { type, userId = '' } = change;
    if (type === 'reactivated') return deactivated.delete(userId) || change.origin === 'local';
    if (type === 'deactivated') {
      if (deactivated.has(userId)) return false;
      if (deactivated.size >= maxRemembered) deactivated.clear();
      deactivated.add(userId);
    }
    if (!concernsCurrent(change)) return true;
    if (type === 'established' || type === 'renewed') {
      if (type === 'established' && current.status === 'active') return false;
      lastExpiryMs = Infinity;
      current = active();
      return true;
    }
    const status = type === 'mfaRequired' ? 'blocked' : 'ended';
    if (current.status === status) return false;
    current = { status, change };
    return true;
  };

  const fromOutcome = (outcome: RestOutcome): SessionChange | undefined => {
    const { operation, path, status, errorId, answer } = outcome;
    const evidence = { kind: 'call', operation, status, errorId } as const;
    // Without a status the call was given up for want of a credential, and the id is that of the refused login.
    if ((status === 401 && isDeadSession(errorId)) || (status === 0 && errorId)) return ended(evidence);
    if (status === 403 && errorId === 'api.context.mfa_required.app_error') {
      return ownChange('mfaRequired', 'remote', evidence);
    }
    const isOwn = path[0] === 'me' || path[0] === self.id;
    if (operation === 'getSessions' && isOwn && Array.isArray(answer)) {
      const expiries = (answer as readonly Session[]).map(({ expires_at }) => expires_at || Infinity);
      lastExpiryMs = expiries.length > 0 ? Math.max(...expiries) : Infinity;
    }
    if (operation === 'getUser' && path[0] === 'me' && answer) {
      self.id = (answer as User).id;
      return ownChange('established', 'local', evidence);
    }
    return sessionEffectOf(outcome, self.id);
  };

  const fromSignal = (signal: ConnectionSignal): SessionChange | undefined => {
    switch (signal.type) {
      case 'refused':
        // So are all actions answered while MFA is wanted: protocol §5.5.
        if (current.status === 'blocked') return undefined;
        return ended({ kind: 'reply', status: signal.status, errorId: signal.errorId });
      case 'rejected':
        return ended({ kind: 'rejection', error: signal.error });
      case 'renewed':
        return ownChange('renewed', 'local', { kind: 'connection' });
      case 'ready':
        return ownChange('established', 'local', { kind: 'connection', connectionId: signal.connectionId });
    }
  };

  const fromUser = (user: User): SessionChange => ({
    type: user.delete_at > 0 ? 'deactivated' : 'reactivated',
    scope: 'user',
    userId: user.id,
    origin: 'remote',
    evidence: { kind: 'event', event: 'user_updated' },
  });

  const changes$ = merge(
    // What happened while nobody listened is not known; a socket that is ready has its session proved.
    connection.state$.pipe(
      take(1),
      map(({ status }) => {
        current = status === 'ready' ? active() : { status: 'unknown' };
        deactivated.clear();
        return undefined;
      }),
    ),
    rest.outcomes$.pipe(map(fromOutcome)),
    signals$.pipe(map(fromSignal)),
    // `user_activation_status_change` comes with it, and does not say whose: protocol §3.3.
    events.on('user_updated').pipe(
      filter(({ data: { user } }) => isUser(user) && user.delete_at > 0 !== deactivated.has(user.id)),
      mergeMap(({ data }) => after(eventDelayMs, scheduler).pipe(map(() => fromUser(data.user)))),
    ),
  ).pipe(
    filter((change): change is SessionChange => change !== undefined && isNews(change)),
    share(),
    takeUntil(closed$),
  );

  const listOf = shareLatestBy((userId) => {
    let shown = '';
    const answer$ = defer(() => rest.sessions(userId)).pipe(untilNextRound(), share());
    return merge(
      [0],
      rest.outcomes$.pipe(
        filter((outcome) => {
          const effect = sessionEffectOf(outcome, self.id);
          return !!effect && (!effect.userId || effect.userId === userId || userId === 'me');
        }),
      ),
    ).pipe(
      // What was asked before a change tells nothing of it; but a slow answer serves all the rounds that have waited for it.
      switchMap(() => merge([0], after(pollMs, scheduler, true)).pipe(mergeMap(() => answer$))),
      map((list) => list.map(withoutSecrets)),
      filter((list) => {
        const before = shown;
        shown = JSON.stringify(list);
        return shown !== before;
      }),
    );
  });

  return {
    changes$,
    // The value for the start comes second, as it is set by the start of the changes.
    current$: merge(changes$.pipe(filter(concernsCurrent)), [0]).pipe(
      map(() => current),
      takeUntil(closed$),
    ),
    list: (userId) =>
      defer(() => {
        if (userId !== 'me') checkId('sessions.list: userId', userId);
        return listOf(userId);
      }).pipe(takeUntil(closed$)),
  };
}

/** Whether a change makes another {@link CurrentSession}. */
function concernsCurrent({ scope, type }: SessionChange): boolean {
  return scope === 'current' && type !== 'deviceAttached';
}

function withoutSecrets({ props, ...session }: Session): Session {
  const { csrf: _, ...shown } = props;
  return { ...session, props: shown };
}

function isUser(user: User | undefined): user is User {
  return typeof user?.id === 'string';
}
