import { defer, Observable, type SchedulerLike } from 'rxjs';
import { toFailure, toNetworkError } from '../http/failure.js';
import type { HttpEvent, HttpHandler, HttpRequest, Transport } from '../http/types.js';
import { after, timeoutError } from './deadline.js';
import { keyExpiresAtMs } from './dedupe-key.js';
import { createRateLimit, type RateLimit } from './rate-limit.js';

/**
 * One attempt: it waits for its turn under the server's rate limit, is sent within a deadline of its own, and turns whatever went wrong into
 * an error of the `MattermostError` family, answers of status 400 and above and redirects included.
 */
export function createAttempt(scheduler: SchedulerLike, transport: Transport): HttpHandler {
  const limit = createRateLimit(scheduler);
  return (request) =>
    new Observable((subscriber) => {
      const send = (): void => {
        const ms = timeLeftMs(request, scheduler.now());
        subscriber.add(after(ms, scheduler, () => subscriber.error(timeoutError(request, ms, ' in this attempt'))));
        if (ms > 0) subscriber.add(answerOf(request, transport, limit).subscribe(subscriber));
      };
      const waitMs = limit.takeTurnMs();
      if (waitMs === 0) send();
      else subscriber.add(scheduler.schedule(send, waitMs));
    });
}

/**
 * Counts an attempt that is about to be sent, and tells how long it may take. No repeat of a create with a key outlasts the time in which the
 * server knows the key: it would create twice.
 */
function timeLeftMs(request: HttpRequest, nowMs: number): number {
  const { meter, attemptTimeoutMs } = request;
  if (meter.attempts++ > 0) return Math.min(attemptTimeoutMs, keyExpiresAtMs(request) - nowMs);
  meter.firstAtMs = nowMs;
  return attemptTimeoutMs;
}

function answerOf(request: HttpRequest, transport: Transport, limit: RateLimit): Observable<HttpEvent> {
  return new Observable((subscriber) =>
    defer(() => transport(request)).subscribe({
      next(event) {
        if (event.type === 'response') {
          limit.note(event);
          const failure = toFailure(request, event);
          if (failure) {
            subscriber.error(failure);
            return;
          }
        }
        subscriber.next(event);
      },
      error: (cause: unknown) => subscriber.error(toNetworkError(request, cause)),
      complete: () => subscriber.complete(),
    }),
  );
}
