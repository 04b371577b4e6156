import type { SchedulerLike, Subscription } from 'rxjs';

/** One timer that is set to a time of the clock, not to a delay. */
export interface Alarm {
  /** Rings at this time and at no other; `Infinity` for never. */
  set(dueMs: number): void;
}

export function createAlarm(scheduler: SchedulerLike, ring: () => void): Alarm {
  let timer: Subscription | undefined;
  let setTo = Infinity;
  return {
    set(dueMs) {
      if (dueMs === setTo) return;
      setTo = dueMs;
      timer?.unsubscribe();
      timer = undefined;
      if (dueMs === Infinity) return;
      timer = scheduler.schedule(
        () => {
          setTo = Infinity;
          ring();
        },
        Math.max(0, dueMs - scheduler.now()),
      );
    },
  };
}
