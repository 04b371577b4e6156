import type { SchedulerLike } from 'rxjs';
import { createAlarm } from './alarm.js';
import { createInbox, type Inbox } from './inbox.js';
import { nextState } from './machine.js';
import {
  initialState,
  type MachineEffect,
  type MachineInput,
  type MachineState,
  type MachineTimes,
} from './machine-state.js';
import type { Report } from './state.js';

/** Runs the machine: brings it what happens, one input after the other, and has its effects performed. */
export interface Driver {
  readonly state: MachineState;
  /** Does one task after the other. Everything that concerns the machine is a task. */
  readonly inbox: Inbox;
  /** Brings the machine an input. Only from within a task of the inbox. */
  apply(input: MachineInput): void;
  /** Brings the machine an input when its turn comes. */
  post(input: MachineInput): void;
  /** Drops what waits, and performs nothing more. */
  close(): void;
}

/** What a driver needs. */
export interface DriverOptions {
  readonly scheduler: SchedulerLike;
  readonly times: MachineTimes;
  /** Takes a frame. */
  read(text: string): void;
  perform(effect: MachineEffect): void;
  readonly report: Report;
}

/** Makes a driver whose machine has no socket. */
export function createDriver({ scheduler, times, read, perform, report }: DriverOptions): Driver {
  let state = initialState;
  let closed = false;
  const apply = (input: MachineInput): void => {
    const [next, effects] = nextState(state, input, scheduler.now(), times);
    state = next;
    alarm.set(closed ? Infinity : next.due);
    for (const effect of effects) if (!closed) perform(effect);
  };
  const inbox = createInbox(read, () => {
    report('frames-dropped');
    apply({ type: 'overrun' });
  });
  const post = (input: MachineInput): void => inbox.enter(() => apply(input));
  const alarm = createAlarm(scheduler, () => post({ type: 'tick' }));
  return {
    get state() {
      return state;
    },
    inbox,
    apply,
    post,
    close() {
      closed = true;
      inbox.close();
      alarm.set(Infinity);
    },
  };
}
