import { Observable } from 'rxjs';
import type { CallOptions } from './call-options.js';
import type { PageQuery } from './paging.js';

/** Bytes to send. A stream is sent once, as it is read; what carries one is not repeated, unless it goes into a form. */
export type BinaryInput = Blob | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

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

/** Makes the requests of a call. The pipeline gives it. */
export interface CallRunner {
  /** Cold: a subscription is a request, and unsubscribing aborts it. `at` adds to what is {@link given}. */
  run<T>(mode: CallMode, options: CallOptions, at?: PageQuery): Observable<T>;
  /** Where the route pages: the body of a POST, else the query. */
  readonly given: PageQuery;
}

/** An Observable that emits at most once and can be awaited: each `then` subscribes. Without a value it resolves to `undefined`. */
export class Single<T> extends Observable<T> implements PromiseLike<T> {
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const settled = new Promise<T>((resolve, reject) => {
      let last: T;
      this.subscribe({ next: (value) => (last = value), error: reject, complete: () => resolve(last) });
    });
    return settled.then(onFulfilled, onRejected);
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
    super((subscriber) => runner.run<T>('value', options).subscribe(subscriber));
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
    return new Single((subscriber) => this.#runner.run<R>(mode, this.#options).subscribe(subscriber));
  }
}
