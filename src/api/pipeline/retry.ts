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
import type { HttpRequest } from '../http/types.js';

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

/** Milliseconds to wait after the latest of so many failures, or `false` if there is to be no other attempt. */
export type RetryRule = (request: HttpRequest, error: unknown, failures: number) => number | false;

/** Time in which the server knows a `pending_post_id` again, from the first attempt on: 30 s (protocol §9.1), less what a request travels. */
export const dedupeWindowMs = 28_000;

/** 500s of a create with a key that say that nothing is stored, or not yet: protocol §9.1. */
const notStored = /^(api\.post\.deduplicate_create_post\.pending|app\.post\.save\.app_error)$/;

/**
 * Repeats what can be repeated without harm. Waits have full jitter, but those that the server names have none. A wait that would outlast
 * the call's deadline, or the time in which the server knows a repeated create again, is not begun: the call fails with what happened.
 */
export function retryRule(defaults: RetryOptions | false, random: () => number, scheduler: SchedulerLike): RetryRule {
  return (request, error, failures) => {
    const own = request.options.retry ?? defaults;
    if (own === false) return false;
    const options = { maxRetries: 4, maxRetryAfterMs: 60_000, ...(defaults || {}), ...own };
    if (failures > options.maxRetries) return false;
    const worth = options.when ? options.when(error as MattermostError, failures) : isWorthRetry(request, error);
    const waitMs = (error as Partial<ApiError>).retryAfterMs ?? backoffMs(failures, random(), options);
    const endsAtMs = request.operation.dedupe ? request.meter.firstAtMs + dedupeWindowMs : Infinity;
    const tooLate = scheduler.now() + waitMs >= Math.min(request.endsAtMs, endsAtMs);
    return worth && !tooLate && waitMs <= options.maxRetryAfterMs && request.replayable && waitMs;
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
