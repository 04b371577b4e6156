import type { SchedulerLike } from 'rxjs';
import { readRate } from '../http/rate-headers.js';
import type { HttpResponse } from '../http/types.js';

/** Keeps attempts from running into the server's limit. */
export interface RateLimit {
  /** Takes a place in the queue, and tells how many milliseconds it is until then; 0 while there is room. */
  takeTurnMs(): number;
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
  /** Until then the server has asked for patience. */
  let heldUntilMs = 0;
  /** Above 0 while attempts queue up. */
  let spacingMs = 0;
  /** A server that has a bucket says with every answer how full it is. So once one does not, there is nothing to look for. */
  let isUnlimited = false;
  return {
    takeTurnMs() {
      if (spacingMs === 0) return 0;
      const nowMs = scheduler.now();
      const waitMs = Math.max(0, nextAtMs - nowMs);
      nextAtMs = nowMs + waitMs + spacingMs;
      return waitMs;
    },
    note({ status, headers }) {
      const refused = status === 429;
      if (!refused && isUnlimited && spacingMs === 0) return;
      if (!refused && headers.get('x-ratelimit-remaining') === null) {
        isUnlimited = status < 500;
        // A proxy names no limit: that it lets one through again is all that it says.
        if (scheduler.now() >= heldUntilMs) spacingMs = 0;
        return;
      }
      isUnlimited = false;
      const { remaining, retryAfterMs, spacingMs: refillMs = 1000 } = readRate(headers);
      if (!refused && remaining !== 0) {
        spacingMs = 0;
        return;
      }
      spacingMs = Math.min(maxParkMs, Math.max(1, refillMs));
      const waitMs = refused ? Math.min(maxParkMs, retryAfterMs ?? 1000) : spacingMs;
      heldUntilMs = scheduler.now() + waitMs;
      nextAtMs = Math.max(nextAtMs, heldUntilMs);
    },
  };
}
