import type { SchedulerLike } from 'rxjs';
import { backoffMs, type BackoffOptions } from '../../models/backoff.js';
import {
  isApiError,
  NetworkError,
  RateLimitError,
  TimeoutError,
  type ApiError,
  type MattermostError,
} from '../../models/errors.js';
import { retryWithBackoff } from '../../models/retry-with-backoff.js';
import type { HttpRequest, Interceptor } from '../http/types.js';
import { dedupeWindowMs } from './attempt.js';

/** How a call is repeated. */
export interface RetryOptions extends BackoffOptions {
  /** Repeats after the first attempt. @default 4 */
  readonly maxRetries?: number;
  /**
   * Longest wait that the server may ask for, in milliseconds; if it asks for more, the call fails at once. @default 60_000
   */
  readonly maxRetryAfterMs?: number;
  /**
   * Whether another attempt is worth it, in place of the built-in rule: after a 429 for all that can be sent again; after a network error, a
   * time-out of an attempt, 502, 503 and 504 for calls that do no harm when they are made twice (protocol §9).
   */
  readonly when?: (error: MattermostError, attempt: number) => boolean;
}

/** 500s of a create with a key that say that nothing is stored, or not yet: protocol §9.1. */
const notStored = /^(api\.post\.deduplicate_create_post\.pending|app\.post\.save\.app_error)$/;

/**
 * Repeats what can be repeated without harm. Waits have full jitter, but those that the server names have none. A wait that would outlast
 * the call's deadline, or the time in which the server knows a repeated create again, is not begun: the call fails with what happened.
 */
export function retryInterceptor(
  defaults: RetryOptions | false,
  random: () => number,
  scheduler: SchedulerLike,
): Interceptor {
  return (request, next) => {
    const own = request.options.retry ?? defaults;
    if (own === false) return next(request);
    const options = { maxRetries: 4, maxRetryAfterMs: 60_000, ...(defaults || {}), ...own };
    const when = (error: unknown, attempt: number): number | false => {
      const worth = options.when ? options.when(error as MattermostError, attempt) : isWorthRetry(request, error);
      const waitMs = (error as Partial<ApiError>).retryAfterMs ?? backoffMs(attempt, random(), options);
      const endsAtMs = request.operation.dedupe ? request.meter.firstAtMs + dedupeWindowMs : Infinity;
      const tooLate = scheduler.now() + waitMs >= Math.min(request.endsAtMs, endsAtMs);
      return worth && !tooLate && waitMs <= options.maxRetryAfterMs && request.replayable && waitMs;
    };
    return next(request).pipe(retryWithBackoff({ maxRetries: options.maxRetries, when, random, scheduler }));
  };
}

function isWorthRetry({ operation, method }: HttpRequest, error: unknown): boolean {
  if (error instanceof RateLimitError) return true;
  const safe = operation.safe ?? (method !== 'POST' || operation.dedupe !== undefined);
  if (error instanceof NetworkError || error instanceof TimeoutError) return safe;
  if (!isApiError(error)) return false;
  if (error.status >= 502 && error.status <= 504) return safe;
  return error.status === 500 && operation.dedupe !== undefined && notStored.test(error.id);
}
