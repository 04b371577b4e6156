import { filter, ignoreElements, interval, map, merge, type Observable } from 'rxjs';
import type { EventMap } from '../../models/events.js';
import type { Post, Status } from '../../models/generated/entities.js';
import type { StreamContext } from '../context.js';
import type { StatusReader } from './status-reader.js';
import type { StatusTable } from './status-table.js';

/**
 * While subscribed, updates the table by events and own calls, and asks again: for all wanted users every `pollMs` and after a gap in the
 * events, and for a user whose change brings only a part of the status. Cold; holds the socket open; emits nothing; never errors.
 */
export function followStatuses(
  { events, rest, scheduler, pollMs }: StreamContext,
  table: StatusTable,
  { ask, askAnew }: StatusReader,
): Observable<never> {
  const rounds$ = interval(pollMs, scheduler).pipe(map(() => ask(table.wanted())));
  const gaps$ = events.gaps$.pipe(map(() => askAnew(table.wanted())));
  const changes$ = events.on('status_change').pipe(
    map(({ data: { user_id, status } }) => {
      const before = table.get(user_id);
      // Stryker disable next-line ConditionalExpression: the table takes no status without a user.
      if (before) table.store([{ ...before, status }]);
      askAnew([user_id]);
    }),
  );
  const posts$ = events.on('posted').pipe(
    map(({ userId, data }) => {
      const before = table.get(userId);
      if (before && makesOnline(data, before)) table.store([{ ...before, status: 'online' }]);
    }),
  );
  const set$ = rest.outcomes$.pipe(
    filter(({ operation, answer }) => operation === 'updateUserStatus' && !!answer),
    map(({ answer }) => {
      const status = answer as Status;
      table.store([status]);
      askAnew([status.user_id]);
    }),
  );
  return merge(rounds$, gaps$, changes$, posts$, set$).pipe(ignoreElements());
}

/**
 * Whether the server counts the author of a post as online from then on. Posts of the system and of webhooks have `set_online` too, in the
 * name of a user who may be away. A status that was set by hand stays. A user who was never active may be on a server that keeps no statuses.
 */
function makesOnline({ post, set_online }: EventMap['posted'], { manual, last_activity_at }: Status): boolean {
  const { type, props } = (post as Partial<Post> | undefined) ?? {};
  return set_online && type === '' && !props?.['from_webhook'] && !manual && last_activity_at > 0;
}
