import { Subscription, type SchedulerLike } from 'rxjs';
import { readRate } from '../http/rate-headers.js';
import type { HttpResponse } from '../http/types.js';

/** The longest that a request is held back: a proxy that asks for hours must not stop a client without a word. */
const maxHoldMs = 30_000;

/** Spaces requests out as the server's rate headers ask. */
export interface RateLimit {
  /** Sends at once while there is room, else in turn. Unsubscribing gives the turn back. */
  takeTurn(send: () => void): Subscription;
  /** Learns from an answer. */
  note(response: HttpResponse): void;
}

/**
 * Once an answer says that the bucket is empty, or is a 429, the requests that follow leave one by one, as fast as the bucket fills
 * (protocol §6.3), until an answer says that there is room again.
 */
export function createRateLimit(scheduler: SchedulerLike): RateLimit {
  /** When the next request may leave, if none waits. */
  let freeAtMs = 0;
  /** For each request that waits, when the one behind it may leave. */
  const waiting = new Set<number>();
  /** The server has asked to send nothing before this time. */
  let heldUntilMs = 0;
  /** Time between two requests; above 0 only while they queue up. */
  let spacingMs = 0;
  /** A server with a limit has rate headers in every answer, so one answer without them is enough to stop reading them. */
  let isUnlimited = false;
  return {
    takeTurn(send) {
      if (spacingMs > 0) {
        const nowMs = scheduler.now();
        let atMs = Math.max(nowMs, freeAtMs);
        for (const ms of waiting) atMs = Math.max(atMs, ms);
        const nextAtMs = atMs + spacingMs;
        if (atMs > nowMs) {
          waiting.add(nextAtMs);
          const turn = scheduler.schedule(() => {
            freeAtMs = Math.max(freeAtMs, nextAtMs);
            send();
          }, atMs - nowMs);
          turn.add(() => waiting.delete(nextAtMs));
          return turn;
        }
        freeAtMs = nextAtMs;
      }
      send();
      return Subscription.EMPTY;
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
      freeAtMs = Math.max(freeAtMs, heldUntilMs);
    },
  };
}
