import { Observable, type SchedulerAction, type SchedulerLike } from 'rxjs';

/** Emits when `ms` have gone by, and `again` each time that they have. RxJS's `timer` would bring dates and more into every bundle. */
export function after(ms: number, scheduler: SchedulerLike, again = false): Observable<unknown> {
  return new Observable((subscriber) =>
    scheduler.schedule(function (this: SchedulerAction<unknown>) {
      subscriber.next(undefined);
      if (again) this.schedule(undefined, ms);
      else subscriber.complete();
    }, ms),
  );
}
