import { asyncScheduler, retry, timer, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';
import { backoffMs, type BackoffOptions } from './backoff.js';

/** How {@link retryWithBackoff} goes on after an error. */
export interface RetryWithBackoffOptions extends BackoffOptions {
  /** Repeats in a row after the first attempt; `Infinity` never gives up. @default 5 */
  readonly maxRetries?: number;
  /**
   * Whether an error is worth another attempt. A number says so too, and after how many milliseconds: for waits that the other side
   * has named, which take no jitter. `attempt` counts the failures in a row, from 1 on. @default every error is
   */
  readonly when?: (error: unknown, attempt: number) => boolean | number;
  /** Whether a value of the source makes the next wait a first one again. @default true */
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
 * The result is as cold or hot as its source and replays as it does. It errors with the last error once the repeats are used up or `when`
 * says no; unsubscribing ends the source or the wait.
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
