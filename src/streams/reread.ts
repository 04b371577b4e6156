import { catchError, EMPTY, retry, throwError, timer, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';
import { isMattermostError } from '../models/errors.js';

/** Whether the same question may be answered later: no network, no answer in time, a server that is busy or broken. */
function isTransient(error: unknown): boolean {
  if (!isMattermostError(error)) return false;
  const status = (error as { status?: number }).status ?? 0;
  return /^(network|timeout)$/.test(error.code) || status === 429 || status > 501;
}

/** Drops a failure that may pass: what is read in rounds keeps what it has until the next one. Other errors go through. */
export function untilNextRound<T>(): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown) => (isTransient(error) ? EMPTY : throwError(() => error)));
}

/** Asks again every `waitMs` while the failure is one that may pass. */
export function untilAnswered<T>(waitMs: number, scheduler: SchedulerLike): MonoTypeOperatorFunction<T> {
  return retry({
    delay: (error: unknown) => (isTransient(error) ? timer(waitMs, scheduler) : throwError(() => error)),
  });
}
