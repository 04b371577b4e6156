import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';
import type { BackoffOptions } from '../../models/backoff.js';
import { retryWithBackoff } from '../../models/retry-with-backoff.js';
import { isTransient } from '../../models/transient.js';

/** How a transfer goes on after its connection broke. */
export interface ResumeOptions extends BackoffOptions {
  /** How many failures in a row, without a byte of progress between them, the transfer survives; `Infinity` never gives up. @default 10 */
  readonly maxRetries?: number;
  /** Source of the jitter, from 0 up to 1. @default Math.random */
  readonly random?: () => number;
  /** Clock of the waits. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** Repeats one step of a transfer after an error that `when` accepts. The step completes with the first progress, so each step counts its own failures. */
export function resume<T>(
  options: ResumeOptions,
  when: (error: unknown) => boolean = isTransient,
): MonoTypeOperatorFunction<T> {
  return retryWithBackoff({ ...options, maxRetries: options.maxRetries ?? 10, when });
}
