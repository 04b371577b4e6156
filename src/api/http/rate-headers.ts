import type { HeaderReader } from './types.js';

/** What an answer says about the server's rate limit: protocol §6.3. */
export interface RateFacts {
  /** Requests that are still allowed; `undefined` if the server has no limit. */
  readonly remaining: number | undefined;
  /** Milliseconds until another request is allowed, from `Retry-After`, or else until all are; `undefined` if the answer does not say. */
  readonly retryAfterMs: number | undefined;
  /** Milliseconds after which a full bucket has room for one more request. */
  readonly spacingMs: number | undefined;
}

/**
 * Reads the rate headers. Pure. A header may come twice and be joined: then the smallest remaining and the largest reset count. `Reset` is a
 * number of seconds from now, not a date. `Retry-After` of a proxy may be a date; it is compared with the `Date` header.
 */
export function readRate(headers: HeaderReader): RateFacts {
  const remaining = Math.min(...numbers(headers.get('x-ratelimit-remaining')));
  const limit = Math.min(...numbers(headers.get('x-ratelimit-limit')));
  const resetMs = 1000 * Math.max(...numbers(headers.get('x-ratelimit-reset')));
  const after = headers.get('retry-after');
  let retryAfterMs = 1000 * Math.max(...numbers(after));
  if (after && retryAfterMs < 0) retryAfterMs = Math.max(0, Date.parse(after) - Date.parse(headers.get('date') ?? ''));
  return {
    remaining: remaining < Infinity ? remaining : undefined,
    retryAfterMs: [retryAfterMs, resetMs].find((ms) => ms >= 0),
    spacingMs: limit < Infinity && resetMs >= 0 ? resetMs / Math.max(1, limit) : undefined,
  };
}

/** The whole numbers of a list. */
const numbers = (text: string | null): number[] =>
  text
    ?.split(',')
    .filter((value) => /^\s*\d+\s*$/.test(value))
    .map(Number) ?? [];
