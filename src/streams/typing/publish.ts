import { Observable, Subscription, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';
import { placeKey, type Place } from './place.js';

/** Says whether a notice for a place is due, which then counts as given: at most one per place within `intervalMs`. */
export function createThrottle(intervalMs: () => number, scheduler: SchedulerLike): (place: Place) => boolean {
  /** When the last notice for each place was given, oldest first. */
  const given = new Map<string, number>();
  return (place) => {
    const key = placeKey(place);
    const now = scheduler.now();
    for (const [old, at] of given) {
      if (now - at < intervalMs()) break;
      given.delete(old);
    }
    if (given.has(key)) return false;
    given.set(key, now);
    return true;
  };
}

/**
 * Passes values through, and subscribes to `notice$` at each for which `isDue` says so. Errors of notices are dropped. The end of the source
 * lets the last notices go on; an error of the source, or unsubscribing, aborts them.
 */
export function noticeWhile<T>(isDue: () => boolean, notice$: Observable<unknown>): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const notices = new Subscription();
      subscriber.add(notices);
      return source.subscribe({
        next(value) {
          if (isDue()) notices.add(give(notice$));
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

/** A notice that fails is not worth an error where somebody types. */
function give(notice$: Observable<unknown>): Subscription {
  return notice$.subscribe({ error: () => undefined });
}
