import { defer, mergeMap, timer, type SchedulerLike } from 'rxjs';
import { inTime } from '../http/deadline.js';
import { readRate } from '../http/rate-headers.js';
import type { HttpResponse, Interceptor } from '../http/types.js';

/** Keeps attempts from running into the server's limit. */
export interface RateLimit {
  /** Holds attempts back while the bucket is empty. */
  readonly interceptor: Interceptor;
  /** Learns from an answer. */
  note(response: HttpResponse): void;
}

/** A wait that nobody should have without knowing: a proxy that asks for hours means something else. */
const maxParkMs = 30_000;

/**
 * Once an answer says that the bucket is empty, or is a 429, the attempts that follow leave one by one, as fast as the bucket fills
 * (protocol §6.3), until an answer says that there is room again.
 */
export function createRateLimit(scheduler: SchedulerLike): RateLimit {
  let nextAtMs = 0;
  /** Above 0 while attempts queue up. */
  let spacingMs = 0;
  return {
    note({ status, headers }) {
      const refused = status === 429;
      if (!refused && headers.get('x-ratelimit-remaining') === null) {
        if (scheduler.now() >= nextAtMs) spacingMs = 0;
        return;
      }
      const { remaining, retryAfterMs, spacingMs: refillMs = 1000 } = readRate(headers);
      if (!refused && remaining !== 0) {
        spacingMs = 0;
        return;
      }
      spacingMs = Math.min(maxParkMs, Math.max(1, refillMs));
      const waitMs = refused ? Math.min(maxParkMs, retryAfterMs ?? 1000) : spacingMs;
      nextAtMs = Math.max(nextAtMs, scheduler.now() + waitMs);
    },
    interceptor: (request, next) =>
      defer(() => {
        const nowMs = scheduler.now();
        const waitMs = spacingMs && Math.max(0, nextAtMs - nowMs);
        if (spacingMs > 0) nextAtMs = nowMs + waitMs + spacingMs;
        if (waitMs === 0) return next(request);
        return timer(waitMs, scheduler).pipe(
          inTime(request, scheduler),
          mergeMap(() => next(request)),
        );
      }),
  };
}
