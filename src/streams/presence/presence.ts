import { concatMap, defer, EMPTY, filter, map, mergeMap, Observable, Subject, takeUntil } from 'rxjs';
import { ValidationError } from '../../models/errors.js';
import type { EventMap } from '../../models/events.js';
import type { Post, Status } from '../../models/generated/entities.js';
import { after } from '../after.js';
import { checkId } from '../../models/check-id.js';
import type { StreamContext } from '../context.js';
import { merge } from '../merge.js';
import { untilAnswered, untilNextRound } from '../reread.js';
import { share } from '../share.js';

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

/** Users asked for in one request: bounds the body, and what a failure costs. */
const chunkSize = 200;

/** See {@link Presence}. */
export function createPresence({ events, rest, ownId$, closed$, scheduler, pollMs }: StreamContext): Presence {
  /** How many subscribers want each user. */
  const wanted = new Map<string, number>();
  const known = new Map<string, Status>();
  /** Users to ask for in the next batch. */
  const due = new Set<string>();
  const asked = new Subject<Iterable<string>>();
  const changed = new Subject<ReadonlySet<string>>();

  const store = (statuses: readonly Status[]): void => {
    const news = new Set<string>();
    for (const status of statuses) {
      const { user_id: id } = status;
      if (!wanted.has(id) || JSON.stringify(known.get(id)) === JSON.stringify(status)) continue;
      known.set(id, status);
      news.add(id);
    }
    if (news.size > 0) changed.next(news);
  };

  const read = (ids: readonly string[]): Observable<unknown> =>
    rest.statuses(ids).pipe(
      untilNextRound(),
      map((found) => {
        const byId = new Map(found.map((status) => [status.user_id, status]));
        // Where an event has come since, this answer may be older; it is asked for again.
        store(ids.filter((id) => !due.has(id)).map((id) => byId.get(id) ?? offline(id)));
      }),
    );

  const takeDue = (): readonly string[][] => {
    const ids = [...due].filter((id) => wanted.has(id));
    due.clear();
    const chunks: string[][] = [];
    while (ids.length > 0) chunks.push(ids.splice(0, chunkSize));
    return chunks;
  };

  const engine$ = merge(
    asked,
    merge(after(pollMs, scheduler, true), events.gaps$).pipe(map(() => wanted.keys())),
    events.on('status_change').pipe(
      map(({ data: { user_id, status } }) => {
        const before = known.get(user_id);
        if (before) store([{ ...before, status }]);
        return [user_id];
      }),
    ),
    events.on('posted').pipe(
      map(({ userId, data }) => {
        const before = known.get(userId);
        if (before && makesOnline(data, before)) store([{ ...before, status: 'online' }]);
        return [];
      }),
    ),
    rest.outcomes$.pipe(
      filter(({ operation, answer }) => operation === 'updateUserStatus' && !!answer),
      map(({ answer }) => {
        store([answer as Status]);
        return [(answer as Status).user_id];
      }),
    ),
  ).pipe(
    map((ids) => {
      for (const id of ids) due.add(id);
    }),
    // All who ask in one turn, or while a batch is under way, share the next one.
    concatMap(() => (due.size > 0 ? after(0, scheduler).pipe(concatMap(takeDue), concatMap(read)) : EMPTY)),
    mergeMap(() => EMPTY),
    share(),
  );

  /** Asks for what is not known of these users, and keeps what is known until unsubscribed. */
  const want = (ids: readonly string[]): Observable<never> =>
    new Observable(() => {
      for (const id of ids) wanted.set(id, (wanted.get(id) ?? 0) + 1);
      asked.next(ids.filter((id) => !known.has(id)));
      return () => {
        for (const id of ids) {
          const left = wanted.get(id)! - 1;
          if (left > 0) wanted.set(id, left);
          else {
            wanted.delete(id);
            known.delete(id);
          }
        }
      };
    });

  const statusesOf = (ids: readonly string[]): Observable<ReadonlyMap<string, Status>> =>
    merge(
      engine$,
      merge([0], changed.pipe(filter((news) => ids.some((id) => news.has(id))))).pipe(
        filter(() => ids.every((id) => known.has(id))),
        map(() => new Map(ids.map((id) => [id, known.get(id)!]))),
      ),
      // Comes last, as the others hear what it asks for.
      want(ids),
    );

  return {
    of: (userIds) =>
      defer(() => {
        if (!Array.isArray(userIds)) throw new ValidationError('presence.of: userIds', 'must be an array');
        for (const id of userIds) checkId('presence.of: userIds', id);
        return statusesOf([...new Set(userIds)]);
      }).pipe(takeUntil(closed$)),
    mine$: ownId$.pipe(
      untilAnswered(pollMs, scheduler),
      mergeMap((id) => statusesOf([id]).pipe(map((statuses) => statuses.get(id)!))),
      takeUntil(closed$),
    ),
    set: (status, { dndEndTime } = {}) =>
      defer(() => {
        if (dndEndTime !== undefined && !(dndEndTime >= 0 && dndEndTime < 1e11)) {
          throw new ValidationError('presence.set: dndEndTime', 'must be a time in seconds since 1970');
        }
        return ownId$.pipe(mergeMap((id) => rest.setStatus(id, status, dndEndTime)));
      }),
  };
}

/**
 * Whether a post has made its author online. Those of the system and of webhooks say so as well, in his name, without doing it. A status that
 * he has set stays; of whoever was never active there may be none, as on a server that keeps none at all.
 */
function makesOnline({ post, set_online }: EventMap['posted'], { manual, last_activity_at }: Status): boolean {
  const { type, props } = post as Partial<Post>;
  return set_online && type === '' && !props?.['from_webhook'] && !manual && last_activity_at > 0;
}

/** How the server answers for a user that it does not know: protocol §9.2. */
function offline(id: string): Status {
  return { user_id: id, status: 'offline', manual: false, last_activity_at: 0, dnd_end_time: 0 };
}
