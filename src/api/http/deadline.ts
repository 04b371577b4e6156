import { Observable, type MonoTypeOperatorFunction, type SchedulerLike, type Subscriber } from 'rxjs';
import { TimeoutError } from '../../models/errors.js';
import { describe } from './failure.js';
import type { HttpRequest } from './types.js';

/**
 * Fails a call when a span has passed, or its total deadline, whichever is first. Each stage that waits sets its own while it does: a call
 * that is answered at once then needs no more than one timer.
 *
 * @param what names the span in the error.
 */
export function setDeadline(
  request: HttpRequest,
  subscriber: Subscriber<unknown>,
  scheduler: SchedulerLike,
  spanMs = Infinity,
  what = '',
): void {
  const leftMs = request.endsAtMs - scheduler.now();
  const ms = Math.min(spanMs, leftMs);
  if (ms === Infinity) return;
  const said = spanMs < leftMs ? spanMs : request.timeoutMs;
  const expire = (): void =>
    subscriber.error(
      new TimeoutError(`${describe(request)}: no answer within ${said} ms${said === spanMs ? what : ''}`, said),
    );
  subscriber.add(scheduler.schedule(expire, Math.max(0, ms)));
}

/** Fails what takes longer than the call may. */
export function inTime<T>(request: HttpRequest, scheduler: SchedulerLike): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      setDeadline(request, subscriber, scheduler);
      return source.subscribe(subscriber);
    });
}
