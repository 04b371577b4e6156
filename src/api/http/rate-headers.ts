import type { HeaderReader } from './types.js';

/** What an answer tells about the server's limit: protocol §6.3. */
export interface RateFacts {
  /** Requests that still fit; `undefined` where the server does not limit. */
  readonly remaining: number | undefined;
  /** Milliseconds until one more request fits, of `Retry-After`, or else until all fit; `undefined` if the answer does not say. */
  readonly retryAfterMs: number | undefined;
  /** Milliseconds in which one request drops out of a full bucket. */
  readonly spacingMs: number | undefined;
}

/**
 * Reads the rate headers. Pure. Values may come doubled and joined: then the smallest remaining and the largest reset hold. `Reset` is a
 * number of seconds from now, not a date. `Retry-After` may be a date, of a proxy; it is taken by the clock of the `Date` header.
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
    .filter((part) => /^\s*\d+\s*$/.test(part))
    .map(Number) ?? [];
