import { asyncScheduler } from 'rxjs';
import type { SchedulerLike, Subscription } from 'rxjs';

/** Time of one server. Everything that waits, waits here, so that a virtual scheduler or `stop` reaches all of it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `act` once after `ms` milliseconds; the result calls it off. */
  after(ms: number, act: () => void): () => void;
  /** Runs `act` once the current code has ended. */
  soon(act: () => void): void;
  /** Calls off everything that waits. */
  stop(): void;
}

/** Where the time of a server on a virtual scheduler begins: such a scheduler starts at 0, which Mattermost takes for "never". */
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
      // A microtask is all that is needed in real time; virtual time has to see the work in its own queue.
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
