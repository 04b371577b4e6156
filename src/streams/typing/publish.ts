import { Observable, Subscription, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';
import { placeKey, type Place } from './place.js';

/** Makes the function that says whether a notice for a place is due; if so, it counts as sent. At most one is due per place and interval. */
export function createThrottle(intervalMs: () => number, scheduler: SchedulerLike): (place: Place) => boolean {
  /** When the last notice for each place was sent, oldest first. */
  const sentAtMs = new Map<string, number>();
  return (place) => {
    const key = placeKey(place);
    const now = scheduler.now();
    for (const [old, at] of sentAtMs) {
      if (now - at < intervalMs()) break;
      sentAtMs.delete(old);
    }
    if (sentAtMs.has(key)) return false;
    sentAtMs.set(key, now);
    return true;
  };
}

/**
 * Passes values through, and subscribes to `notice$` at each value at which `isDue`. Errors of notices are dropped. When the source completes,
 * notices that are under way go on; its error, or unsubscribing, aborts them.
 */
export function noticeWhile<T>(isDue: () => boolean, notice$: Observable<unknown>): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const notices = new Subscription();
      subscriber.add(notices);
      return source.subscribe({
        next(value) {
          if (isDue()) notices.add(sendQuietly(notice$));
          subscriber.next(value);
        },
        error: (error: unknown) => subscriber.error(error),
        complete() {
          subscriber.remove(notices);
          subscriber.complete();
        },
      });
    });
}

function sendQuietly(notice$: Observable<unknown>): Subscription {
  return notice$.subscribe({ error: () => undefined });
}
