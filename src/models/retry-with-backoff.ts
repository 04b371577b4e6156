import { asyncScheduler, retry, timer, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';
import { backoffMs, type BackoffOptions } from './backoff.js';

/** How {@link retryWithBackoff} goes on after an error. */
export interface RetryWithBackoffOptions extends BackoffOptions {
  /** Attempts in a row after the first one; `Infinity` never gives up. @default 5 */
  readonly maxRetries?: number;
  /**
   * Whether to try again after an error. A number means yes, after exactly that many milliseconds, without jitter: for a constant wait, or
   * one that the server has named. `attempt` counts the failures in a row, from 1 on. @default after every error
   */
  readonly when?: (error: unknown, attempt: number) => boolean | number;
  /** Whether a value of the source resets the number of failures. @default true */
  readonly resetOnSuccess?: boolean;
  /**
   * Time of the scheduler's clock, in milliseconds, that no wait may reach: the result errors at once where it would. Asked after each
   * failure. @default no bound
   */
  readonly deadlineMs?: () => number;
  /** Source of the jitter, from 0 up to 1. @default Math.random */
  readonly random?: () => number;
  /** Clock of the waits. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Subscribes again to a source that errors, after a wait that grows exponentially and has full jitter.
 *
 * The result is as cold or hot as its source and replays as it does. It errors with the last error after `maxRetries`, or if `when` says
 * no; unsubscribing ends the source or the wait.
 *
 * @example
 * source$.pipe(retryWithBackoff({ maxRetries: 3, when: (error) => error instanceof NetworkError }))
 */
export function retryWithBackoff<T>(options: RetryWithBackoffOptions = {}): MonoTypeOperatorFunction<T> {
  const { maxRetries = 5, when, deadlineMs, resetOnSuccess = true } = options;
  const { random = Math.random, scheduler = asyncScheduler } = options;
  return retry({
    count: maxRetries,
    resetOnSuccess,
    delay(error: unknown, attempt) {
      const verdict = when?.(error, attempt) ?? true;
      const waitMs = typeof verdict === 'number' ? verdict : backoffMs(attempt, random(), options);
      const isTooLate = deadlineMs !== undefined && scheduler.now() + waitMs >= deadlineMs();
      if (verdict === false || isTooLate) throw error as Error;
      return timer(waitMs, scheduler);
    },
  });
}
