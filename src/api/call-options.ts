import type { BackoffOptions } from '../models/backoff.js';
import type { MattermostError } from '../models/errors.js';

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
   * time-out of an attempt, or a status of 502 and above for calls that do no harm when they are made twice (protocol §9).
   */
  readonly when?: (error: MattermostError, attempt: number) => boolean;
}

/** What can be set for one call; see `Call.with`. */
export interface CallOptions {
  /**
   * Bound of the whole call, its attempts, waits and logins included, in milliseconds; `Infinity` for none.
   * @default the client's `timeoutMs`; where files go up or down 300_000, which is what the server gives them
   */
  readonly timeoutMs?: number;
  /**
   * Bound of one attempt, in milliseconds; `Infinity` for none. An attempt that takes longer is aborted and counts as a failure.
   * @default the client's `attemptTimeoutMs`; where files go up or down as long as the call
   */
  readonly attemptTimeoutMs?: number;
  /** How to repeat, or `false` to try once. @default the client's `retry` */
  readonly retry?: RetryOptions | false;
  /** More headers, or other values; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * ETag of an earlier answer. If nothing has changed since, the call completes without a value, so that it emits news alone, and
   * `response()` emits status 304 without data.
   */
  readonly ifNoneMatch?: string;
  /**
   * Aborts the call from outside; it errors with the signal's reason, unless it has emitted its answer already. Unsubscribing does the same
   * without a signal.
   */
  readonly signal?: AbortSignal;
}
