import { filter, merge, take, timer, type Observable, type SchedulerLike } from 'rxjs';
import { backoffMs } from '../../models/backoff.js';
import type { MachineEffect } from './machine-state.js';
import { isOffline, networkChanges } from './network.js';
import type { Status } from './shown-state.js';

/** When the gateway connects again. */
export interface ReconnectOptions {
  /** Upper bound of the wait after the second failure in a row, in milliseconds; it doubles with each further one. @default 500 */
  readonly baseMs?: number;
  /** Upper bound of every wait, in milliseconds. @default 30_000 */
  readonly capMs?: number;
  /** How long a connection must have been ready for the next failure to count as the first again, in milliseconds. @default 500 */
  readonly resetAfterMs?: number;
}

/**
 * The server needs a moment to see that a socket was cut, or it will not resume it: within the same turn one resume in four fails, after 5 ms
 * none of 800 did (protocol §2.1).
 */
const settleMs = 25;
const defaultCapMs = 30_000;

/**
 * How long to wait after a failure, in milliseconds. The first time it is short, so that a cut connection is soon back; then it is the backoff
 * of `retryWithBackoff`, whose operator cannot count here: a socket that was ready for a while makes the next failure a first one.
 */
export function retryDelayMs(
  attempt: number,
  abrupt: boolean,
  random: number,
  { baseMs = 500, capMs = defaultCapMs }: ReconnectOptions,
): number {
  const settle = abrupt ? settleMs : 0;
  return attempt < 2 ? settle + random * settleMs : Math.max(settle, backoffMs(attempt - 1, random, { baseMs, capMs }));
}

/** The wait before the next attempt. */
export interface RetryPlan {
  /** What is shown meanwhile. */
  readonly status: Status;
  /** Emits once, and completes, when the wait is over. Cold: it begins with the subscription. */
  readonly over$: Observable<unknown>;
}

/** Plans the wait: a network that comes back ends it, and while there is none it is the longest. */
export function planRetry(
  { reason, attempt, abrupt }: MachineEffect<'retry'>,
  options: ReconnectOptions,
  random: () => number,
  scheduler: SchedulerLike,
): RetryPlan {
  const offline = isOffline();
  const delayMs = offline ? (options.capMs ?? defaultCapMs) : retryDelayMs(attempt, abrupt, random(), options);
  const online$ = networkChanges().pipe(filter(() => !isOffline()));
  return {
    status: offline
      ? { status: 'offline' }
      : { status: 'waiting', attempt, retryAtMs: scheduler.now() + delayMs, reason },
    over$: merge(timer(delayMs, scheduler), online$).pipe(take(1)),
  };
}
