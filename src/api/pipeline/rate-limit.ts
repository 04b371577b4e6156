import type { SchedulerLike } from 'rxjs';
import { readRate } from '../http/rate-headers.js';
import type { HttpResponse } from '../http/types.js';

/** The longest that a request is held back: a proxy that asks for hours must not stop a client without a word. */
const maxHoldMs = 30_000;

/** Spaces requests out as the server's rate headers ask. */
export interface RateLimit {
  /** Takes the next place in the queue and returns the milliseconds until then; 0 while there is room. */
  takeTurnMs(): number;
  /** Learns from an answer. */
  note(response: HttpResponse): void;
}

/**
 * Once an answer says that the bucket is empty, or is a 429, the requests that follow leave one by one, as fast as the bucket fills
 * (protocol §6.3), until an answer says that there is room again.
 */
export function createRateLimit(scheduler: SchedulerLike): RateLimit {
  let nextAtMs = 0;
  /** The server has asked to send nothing before this time. */
  let heldUntilMs = 0;
  /** Time between two requests; above 0 only while they queue up. */
  let spacingMs = 0;
  /** A server with a limit has rate headers in every answer, so one answer without them is enough to stop reading them. */
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
        // A proxy names no limit: an answer is its only sign that there is room again.
        if (scheduler.now() >= heldUntilMs) spacingMs = 0;
        return;
      }
      isUnlimited = false;
      const { remaining, retryAfterMs, spacingMs: refillMs = 1000 } = readRate(headers);
      if (!refused && remaining !== 0) {
        spacingMs = 0;
        return;
      }
      spacingMs = Math.min(maxHoldMs, Math.max(1, refillMs));
      const waitMs = refused ? Math.min(maxHoldMs, retryAfterMs ?? 1000) : spacingMs;
      heldUntilMs = scheduler.now() + waitMs;
      nextAtMs = Math.max(nextAtMs, heldUntilMs);
    },
  };
}
