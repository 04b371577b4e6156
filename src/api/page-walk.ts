import { concatMap, defer, type Observable, type ObservableInput, type Subscriber } from 'rxjs';
import type { Single } from './call.js';
import type { PagePlan, PageQuery } from './paging.js';

/** A stream that requests no more than is taken. Cold as an Observable; `for await` works too. */
export interface LazyStream<T> extends Observable<T>, AsyncIterable<T> {}

type Fetch<P> = (at: PageQuery) => Single<P>;

/** One walk over the pages of a call: what to ask for next, and the values of each page that no earlier one had. */
export class PageWalk<P, V> {
  /** What the next page is asked for with; `undefined` after the last page. */
  at: PageQuery | undefined;
  readonly #plan: PagePlan<unknown, P>;
  readonly #turns: Generator<PageQuery, void, P>;
  readonly #valuesOf: (page: P) => readonly V[];
  readonly #seen = new Set<string>();

  constructor(plan: PagePlan<unknown, P>, given: PageQuery, valuesOf: (page: P) => readonly V[]) {
    this.#plan = plan;
    this.#turns = plan.walk(given);
    this.#valuesOf = valuesOf;
    this.at = this.#turns.next().value ?? undefined;
  }

  /** Takes the page that was asked for and returns its values. Moves {@link at} on. */
  take(page: P): readonly V[] {
    this.at = this.#turns.next(page).value ?? undefined;
    return this.#valuesOf(this.#plan.unseen(page, this.#seen));
  }
}

/** Feeds a subscriber page by page; the next page is requested when the projected values of this one have completed. */
export function walkWith<P, V, R>(
  subscriber: Subscriber<V | R>,
  walk: PageWalk<P, V>,
  fetch: Fetch<P>,
  project?: (value: V) => ObservableInput<R>,
): void {
  // Pages that come at once, as from a cache, are walked in this loop: each of them as a call in the last would exhaust the stack.
  let isInLoop = true;
  let isNextDue = true;
  while (isNextDue) {
    isNextDue = false;
    // Unsubscribed while taking this page: fetch no more.
    if (!walk.at || subscriber.closed) {
      subscriber.complete();
      return;
    }
    let hasPage = false;
    const values$ = fetch(walk.at).pipe(
      concatMap((page) => {
        hasPage = true;
        const values = walk.take(page);
        const each$ = defer(() => values);
        return project ? each$.pipe(concatMap(project)) : each$;
      }),
    );
    const next = (): void => {
      if (isInLoop) isNextDue = true;
      else walkWith(subscriber, walk, fetch, project);
    };
    subscriber.add(
      values$.subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => subscriber.error(error),
        // Without a page nothing is new since the ETag that was given.
        complete: () => (hasPage ? next() : subscriber.complete()),
      }),
    );
  }
  isInLoop = false;
}

/** Yields value by value; the next page is requested when the consumer comes back for more. */
export async function* iterate<P, V>(walk: PageWalk<P, V>, fetch: Fetch<P>): AsyncGenerator<V> {
  while (walk.at) {
    const page: P | undefined = await fetch(walk.at);
    // Nothing is new since the ETag that was given.
    if (page === undefined) return;
    yield* walk.take(page);
  }
}
