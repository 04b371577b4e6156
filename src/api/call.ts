import { concatMap, defer, Observable, type ObservableInput, type Observer } from 'rxjs';
import type { RetryOptions } from './pipeline/retry.js';
import type { Receiver } from './http/link.js';
import { Scope } from './http/scope.js';
import type { PagePlan, PageQuery } from './paging.js';

/** Bytes to send. A stream is sent once, as it is read; what carries one is not repeated, unless it goes into a form. */
export type BinaryInput = Blob | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** What can be set for one call; see {@link Call.with}. */
export interface CallOptions {
  /**
   * Bound of the whole call, its attempts, waits and logins included, in milliseconds; `Infinity` for none.
   * @default the client's `timeoutMs`; where files go up or down 300_000, which is what the server gives them
   */
  readonly timeoutMs?: number;
  /**
   * Bound of one attempt, in milliseconds; `Infinity` for none. A slow attempt is given up for the sake of the next.
   * @default the client's `attemptTimeoutMs`; where files go up or down as long as the call
   */
  readonly attemptTimeoutMs?: number;
  /** How to repeat, or `false` to try once. @default the client's `retry` */
  readonly retry?: RetryOptions | false;
  /** More headers, or other values; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * ETag of an earlier answer. If nothing has changed since, the call completes without a value, so that it emits news alone, and
   * `response()` emits status 304 without data.
   */
  readonly ifNoneMatch?: string;
  /** Aborts the call from outside; it errors with the signal's reason. Unsubscribing does the same without a signal. */
  readonly signal?: AbortSignal;
}

/** An answer with what came around it. */
export interface ApiResponse<T> {
  /** `undefined` only with status 304. */
  readonly data: T;
  readonly status: number;
  readonly headers: Headers;
  /** For `ifNoneMatch`, to be given back as it is. */
  readonly etag: string | undefined;
  /** Id under which the server's log has this request. */
  readonly requestId: string | undefined;
  /** Such as `11.6.0`. */
  readonly serverVersion: string | undefined;
}

/** What {@link Call.progress} emits: bytes as they go, then the answer. */
export type ProgressEvent<T> =
  | { readonly type: 'upload' | 'download'; readonly loadedBytes: number; readonly totalBytes?: number }
  | { readonly type: 'response'; readonly response: ApiResponse<T> };

/** In which form a call gives its answer. */
export type CallMode = 'value' | 'response' | 'raw' | 'progress';

/** What runs a call. The pipeline gives it. */
export interface CallRunner {
  /** Makes the request and feeds the receiver, whose end aborts it. `at` adds to what is {@link given}. */
  run(mode: CallMode, options: CallOptions, receiver: Receiver<never>, at?: PageQuery): void;
  /** Where the route pages: the body of a POST, else the query. */
  readonly given: PageQuery;
}

/** An Observable that emits once and can be awaited: each `then` subscribes. */
export class Single<T> extends Observable<T> implements PromiseLike<T> {
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return toPromise(this).then(onFulfilled, onRejected);
  }
}

/** The one value of an Observable; `undefined` if there is none. */
function toPromise<T>(source: Observable<T>): Promise<T> {
  return new Promise((resolve, reject) => source.subscribe(new Settlement(resolve, reject)));
}

/** What settles a promise. An Observable takes it for a Subscriber, and makes none. */
class Settlement<T> extends Scope implements Observer<T> {
  #value: T | undefined;

  constructor(
    readonly resolve: (value: T) => void,
    readonly error: (reason: unknown) => void,
  ) {
    super();
  }

  next(value: T): void {
    this.#value = value;
  }

  complete(): void {
    this.unsubscribe();
    this.resolve(this.#value as T);
  }
}

/**
 * A call of the API. Cold and unshared: each subscription is a request, emits its answer once and completes. It errors with a member of the
 * `MattermostError` family, and unsubscribing aborts the request. Awaiting it is one subscription.
 *
 * @example
 * const me = await client.users.getUser('me');
 * client.users.getUser('me').subscribe((me) => console.log(me.username));
 */
export class Call<T> extends Single<T> {
  readonly #runner: CallRunner;
  readonly #options: CallOptions;

  constructor(runner: CallRunner, options: CallOptions = {}) {
    super((subscriber) => runner.run('value', options, subscriber));
    this.#runner = runner;
    this.#options = options;
  }

  /** The answer with its status, headers, ETag, request id and server version. Like the call in all else. */
  response(): Single<ApiResponse<T>> {
    return this.#as('response');
  }

  /**
   * The answer as an untouched `Response` whose body is unread; from then on it is the subscriber's, and so is the time that it takes. Like the
   * call in all else: statuses of 400 and above are errors.
   */
  raw(): Single<Response> {
    return this.#as('raw');
  }

  /**
   * Bytes as they go up and come down, then the answer; an attempt that is repeated starts to count anew. Where a platform cannot count, fewer
   * events come. Cold, completes after the answer, errors as the call does.
   */
  progress(): Observable<ProgressEvent<T>> {
    return this.#as('progress');
  }

  /**
   * The same call with other options; options that are not given stay.
   *
   * @example
   * await client.users.getUser(id).with({ timeoutMs: 2_000, retry: false });
   */
  with(options: CallOptions): this {
    return this.copy(this.#runner, { ...this.#options, ...options }) as this;
  }

  /** Makes the copy of {@link with}. */
  protected copy(runner: CallRunner, options: CallOptions): Call<T> {
    return new Call(runner, options);
  }

  #as<R>(mode: CallMode): Single<R> {
    return new Single((subscriber) => this.#runner.run(mode, this.#options, subscriber));
  }
}

type Turn = IteratorResult<PageQuery, void>;

/** A stream that asks for no more than is taken. Cold as an Observable; `for await` works too. */
export interface LazyStream<T> extends Observable<T>, AsyncIterable<T> {}

/**
 * A call that the server pages. By itself it is the one page that its query asks for; {@link pages} and {@link items} go on from there to the
 * end, `per_page` rows at a time (200 at most, 100 unless the query says). `P` is a page, `T` a row.
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
   * pages that have no row left. The next page
   * is requested only when this one has been taken: by `for await` when it comes back for more, by a subscriber when it is still there.
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
    const plan = this.#plan;
    const begin = () => {
      const walk = plan.walk(this.#runner.given);
      const seen = new Set<string>();
      return {
        start: () => walk.next(),
        /** The values of a page, and what comes after it. */
        take: (page: P) => ({ turn: walk.next(page), values: valuesOf(plan.unseen(page, seen)) }),
      };
    };
    const fetch = (at: PageQuery): Observable<P> =>
      new Single((subscriber) => this.#runner.run('value', this.#options, subscriber, at));
    const stream = new Observable<V | R>((subscriber) => {
      const { start, take } = begin();
      const step = (turn: Turn): void => {
        // Who has left within this page wants no other.
        if (turn.done || subscriber.closed) {
          subscriber.complete();
          return;
        }
        let next: Turn = { done: true, value: undefined };
        subscriber.add(
          fetch(turn.value)
            .pipe(
              concatMap((page) => {
                const taken = take(page);
                next = taken.turn;
                const values = defer(() => taken.values);
                return project ? values.pipe(concatMap(project)) : values;
              }),
            )
            .subscribe({
              next: (value) => subscriber.next(value),
              error: (error: unknown) => subscriber.error(error),
              complete: () => step(next),
            }),
        );
      };
      step(start());
    });
    const iterate = async function* (): AsyncGenerator<V> {
      const { start, take } = begin();
      for (let turn = start(); !turn.done;) {
        const page: P | undefined = await toPromise(fetch(turn.value));
        // Nothing is new since the ETag that was given.
        if (page === undefined) return;
        const taken = take(page);
        yield* taken.values;
        turn = taken.turn;
      }
    };
    return Object.assign(stream as Observable<V>, { [Symbol.asyncIterator]: iterate });
  }
}
