import { defer, type SchedulerLike } from 'rxjs';
import { isApiError, RateLimitError, type ApiError, type MattermostError } from '../../models/errors.js';
import { retryWithBackoff } from '../../models/retry-with-backoff.js';
import { isTransient } from '../../models/transient.js';
import type { RetryOptions } from '../call-options.js';
import type { HttpHandler, HttpRequest } from '../http/types.js';
import { keyExpiresAtMs } from './dedupe-key.js';

/** 500s of a create with a key that say that nothing is stored, or not yet: protocol §9.1. */
const notStored = /^(api\.post\.deduplicate_create_post\.pending|app\.post\.save\.app_error)$/;

/**
 * Repeats what can be repeated without harm. Waits have full jitter, except those that the server asks for. A wait that would outlast the
 * call's deadline, or the time in which the server knows the key of a create, is not begun: the call fails with what happened.
 */
export function withRetry(
  defaults: RetryOptions | false,
  random: () => number,
  scheduler: SchedulerLike,
  next: HttpHandler,
): HttpHandler {
  return (request) => {
    const own = request.options.retry ?? defaults;
    if (own === false) return next(request);
    const { when, maxRetries = 4, maxRetryAfterMs = 60_000, ...backoff } = { ...(defaults || {}), ...own };
    return defer(() => next(request)).pipe(
      retryWithBackoff({
        ...backoff,
        maxRetries,
        resetOnSuccess: false,
        random,
        scheduler,
        deadlineMs: () => Math.min(request.endsAtMs, keyExpiresAtMs(request)),
        when: (error, attempt) => {
          const worthIt = when ? when(error as MattermostError, attempt) : isWorthRetry(request, error);
          if (!worthIt || !request.replayable) return false;
          const { retryAfterMs } = error as Partial<ApiError>;
          return retryAfterMs === undefined || (retryAfterMs <= maxRetryAfterMs && retryAfterMs);
        },
      }),
    );
  };
}

/** The built-in rule. A 429 was not processed, so that any method can be sent again. */
function isWorthRetry({ operation, method }: HttpRequest, error: unknown): boolean {
  if (error instanceof RateLimitError) return true;
  if (isTransient(error)) return operation.safe ?? (method !== 'POST' || operation.dedupe !== undefined);
  return isApiError(error) && error.status === 500 && operation.dedupe !== undefined && notStored.test(error.id);
}
