import type { SchedulerLike, Subscription } from 'rxjs';

/** What has a deadline. */
export interface Expiring {
  expire(): void;
}

/** The deadlines of all that is under way. */
export interface Deadlines {
  /** Sets one's deadline, or another one in place of the last, as a time of the scheduler; `Infinity` for none. */
  set(one: Expiring, atMs: number): void;
  clear(one: Expiring): void;
}

/** Longest wait that timers know; longer ones they take for none. */
const maxDelayMs = 2 ** 31 - 1;

/** One timer for all deadlines, of which hardly any is ever reached. It is gone with the last of them. */
export function createDeadlines(scheduler: SchedulerLike): Deadlines {
  const deadlines = new Map<Expiring, number>();
  let timer: Subscription | undefined;
  let timerAtMs = Infinity;
  const arm = (atMs: number): void => {
    timer?.unsubscribe();
    timerAtMs = atMs;
    timer = scheduler.schedule(ring, Math.min(maxDelayMs, Math.max(0, atMs - scheduler.now())));
  };
  const ring = (): void => {
    timerAtMs = Infinity;
    let nextAtMs = Infinity;
    for (const [one, atMs] of deadlines) {
      if (atMs > scheduler.now()) nextAtMs = Math.min(nextAtMs, atMs);
      else {
        deadlines.delete(one);
        one.expire();
      }
    }
    if (nextAtMs < timerAtMs) arm(nextAtMs);
  };
  return {
    set(one, atMs) {
      if (atMs === Infinity) return;
      deadlines.set(one, atMs);
      if (atMs < timerAtMs) arm(atMs);
    },
    clear(one) {
      if (!deadlines.delete(one) || deadlines.size > 0) return;
      timer?.unsubscribe();
      timerAtMs = Infinity;
    },
  };
}
