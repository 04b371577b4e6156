import { filter, map, mergeMap, timer, type Observable, type SchedulerLike } from 'rxjs';
import type { User } from '../../models/generated/entities.js';
import type { Events } from '../events/events.js';
import type { SessionChange } from './session-change.js';

/** The event about an own action mostly arrives before the answer (protocol §9.1), whose change should come first, as it says more. */
const eventDelayMs = 300;

/**
 * Deactivations and reactivations of users, by `user_updated`: the `user_activation_status_change` that comes with it does not name the user
 * (protocol §3.3). Hot, no replay.
 */
export function userChanges(
  events: Pick<Events, 'on'>,
  isDeactivated: (userId: string) => boolean,
  scheduler: SchedulerLike,
): Observable<SessionChange> {
  return events.on('user_updated').pipe(
    map(({ data }) => data.user),
    filter((user) => isUser(user) && user.delete_at > 0 !== isDeactivated(user.id)),
    mergeMap((user) => timer(eventDelayMs, scheduler).pipe(map(() => changeOf(user)))),
  );
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
function isUser(user: User | undefined): boolean {
  return typeof user?.id === 'string';
}
