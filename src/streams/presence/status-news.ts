import { filter, ignoreElements, interval, map, merge, tap, type Observable } from 'rxjs';
import type { EventMap } from '../../models/events.js';
import type { Post, Status } from '../../models/generated/entities.js';
import type { StreamContext } from '../context.js';
import type { StatusReader } from './status-reader.js';
import type { StatusTable } from './status-table.js';

/**
 * While subscribed, puts into the table what events and calls tell of statuses, and asks for the wanted ones again every `pollMs`, after a
 * gap in the events, and after what tells a status only in part. Cold; holds the socket open; emits nothing; never errors.
 */
export function followStatuses(
  { events, rest, scheduler, pollMs }: StreamContext,
  table: StatusTable,
  { ask }: StatusReader,
): Observable<never> {
  const rounds$ = merge(interval(pollMs, scheduler), events.gaps$).pipe(tap(() => ask(table.wanted())));
  const changes$ = events.on('status_change').pipe(
    tap(({ data: { user_id, status } }) => {
      const before = table.get(user_id);
      if (before) table.store([{ ...before, status }]);
      ask([user_id]);
    }),
  );
  const posts$ = events.on('posted').pipe(
    tap(({ userId, data }) => {
      const before = table.get(userId);
      if (before && makesOnline(data, before)) table.store([{ ...before, status: 'online' }]);
    }),
  );
  const set$ = rest.outcomes$.pipe(
    filter(({ operation, answer }) => operation === 'updateUserStatus' && !!answer),
    map(({ answer }) => answer as Status),
    tap((status) => {
      table.store([status]);
      ask([status.user_id]);
    }),
  );
  return merge(rounds$, changes$, posts$, set$).pipe(ignoreElements());
}

/**
 * Whether a post has made its author online. Posts of the system and of webhooks say so too, in the name of a user, without doing it. A status
 * that a user has set stays. A user without any activity has no status of their own, as on a server that keeps none.
 */
function makesOnline({ post, set_online }: EventMap['posted'], { manual, last_activity_at }: Status): boolean {
  const { type, props } = (post as Partial<Post> | undefined) ?? {};
  return set_online && type === '' && !props?.['from_webhook'] && !manual && last_activity_at > 0;
}
