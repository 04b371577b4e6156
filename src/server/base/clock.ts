import { asyncScheduler } from 'rxjs';
import type { SchedulerLike, Subscription } from 'rxjs';

/** The clock and the timers of one server. All timers are made here, so that a virtual scheduler drives them and `stop` ends them. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `act` once after `ms` milliseconds; the result cancels it. */
  after(ms: number, act: () => void): () => void;
  /** Runs `act` once the current code has ended. */
  soon(act: () => void): void;
  /** Cancels all timers. */
  stop(): void;
}

/** Start of virtual time: a virtual scheduler starts at 0, which means "never" to Mattermost. */
const virtualStart = Date.UTC(2026, 0, 1);

export function createClock(scheduler: SchedulerLike = asyncScheduler, startAtMs?: number): Clock {
  const waiting = new Set<Subscription>();
  const started = scheduler.now();
  const start = startAtMs ?? (started < virtualStart / 2 ? virtualStart : started);
  let stopped = false;

  const after = (ms: number, act: () => void): (() => void) => {
    if (stopped) return () => undefined;
    const work = scheduler.schedule(() => {
      waiting.delete(work);
      act();
    }, ms);
    if (!work.closed) waiting.add(work);
    return () => {
      waiting.delete(work);
      work.unsubscribe();
    };
  };

  return {
    now: () => Math.floor(start + scheduler.now() - started),
    after,
    soon(act) {
      // In real time a microtask will do; virtual time only runs what is in its own queue.
      if (scheduler === asyncScheduler)
        globalThis.queueMicrotask(() => {
          if (!stopped) act();
        });
      else after(0, act);
    },
    stop() {
      stopped = true;
      for (const work of waiting) work.unsubscribe();
      waiting.clear();
    },
  };
}
