import type { SchedulerLike } from 'rxjs';
import type { Validator } from '../models/validator.js';
import type { AuthOptions } from './auth/strategy.js';
import type { FetchLike } from './http/transports/fetch.js';
import type { Interceptor, Transport } from './http/types.js';
import type { RetryOptions } from './call-options.js';

/** What is told of each call once it is over. Holds no secret. */
export interface CallRecord {
  /** Such as `getUser`. */
  readonly operation: string;
  readonly method: string;
  /** Secrets in it are replaced. */
  readonly url: string;
  /** HTTP status of the last answer, or 0 if there was none that could be read. */
  readonly status: number;
  /** Attempts that were made; 0 where the answer to another call served this one too. */
  readonly attempts: number;
  readonly durationMs: number;
  /** What the call failed with; `undefined` if it did not. */
  readonly error: unknown;
}

/** How REST is spoken. */
export interface RestOptions {
  /** Address of the site, such as `https://chat.example.com`; a sub-path is kept. */
  readonly url: string;
  /** How to authenticate. @default nobody is logged in: only routes without session work */
  readonly auth?: AuthOptions | undefined;
  /** A `fetch` to use, for tests, proxies and platforms of their own. @default the best transport of the platform */
  readonly fetch?: FetchLike | undefined;
  /** A transport to use; wins over `fetch`. @default on Node `undiciTransport()`, elsewhere `fetchTransport()` */
  readonly transport?: Transport | undefined;
  /**
   * Bound of a whole call, its attempts, waits and logins included, in milliseconds; `Infinity` for none. Calls that carry files have
   * 300_000, which is what the server gives them; of `raw()` only the time to the head of the answer counts. @default 60_000
   */
  readonly timeoutMs?: number | undefined;
  /** Bound of one attempt, in milliseconds; `Infinity` for none. Not for calls that carry files. @default 30_000 */
  readonly attemptTimeoutMs?: number | undefined;
  /** How to repeat calls, or `false` for never. @default 4 repeats, after waits of up to 0.25, 0.5, 1 and 2 s */
  readonly retry?: RetryOptions | false | undefined;
  /** Headers of every request, such as `accept-language`; names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Interceptors of your own, outermost first; each sees a call once, whatever is repeated below it, and without its credential. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /** Told of each call once it is over; for logs and metrics. */
  readonly observe?: ((record: CallRecord) => void) | undefined;
  /**
   * Checks answers and events: `validator()` of `matterstream/validate`, which brings the schemas along. Bundles without it have none.
   * @default nothing is checked
   */
  readonly validate?: Validator | undefined;
  /** Source of jitter and keys, from 0 up to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** Clock of all waits. @default asyncScheduler */
  readonly scheduler?: SchedulerLike | undefined;
}
