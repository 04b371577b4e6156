import { filter, Observable, timer, type MonoTypeOperatorFunction, type SchedulerLike, type Subscription } from 'rxjs';
import { placeKey, type TypingChange } from './place.js';

/**
 * Turns notices into changes: lets a notice through if it changes whether its user types in its place, and adds the end of typing where no
 * other notice has come for `lifetimeMs`.
 *
 * @param lifetimeMs called at each notice.
 */
export function expireNotices(
  lifetimeMs: () => number,
  scheduler: SchedulerLike,
): MonoTypeOperatorFunction<TypingChange> {
  return (notices$) =>
    new Observable((subscriber) => {
      /** A timer for each user and place where they type now. */
      const expiries = new Map<string, Subscription>();
      const isChange = (notice: TypingChange): boolean => {
        const key = `${placeKey(notice)}/${notice.userId}`;
        const expiry = expiries.get(key);
        expiry?.unsubscribe();
        expiries.delete(key);
        if (notice.typing) {
          const next = timer(lifetimeMs(), scheduler).subscribe(() => {
            expiries.delete(key);
            subscriber.next({ ...notice, typing: false });
          });
          expiries.set(key, next);
          subscriber.add(next);
        }
        return notice.typing === !expiry;
      };
      return notices$.pipe(filter(isChange)).subscribe(subscriber);
    });
}
