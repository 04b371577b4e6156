/** Something to do, or a frame. */
export type Task = string | (() => void);

/** Does one task after the other: what arrives from within a task waits until that is done. */
export interface Inbox {
  enter(task: Task): void;
  /** Forgets what waits, and takes nothing more. */
  close(): void;
}

/** How many tasks may wait while a subscriber is still busy with an event. */
export const maxWaitingTasks = 10_000;

/** Makes an inbox. When too much waits the frames among it are dropped, the rest stays, and `overrun` runs after it. */
export function createInbox(read: (text: string) => void, overrun: () => void): Inbox {
  let waiting: Task[] = [];
  let busy = false;
  let closed = false;
  const wait = (task: Task): void => {
    waiting.push(task);
    if (waiting.length < maxWaitingTasks) return;
    waiting = waiting.filter((each) => typeof each !== 'string');
    waiting.push(overrun);
  };
  const run = (first: Task): void => {
    busy = true;
    try {
      for (let task: Task | undefined = first; task !== undefined; task = waiting.shift()) {
        if (typeof task === 'string') read(task);
        else task();
      }
    } finally {
      busy = false;
    }
  };
  return {
    enter(task) {
      if (closed) return;
      if (busy) wait(task);
      else run(task);
    },
    close() {
      closed = true;
      waiting = [];
    },
  };
}
