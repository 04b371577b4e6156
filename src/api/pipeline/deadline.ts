import { Observable, Subscription, type SchedulerLike } from 'rxjs';
import { TimeoutError } from '../../models/errors.js';
import { describe } from '../http/failure.js';
import type { HttpHandler, HttpRequest } from '../http/types.js';

/** Longest delay that timers of the platform know; longer ones fire at once. */
const maxDelayMs = 2_147_483_647;

/** Bounds the whole call: its attempts, waits and logins. It errors with `TimeoutError`. */
export function withCallDeadline(scheduler: SchedulerLike, next: HttpHandler): HttpHandler {
  return (request) =>
    new Observable((subscriber) => {
      const { timeoutMs } = request;
      subscriber.add(after(timeoutMs, scheduler, () => subscriber.error(timeoutError(request, timeoutMs))));
      return next(request).subscribe(subscriber);
    });
}

/** Runs `task` after `ms` milliseconds, `Infinity` for never, unless it is unsubscribed before. */
export function after(ms: number, scheduler: SchedulerLike, task: () => void): Subscription {
  if (ms === Infinity) return Subscription.EMPTY;
  if (ms <= maxDelayMs) return scheduler.schedule(task, ms);
  const wait = new Subscription();
  wait.add(scheduler.schedule(() => wait.add(after(ms - maxDelayMs, scheduler, task)), maxDelayMs));
  return wait;
}

/** @param where says of what the deadline was, if not of the call. */
export function timeoutError(request: HttpRequest, ms: number, where = ''): TimeoutError {
  return new TimeoutError(`${describe(request)}: no answer within ${ms} ms${where}`, ms);
}
