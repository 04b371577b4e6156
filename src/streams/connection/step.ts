import { Subscription, type Observable } from 'rxjs';
import type { Inbox } from './inbox.js';

/** The one thing that is under way: the question for a credential, a socket, or a wait. */
export interface Step {
  /**
   * Switches to another source; results of the one before are ignored. `next` and `failed` run as tasks of the inbox; texts are put
   * into it as they are.
   */
  start<T>(source: Observable<T | string>, next: (value: T) => void, failed?: (error: unknown) => void): void;
  /** Ends something else together with the present step. */
  add(companion: Subscription): void;
  /** Ends the present step. */
  stop(): void;
  /** Ends the present step, and starts no other. */
  close(): void;
}

/** Makes a step that waits for nothing. */
export function createStep(inbox: Inbox): Step {
  let present = Subscription.EMPTY;
  let closed = false;
  const stop = (): void => present.unsubscribe();
  return {
    start(source, next, failed) {
      stop();
      if (closed) return;
      const mine = (present = new Subscription());
      const enter = (task: () => void): void =>
        inbox.enter(() => {
          if (!mine.closed) task();
        });
      mine.add(
        source.subscribe({
          next: (value) => (typeof value === 'string' ? inbox.enter(value) : enter(() => next(value))),
          ...(failed && { error: (error: unknown) => enter(() => failed(error)) }),
        }),
      );
    },
    add: (companion) => present.add(companion),
    stop,
    close() {
      closed = true;
      stop();
    },
  };
}
