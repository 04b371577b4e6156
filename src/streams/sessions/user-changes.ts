import {
  defer,
  EMPTY,
  filter,
  finalize,
  map,
  mergeMap,
  takeUntil,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import type { User } from '../../models/generated/entities.js';
import type { Events } from '../events/events.js';
import type { SessionChange } from './session-change.js';

/** The event about an own action mostly arrives before the answer (protocol §9.1), whose change should come first, as it says more. */
const eventDelayMs = 300;

/**
 * Deactivations and reactivations of users, by `user_updated`: the `user_activation_status_change` that comes with it does not name the user
 * (protocol §3.3). Hot, no replay.
 *
 * @param own$ what calls of this client do to sessions. A change among them is not reported again by its event.
 */
export function userChanges(
  events: Pick<Events, 'on'>,
  own$: Observable<SessionChange | undefined>,
  isDeactivated: (userId: string) => boolean,
  scheduler: SchedulerLike,
): Observable<SessionChange> {
  return defer(() => {
    /** The latest change of each user that is not reported yet. */
    const waiting = new Map<string, SessionChange>();
    const stateOf = (userId: string): SessionChange['type'] =>
      waiting.get(userId)?.type ?? (isDeactivated(userId) ? 'deactivated' : 'reactivated');
    return events.on('user_updated').pipe(
      map(({ data }) => data.user),
      filter(isUser),
      mergeMap((user) => {
        const change = changeOf(user);
        if (change.type === stateOf(user.id)) return EMPTY;
        waiting.set(user.id, change);
        return timer(eventDelayMs, scheduler).pipe(
          map(() => change),
          takeUntil(own$.pipe(filter((own) => own?.type === change.type && own.userId === user.id))),
          finalize(() => {
            if (waiting.get(user.id) === change) waiting.delete(user.id);
          }),
        );
      }),
    );
  });
}

function changeOf(user: User): SessionChange {
  return {
    type: user.delete_at > 0 ? 'deactivated' : 'reactivated',
    scope: 'user',
    userId: user.id,
    origin: 'remote',
    evidence: { kind: 'event', event: 'user_updated' },
  };
}

/** False for a broken event. */
function isUser(user: User | undefined): user is User {
  return typeof user?.id === 'string';
}
