import type { SchedulerLike, Subscription } from 'rxjs';
import { Roster, type Member } from '../http/roster.js';

/** What has a deadline. */
export interface Expiring extends Member {
  /** As a time of the scheduler; `Infinity` for never. */
  dueAtMs: number;
  expire(): void;
}

/** The deadlines of all that is under way. */
export interface Deadlines {
  /** Takes note of a deadline that has been set, or set anew. */
  note(one: Expiring): void;
  clear(one: Expiring): void;
}

/** Longest wait that timers know; longer ones they take for none. */
const maxDelayMs = 2_147_483_647;

/** One timer for all deadlines, of which hardly any is ever reached. It is gone with the last of them. */
export function createDeadlines(scheduler: SchedulerLike): Deadlines {
  const roster = new Roster<Expiring>();
  let timer: Subscription | undefined;
  let timerAtMs = Infinity;
  const arm = (atMs: number): void => {
    timer?.unsubscribe();
    timerAtMs = atMs;
    timer = scheduler.schedule(ring, Math.min(maxDelayMs, Math.max(0, atMs - scheduler.now())));
  };
  const ring = (): void => {
    timerAtMs = Infinity;
    for (const one of [...roster.members]) {
      if (one.dueAtMs > scheduler.now()) continue;
      roster.delete(one);
      one.expire();
    }
    const nextAtMs = roster.members.reduce((least, { dueAtMs }) => Math.min(least, dueAtMs), Infinity);
    if (nextAtMs < timerAtMs) arm(nextAtMs);
  };
  return {
    note(one) {
      const { dueAtMs } = one;
      if (dueAtMs === Infinity) return;
      roster.add(one);
      if (dueAtMs < timerAtMs) arm(dueAtMs);
    },
    clear(one) {
      roster.delete(one);
      if (roster.members.length > 0) return;
      timer?.unsubscribe();
      timerAtMs = Infinity;
    },
  };
}
