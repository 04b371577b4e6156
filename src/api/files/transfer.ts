import { Observable, type Subscriber, type TeardownLogic } from 'rxjs';
import { Single } from '../call.js';
import type { HttpProgress } from '../http/types.js';

/** What {@link Transfer.progress} emits: bytes as they go, of the whole file, then what the transfer ends in. */
export type TransferEvent<T> = HttpProgress | { readonly type: 'done'; readonly value: T };

/** Carries a file and feeds the subscriber; the teardown ends it. */
export type TransferRun<T> = (subscriber: Subscriber<TransferEvent<T>>) => TeardownLogic;

/**
 * A file on its way. Cold and unshared like a {@link Call}: each subscription carries the file anew, emits what it ends in once and completes.
 * It errors with a member of the `MattermostError` family, and unsubscribing aborts it. Awaiting it is one subscription.
 */
export class Transfer<T> extends Single<T> {
  readonly #run: TransferRun<T>;

  constructor(run: TransferRun<T>) {
    super((subscriber) =>
      new Observable(run).subscribe({
        next: (event) => {
          if (event.type === 'done') subscriber.next(event.value);
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
    this.#run = run;
  }

  /**
   * Bytes as they go, counted over the whole file, then what the transfer ends in. After a broken connection the count goes back to what has
   * arrived. Cold, completes after the end, errors as the transfer does.
   */
  progress(): Observable<TransferEvent<T>> {
    return new Observable(this.#run);
  }
}
