import { filter, map, mergeMap, timer, type Observable, type SchedulerLike } from 'rxjs';
import type { User } from '../../models/generated/entities.js';
import type { Events } from '../events/events.js';
import type { SessionChange } from './session-change.js';

/** An event about an own action mostly comes before the answer to it (protocol §9.1): the change that the answer makes is to come first. */
const eventDelayMs = 300;

/**
 * Deactivated and reactivated users, by the events about them. Of `user_updated`, as the `user_activation_status_change` that comes with it
 * does not say which user it is about (protocol §3.3). Hot, no replay.
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

/** A broken event may have anything else, or nothing. */
function isUser(user: User | undefined): boolean {
  return typeof user?.id === 'string';
}
