import { timer, type SchedulerLike, type Subscription } from 'rxjs';

/** One timer that is set to a time of the clock, not to a delay. */
export interface Alarm {
  /** Rings at this time and no other; `Infinity` for never. */
  set(dueMs: number): void;
}

/** Makes an alarm that is not set. */
export function createAlarm(scheduler: SchedulerLike, ring: () => void): Alarm {
  let wait: Subscription | undefined;
  let setTo = Infinity;
  return {
    set(dueMs) {
      if (dueMs === setTo) return;
      setTo = dueMs;
      wait?.unsubscribe();
      if (dueMs === Infinity) return;
      wait = timer(dueMs - scheduler.now(), scheduler).subscribe(() => {
        setTo = Infinity;
        ring();
      });
    },
  };
}
