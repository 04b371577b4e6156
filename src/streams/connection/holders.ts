import { timer, type SchedulerLike, type Subscription } from 'rxjs';

/** Counts who needs the socket. */
export interface Holders {
  readonly count: number;
  /** One more holder, until the result is called. */
  take(): () => void;
  /** Cancels the wait, and never waits again. */
  stop(): void;
}

/** Calls `unheld` when there has been no holder for `idleCloseMs`. */
export function createHolders(idleCloseMs: number, scheduler: SchedulerLike, unheld: () => void): Holders {
  let count = 0;
  let stopped = idleCloseMs === Infinity;
  let wait: Subscription | undefined;
  return {
    get count() {
      return count;
    },
    take() {
      wait?.unsubscribe();
      count++;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        if (--count === 0 && !stopped) wait = timer(idleCloseMs, scheduler).subscribe(unheld);
      };
    },
    stop() {
      stopped = true;
      wait?.unsubscribe();
    },
  };
}
