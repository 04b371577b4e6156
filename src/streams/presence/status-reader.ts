import { concatMap, defer, EMPTY, map, Subject, startWith, timer, type Observable, type SchedulerLike } from 'rxjs';
import type { Status } from '../../models/generated/entities.js';
import type { RestPort } from '../rest-port.js';
import { untilNextRound } from '../reread.js';
import type { StatusTable } from './status-table.js';

/** Asks REST for statuses, in batches. */
export interface StatusReader {
  /** Asks for these users in the next batch, also if that starts later. */
  ask(userIds: readonly string[]): void;
  /** As `ask`, for users whose status may have changed: what a request that is under way answers about them is dropped. */
  askAnew(userIds: readonly string[]): void;
  /**
   * Reads what is asked for into the table while subscribed; emits after each answer. All who ask in one turn, or while a batch is under way,
   * share the next one. Cold: for one subscriber at a time. Never ends; errors with what the server refuses, while errors that pass by
   * themselves leave the table as it is.
   */
  readonly read$: Observable<unknown>;
}

/** Users in one request: bounds the body, and what a failure costs. */
const chunkSize = 200;

/** See {@link StatusReader}. */
export function createStatusReader(
  table: StatusTable,
  rest: Pick<RestPort, 'statuses'>,
  scheduler: SchedulerLike,
): StatusReader {
  /** Users of the next batch. */
  const due = new Set<string>();
  /** Users whose status may have changed since the batch that is under way was asked for. */
  const outdated = new Set<string>();
  const asked = new Subject<void>();

  const takeDue = (): readonly (readonly string[])[] => {
    const wanted = [...due].filter((userId) => table.isWanted(userId));
    due.clear();
    outdated.clear();
    return chunksOf(wanted);
  };

  const readChunk = (userIds: readonly string[]): Observable<unknown> =>
    rest.statuses(userIds).pipe(
      untilNextRound(),
      map((answer) => {
        const found = new Map(answer.map((status) => [status.user_id, status]));
        const fresh = userIds.filter((userId) => !outdated.has(userId));
        table.store(fresh.map((userId) => found.get(userId) ?? offline(userId)));
      }),
    );

  const turn$ = defer(() => (due.size > 0 ? timer(0, scheduler) : EMPTY));
  const readBatch$ = turn$.pipe(concatMap(takeDue), concatMap(readChunk));

  const ask = (userIds: readonly string[]): void => {
    for (const userId of userIds) due.add(userId);
    asked.next();
  };

  return {
    ask,
    askAnew(userIds) {
      for (const userId of userIds) outdated.add(userId);
      ask(userIds);
    },
    // What was asked for before anybody was subscribed is due at the start.
    read$: asked.pipe(
      startWith(undefined),
      concatMap(() => readBatch$),
    ),
  };
}

function chunksOf(userIds: readonly string[]): readonly (readonly string[])[] {
  const left = [...userIds];
  const chunks: string[][] = [];
  while (left.length > 0) chunks.push(left.splice(0, chunkSize));
  return chunks;
}

/** How the server answers for a user that it does not know: protocol §9.2. */
function offline(userId: string): Status {
  return { user_id: userId, status: 'offline', manual: false, last_activity_at: 0, dnd_end_time: 0 };
}
