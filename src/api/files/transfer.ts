import { Observable, type Subscriber, type TeardownLogic } from 'rxjs';
import { Single } from '../call.js';
import type { HttpProgress } from '../http/types.js';

/** What {@link Transfer.progress} emits: bytes of the whole file as they go, then the result. */
export type TransferEvent<T> = HttpProgress | { readonly type: 'done'; readonly value: T };

/** Runs a transfer and feeds the subscriber; the teardown aborts it. */
export type TransferRun<T> = (subscriber: Subscriber<TransferEvent<T>>) => TeardownLogic;

/**
 * A transfer of a file. Cold and unshared like a {@link Call}: each subscription is a new transfer, emits its result once and completes.
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
   * Bytes as they go, counted over the whole file, then the result. After a broken connection the count goes back to what has arrived.
   * Cold; completes after the result, errors as the transfer does; unsubscribing aborts it.
   */
  progress(): Observable<TransferEvent<T>> {
    return new Observable(this.#run);
  }
}
