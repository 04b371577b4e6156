import { defer, ignoreElements, merge, mergeMap, share, takeUntil, using, type Observable } from 'rxjs';
import { checkId } from '../../models/check-id.js';
import { ValidationError } from '../../models/errors.js';
import type { Status } from '../../models/generated/entities.js';
import type { StreamContext } from '../context.js';
import { untilAnswered } from '../reread.js';
import { followStatuses } from './status-news.js';
import { createStatusReader } from './status-reader.js';
import { createStatusTable } from './status-table.js';

/** What a user can be set to, as Mattermost's own clients call it. Others, such as `ooo`, the server sets by itself. */
export type UserStatuses = 'online' | 'away' | 'dnd' | 'offline';

/** What goes with a status that is set. */
export interface SetStatusOptions {
  /** When `dnd` ends, in seconds (not milliseconds) since 1970, as on the wire; the server cuts it to minutes. @default never */
  readonly dndEndTime?: number | undefined;
}

/**
 * Who is online. The server tells users of their own status alone (protocol §3.3); those of others are asked for: once for all subscribers,
 * every `pollMs` while there are any, and after a gap in the events. Who posts meanwhile is online from then on, as the server has it too.
 */
export interface Presence {
  /**
   * Statuses of these users by id, `offline` for those that do not exist. Emits once all are known, and a new map when one of them has
   * changed; late subscribers get what is known at once. One batch serves all subscribers (`POST users/status/ids`). Holds the socket open
   * while subscribed, which also makes the own user show as online. Completes with the client; errors with `ValidationError` for a malformed
   * id, and with what the server refuses, such as a credential for which the client has no other; failures that may pass are waited out.
   *
   * @example
   * client.presence.of([aliceId, bobId]).subscribe((statuses) => console.log(statuses.get(aliceId)?.status));
   */
  of(userIds: readonly string[]): Observable<ReadonlyMap<string, Status>>;
  /** The own status, as {@link Presence.of} has it; changes made elsewhere come at once. */
  readonly mine$: Observable<Status>;
  /**
   * Sets the own status by hand (`PUT users/{user_id}/status`). Cold: each subscription is one call; emits the status as the server has it now,
   * and completes; errors as the call does. Unsubscribing aborts it.
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
    using(
      () => {
        const want = table.want(userIds);
        reader.ask(userIds.filter((userId) => !table.get(userId)));
        return want;
      },
      () => merge(updates$, table.view$(userIds)),
    );

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
