import { catchError, EMPTY, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';
import { retryWithBackoff } from '../models/retry-with-backoff.js';
import { isTransient } from '../models/transient.js';

/** For what is read in rounds: completes on an error that passes by itself, as the next round asks again. Other errors go through. */
export function untilNextRound<T>(): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown) => {
    if (!isTransient(error)) throw error as Error;
    return EMPTY;
  });
}

/** Asks again `waitMs` after each error that passes by itself. Other errors go through. */
export function untilAnswered<T>(waitMs: number, scheduler: SchedulerLike): MonoTypeOperatorFunction<T> {
  return retryWithBackoff({ maxRetries: Infinity, when: (error) => isTransient(error) && waitMs, scheduler });
}
