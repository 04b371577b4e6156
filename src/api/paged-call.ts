import { Observable, type ObservableInput } from 'rxjs';
import type { CallOptions } from './call-options.js';
import { Call, Single, type CallRunner } from './call.js';
import { iterate, PageWalk, walkWith, type LazyStream } from './page-walk.js';
import type { PagePlan, PageQuery } from './paging.js';

/**
 * A call that the server pages. By itself it is the one page that its query asks for; {@link pages} and {@link items} go on to the end,
 * `per_page` rows at a time (200 at most, 100 unless the query says). `P` is a page, `T` a row.
 */
export class PagedCall<T, P = T[]> extends Call<P> {
  readonly #runner: CallRunner;
  readonly #options: CallOptions;
  readonly #plan: PagePlan<T, P>;

  constructor(runner: CallRunner, options: CallOptions, plan: PagePlan<T, P>) {
    super(runner, options);
    this.#runner = runner;
    this.#options = options;
    this.#plan = plan;
  }

  /**
   * Page after page, without the rows that an earlier page had (rows that are added meanwhile push others onto the next page), and without
   * pages that have no row left. The next page is requested only when this one has been taken: by `for await` when it comes back for more,
   * by a subscriber if it is still subscribed.
   * Completes after the last page, errors as the call does and with `ProtocolError` where the server cannot give what follows; unsubscribing
   * aborts the request under way.
   *
   * @param project like that of `concatMap`, but with back-pressure: the next page waits until what `project` returns has completed.
   */
  pages(): LazyStream<P>;
  pages<R>(project: (page: P) => ObservableInput<R>): Observable<R>;
  pages<R>(project?: (page: P) => ObservableInput<R>): LazyStream<P> | Observable<R> {
    return this.#walk((page) => (this.#plan.rows(page).length > 0 ? [page] : []), project);
  }

  /**
   * Row after row of all pages, none twice. As lazy as {@link pages}, to which it is like in all else.
   *
   * @param project like that of `concatMap`, but with back-pressure: the next row waits until what `project` returns has completed.
   * @example
   * client.users.getUsers({ in_team }).items().pipe(take(500));
   * for await (const user of client.users.getUsers({ in_team }).items()) await greet(user);
   */
  items(): LazyStream<T>;
  items<R>(project: (row: T) => ObservableInput<R>): Observable<R>;
  items<R>(project?: (row: T) => ObservableInput<R>): LazyStream<T> | Observable<R> {
    return this.#walk((page) => this.#plan.rows(page), project);
  }

  protected override copy(runner: CallRunner, options: CallOptions): PagedCall<T, P> {
    return new PagedCall(runner, options, this.#plan);
  }

  #walk<V, R>(valuesOf: (page: P) => readonly V[], project?: (value: V) => ObservableInput<R>): LazyStream<V> {
    const fetch = (at: PageQuery): Single<P> =>
      new Single((subscriber) => this.#runner.run<P>('value', this.#options, at).subscribe(subscriber));
    const begin = (): PageWalk<P, V> => new PageWalk(this.#plan, this.#runner.given, valuesOf);
    const values$ = new Observable<V | R>((subscriber) => walkWith(subscriber, begin(), fetch, project));
    return Object.assign(values$ as Observable<V>, { [Symbol.asyncIterator]: () => iterate(begin(), fetch) });
  }
}
