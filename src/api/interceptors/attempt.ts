import { Observable, type SchedulerLike } from 'rxjs';
import { setDeadline } from '../http/deadline.js';
import { toFailure, toNetworkError } from '../http/failure.js';
import type { HttpHandler, HttpRequest, Transport } from '../http/types.js';
import type { RateLimit } from './rate-limit.js';

/** Time in which the server knows a `pending_post_id` again, from the first attempt on: 30 s (protocol §9.1), less what a request travels. */
export const dedupeWindowMs = 28_000;

/**
 * One attempt: bounded, sent, its rate headers noted, and what went wrong turned into an error of the family. No attempt of a call that is
 * safe by its key alone outlives the key.
 */
export function attemptHandler(transport: Transport, rate: RateLimit, scheduler: SchedulerLike): HttpHandler {
  return (request) =>
    new Observable((subscriber) => {
      const nowMs = scheduler.now();
      const { meter } = request;
      if (meter.attempts++ === 0) meter.firstAtMs = nowMs;
      const ms = Math.min(request.attemptTimeoutMs, leftMs(request, nowMs));
      setDeadline(request, subscriber, scheduler, ms, ' in this attempt');
      if (ms <= 0) return undefined;
      return transport(request).subscribe({
        next: (event) => {
          if (event.type === 'response') {
            rate.note(event);
            const failure = toFailure(request, event);
            if (failure) {
              subscriber.error(failure);
              return;
            }
          }
          subscriber.next(event);
        },
        error: (error: unknown) => subscriber.error(toNetworkError(request, error)),
        complete: () => subscriber.complete(),
      });
    });
}

/** Time until the server forgets the key of a call that is repeated. */
function leftMs({ operation, meter }: HttpRequest, nowMs: number): number {
  return operation.dedupe && meter.attempts > 1 ? meter.firstAtMs + dedupeWindowMs - nowMs : Infinity;
}
