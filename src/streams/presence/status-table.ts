import { filter, map, startWith, Subject, Subscription, type Observable } from 'rxjs';
import type { Status } from '../../models/generated/entities.js';

/** Which users' statuses are wanted, and what is known of them. What nobody wants is not kept. */
export interface StatusTable {
  /** Wants these users until the result is unsubscribed. */
  want(userIds: readonly string[]): Subscription;
  /** Users that somebody wants. */
  wanted(): readonly string[];
  isWanted(userId: string): boolean;
  get(userId: string): Status | undefined;
  /** Takes statuses of wanted users, and drops the others. */
  store(statuses: readonly Status[]): void;
  /**
   * Statuses of these users by id: what is known now if all are, and a new map after each `store` that changes one of them. Hot, replays the
   * present, never ends.
   */
  view$(userIds: readonly string[]): Observable<ReadonlyMap<string, Status>>;
}

/** See {@link StatusTable}. */
export function createStatusTable(): StatusTable {
  /** How many subscribers want each user. */
  const wanted = new Map<string, number>();
  const known = new Map<string, Status>();
  const changed = new Subject<ReadonlySet<string>>();

  const release = (userId: string): void => {
    const left = (wanted.get(userId) ?? 0) - 1;
    if (left > 0) {
      wanted.set(userId, left);
      return;
    }
    wanted.delete(userId);
    known.delete(userId);
  };
  const mapOf = (userIds: readonly string[]): ReadonlyMap<string, Status> =>
    new Map(
      userIds.flatMap((userId) => {
        const status = known.get(userId);
        return status ? [[userId, status]] : [];
      }),
    );

  return {
    want(userIds) {
      for (const userId of userIds) wanted.set(userId, (wanted.get(userId) ?? 0) + 1);
      return new Subscription(() => userIds.forEach(release));
    },
    wanted: () => [...wanted.keys()],
    isWanted: (userId) => wanted.has(userId),
    get: (userId) => known.get(userId),
    store(statuses) {
      const news = new Set<string>();
      for (const status of statuses) {
        const { user_id: userId } = status;
        if (!wanted.has(userId) || JSON.stringify(known.get(userId)) === JSON.stringify(status)) continue;
        known.set(userId, status);
        news.add(userId);
      }
      changed.next(news);
    },
    view$: (userIds) =>
      changed.pipe(
        filter((news) => userIds.some((userId) => news.has(userId))),
        startWith(undefined),
        map(() => mapOf(userIds)),
        filter((statuses) => statuses.size === userIds.length),
      ),
  };
}
