import { BehaviorSubject, filter, take, type Observable, type Subscription } from 'rxjs';

/** What REST says of the credential of the last socket. It outlives the socket, so that REST is asked but once. */
export interface Verdict {
  /** Asks, or waits for the answer that somebody else has asked for, or has it at once. */
  get(): Observable<boolean>;
  /** Forgets the answer, and who waits for it. */
  drop(): void;
}

/** @param ask emits one answer, or errors. */
export function createVerdict(ask: () => Observable<boolean>): Verdict {
  let answer: BehaviorSubject<boolean | undefined> | undefined;
  let asking: Subscription | undefined;
  return {
    get() {
      if (!answer) {
        const mine = (answer = new BehaviorSubject<boolean | undefined>(undefined));
        // It never completes: a subject that has does not replay.
        asking = ask().subscribe({ next: (said) => mine.next(said), error: (error: unknown) => mine.error(error) });
      }
      return answer.pipe(
        filter((said) => said !== undefined),
        take(1),
      );
    },
    drop() {
      asking?.unsubscribe();
      answer = undefined;
    },
  };
}
