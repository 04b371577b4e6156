import { defer, Observable, type SchedulerLike } from 'rxjs';
import type { MattermostError } from '../../models/errors.js';
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
        const { meter } = request;
        const nowMs = scheduler.now();
        const ms = timeLeftMs(request, nowMs);
        if (ms <= 0) {
          subscriber.error(timeoutError(request, nowMs - meter.firstAtMs));
          return;
        }
        if (meter.attempts++ === 0) meter.firstAtMs = nowMs;
        subscriber.add(after(ms, scheduler, () => subscriber.error(timeoutError(request, ms, ' in this attempt'))));
        answerOf(request, transport, limit).subscribe(subscriber);
      };
      return limit.takeTurn(send);
    });
}

/**
 * How long the next attempt may take. No repeat of a create with a key outlasts the time in which the server knows the key: it would create
 * twice.
 */
function timeLeftMs(request: HttpRequest, nowMs: number): number {
  const { meter, attemptTimeoutMs } = request;
  return meter.attempts > 0 ? Math.min(attemptTimeoutMs, keyExpiresAtMs(request) - nowMs) : attemptTimeoutMs;
}

function answerOf(request: HttpRequest, transport: Transport, limit: RateLimit): Observable<HttpEvent> {
  return new Observable((subscriber) =>
    defer(() => transport(request)).subscribe({
      next(event) {
        let failure: MattermostError | undefined;
        try {
          if (event.type === 'response') {
            limit.note(event);
            failure = toFailure(request, event);
          }
        } catch (cause) {
          // The answer of a transport that does not keep to its types.
          failure = toNetworkError(request, cause);
        }
        if (failure) subscriber.error(failure);
        else subscriber.next(event);
      },
      error: (cause: unknown) => subscriber.error(toNetworkError(request, cause)),
      complete: () => subscriber.complete(),
    }),
  );
}
