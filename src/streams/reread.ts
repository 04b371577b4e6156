import { catchError, EMPTY, mergeMap, type MonoTypeOperatorFunction, type Observable, type SchedulerLike } from 'rxjs';
import { isMattermostError } from '../models/errors.js';
import { after } from './after.js';

/** Lets a failure through unless the same question may be answered later: no network, no answer in time, a server that is busy or broken. */
function throwUnlessTransient(error: unknown): void {
  const status = (error as { status?: number }).status ?? 0;
  if (isMattermostError(error) && (/^(network|timeout)$/.test(error.code) || status === 429 || status > 501)) return;
  throw error as Error;
}

/** Drops a failure that may pass: what is read in rounds keeps what it has until the next one. Other errors go through. */
export function untilNextRound<T>(): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown) => {
    throwUnlessTransient(error);
    return EMPTY;
  });
}

/** Asks again every `waitMs` while the failure is one that may pass. */
export function untilAnswered<T>(waitMs: number, scheduler: SchedulerLike): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown, again: Observable<T>) => {
    throwUnlessTransient(error);
    return after(waitMs, scheduler).pipe(mergeMap(() => again));
  });
}
