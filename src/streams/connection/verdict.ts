import { defer, Subject, take, type Observable, type Subscription } from 'rxjs';
import { merge } from '../merge.js';

/** What REST says of the credential of the last socket. It outlives the socket, so that REST is asked but once. */
export interface Verdict {
  /** Asks, or waits for the answer that somebody else has asked for, or has it at once. */
  get(): Observable<boolean>;
  /** Forgets the answer, and who waits for it. */
  drop(): void;
}

/** @param ask emits one answer, or errors. */
export function createVerdict(ask: () => Observable<boolean>): Verdict {
  let answer$: Observable<boolean> | undefined;
  let asking: Subscription | undefined;
  return {
    get() {
      if (!answer$) {
        const answers = new Subject<boolean>();
        let known: readonly boolean[] = [];
        answer$ = merge(
          answers,
          defer(() => known),
        ).pipe(take(1));
        asking = ask().subscribe({
          next(renewed) {
            known = [renewed];
            answers.next(renewed);
          },
          error: (error: unknown) => answers.error(error),
        });
      }
      return answer$;
    },
    drop() {
      asking?.unsubscribe();
      answer$ = undefined;
    },
  };
}
