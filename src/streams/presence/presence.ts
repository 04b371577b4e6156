import { defer, ignoreElements, merge, mergeMap, Observable, share, takeUntil } from 'rxjs';
import { checkId } from '../../models/check-id.js';
import { ValidationError } from '../../models/errors.js';
import type { Status } from '../../models/generated/entities.js';
import type { StreamContext } from '../context.js';
import { untilAnswered } from '../reread.js';
import { followStatuses } from './status-news.js';
import { createStatusReader } from './status-reader.js';
import { createStatusTable } from './status-table.js';

/** Statuses that can be set, named as in Mattermost's own clients. Only the server sets others, such as `ooo`. */
export type UserStatuses = 'online' | 'away' | 'dnd' | 'offline';

/** Options of a status that is set. */
export interface SetStatusOptions {
  /** When `dnd` ends, in seconds (not milliseconds) since 1970, as on the wire; the server cuts it to minutes. @default never */
  readonly dndEndTime?: number | undefined;
}

/**
 * Who is online. The server sends users only their own status (protocol §3.3). The statuses of others are read: at the first subscription, every
 * `pollMs` while there is one, and after a gap in the events, for all subscribers together. A user who posts counts as online from then on, as
 * the server counts them too.
 */
export interface Presence {
  /**
   * Statuses of these users by id, `offline` for those that do not exist. Emits when all are known, at once if they are already, and a new map
   * when one of them has changed. One batch serves all subscribers (`POST users/status/ids`). Holds the socket open while subscribed, which
   * also makes the own user show as online. Completes with the client; errors with `ValidationError` for a malformed id, and with the error of
   * a read unless that passes by itself, such as a lost network: then the next round reads again.
   *
   * @example
   * client.presence.of([aliceId, bobId]).subscribe((statuses) => console.log(statuses.get(aliceId)?.status));
   */
  of(userIds: readonly string[]): Observable<ReadonlyMap<string, Status>>;
  /** The own status, under the same rules as {@link Presence.of}; changes made elsewhere arrive at once. */
  readonly mine$: Observable<Status>;
  /**
   * Sets the own status by hand (`PUT users/{user_id}/status`). Cold: each subscription is one call, which emits the status that the server has
   * now, and completes; errors with `ValidationError` for a bad `dndEndTime`, and as the call does. Unsubscribing aborts it.
   */
  set(status: UserStatuses, options?: SetStatusOptions): Observable<Status>;
}

/** See {@link Presence}. */
export function createPresence(context: StreamContext): Presence {
  const { rest, ownId$, closed$, scheduler, pollMs } = context;
  const table = createStatusTable();
  const reader = createStatusReader(table, rest, scheduler);
  const updates$ = merge(followStatuses(context, table, reader), reader.read$).pipe(ignoreElements(), share());

  const statusesOf = (userIds: readonly string[]): Observable<ReadonlyMap<string, Status>> =>
    new Observable((subscriber) => {
      subscriber.add(table.want(userIds));
      reader.ask(userIds.filter((userId) => !table.get(userId)));
      return merge(updates$, table.view$(userIds)).subscribe(subscriber);
    });

  return {
    of: (userIds) =>
      defer(() => {
        if (!Array.isArray(userIds)) throw new ValidationError('presence.of: userIds', 'must be an array');
        for (const userId of userIds) checkId('presence.of: userIds', userId);
        return statusesOf([...new Set(userIds)]);
      }).pipe(takeUntil(closed$)),
    mine$: ownId$.pipe(
      untilAnswered(pollMs, scheduler),
      mergeMap((userId) => statusesOf([userId])),
      mergeMap((statuses) => statuses.values()),
      takeUntil(closed$),
    ),
    set: (status, { dndEndTime } = {}) =>
      defer(() => {
        if (dndEndTime !== undefined && !(dndEndTime >= 0 && dndEndTime < 1e11)) {
          throw new ValidationError('presence.set: dndEndTime', 'must be a time in seconds since 1970');
        }
        return ownId$.pipe(mergeMap((userId) => rest.setStatus(userId, status, dndEndTime)));
      }),
  };
}
