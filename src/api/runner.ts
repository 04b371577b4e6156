import { catchError, from, mergeMap, Observable, takeUntil, type Observer } from 'rxjs';
import { ClosedError, isMattermostError, ValidationError } from '../models/errors.js';
import type { CallOptions } from './call-options.js';
import type { CallMode, CallRunner } from './call.js';
import { encodeBytes, encodeJson, type EncodedBody } from './http/body.js';
import type { HttpHandler, HttpRequest } from './http/types.js';
import { buildPath, buildQuery, renameKeys } from './http/url.js';
import type { Operation } from './operation.js';
import type { PageQuery } from './paging.js';
import { readAnswer, type ReportContext } from './read-answer.js';

/** What all calls of a client share. */
export interface RunnerContext extends ReportContext {
  /** Address of the site. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly send: HttpHandler;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  /** Subscribers of the calls under way, which fail when the client is closed. */
  readonly active: Set<Pick<Observer<never>, 'error'>>;
  /** Whether the client is closed: no call is made any more. */
  readonly isClosed: () => boolean;
  /** A value that no other call has. */
  unique(): string;
}

/** Whole requests that carry files the server cuts off after this time: protocol §6.7. */
const fileTimeoutMs = 300_000;

const noQuery = {};

/** Runs one operation with given arguments, as often as it is subscribed. */
export class Runner implements CallRunner {
  readonly #context: RunnerContext;
  readonly #operation: Operation;
  readonly #path: readonly string[];
  readonly #body: unknown;
  readonly #query: PageQuery;

  constructor(
    context: RunnerContext,
    operation: Operation,
    path: readonly string[],
    body: unknown,
    query: object | undefined,
  ) {
    const { fixed } = operation;
    this.#context = context;
    this.#operation = operation;
    this.#path = path;
    this.#body = body;
    this.#query = query || fixed ? { ...renameKeys(operation, query), ...fixed } : noQuery;
  }

  get given(): PageQuery {
    return pagesByBody(this.#operation) ? { ...(this.#body as object | undefined) } : this.#query;
  }

  run<T>(mode: CallMode, options: CallOptions, at?: PageQuery): Observable<T> {
    const { signal } = options;
    const call$ = new Observable<T>((subscriber) => {
      const { active } = this.#context;
      active.add(subscriber);
      subscriber.add(() => active.delete(subscriber));
      return this.#answer<T>(mode, options, at).subscribe(subscriber);
    });
    return signal ? call$.pipe(takeUntil(abortOf(signal))) : call$;
  }

  #answer<T>(mode: CallMode, options: CallOptions, at: PageQuery | undefined): Observable<T> {
    const operation = this.#operation;
    const context = this.#context;
    if (context.isClosed()) throw new ClosedError(`${operation.id}: the client is closed`);
    const startedAtMs = context.scheduler.now();
    const send = (encoded: EncodedBody): Observable<T> => {
      const request = this.#request(mode, options, at, encoded, startedAtMs);
      const call = { request, mode, path: this.#path, body: this.#body, startedAtMs };
      return readAnswer<T>(context, call, context.send(request));
    };
    if (!operation.form) return send(encodeJson(operation, this.#jsonBody(at)));
    return from(encodeBytes(operation, this.#body)).pipe(
      catchError((error: unknown) => {
        // Reading the bytes failed, as of a file that is gone.
        throw isMattermostError(error) ? error : new ValidationError(`${operation.id}: body`, 'must be readable');
      }),
      mergeMap(send),
    );
  }

  /** The body under the names that the server reads, with a fresh key where the server knows repeats by one. */
  #jsonBody(at: PageQuery | undefined): unknown {
    const { dedupe } = this.#operation;
    const given = at && pagesByBody(this.#operation) ? { ...(this.#body as object | undefined), ...at } : this.#body;
    const body: unknown = renameKeys(this.#operation, given);
    if (!dedupe || typeof body !== 'object' || body === null || (body as Record<string, unknown>)[dedupe]) return body;
    return { ...body, [dedupe]: this.#context.unique() };
  }

  #request(
    mode: CallMode,
    options: CallOptions,
    at: PageQuery | undefined,
    { payload, contentType, replayable }: EncodedBody,
    startedAtMs: number,
  ): HttpRequest {
    const operation = this.#operation;
    const context = this.#context;
    const read = mode === 'raw' ? mode : operation.answer === 'blob' ? 'blob' : 'text';
    const carriesFile = operation.form !== undefined || read !== 'text';
    const timeoutMs = options.timeoutMs ?? (carriesFile ? fileTimeoutMs : context.timeoutMs);
    return {
      operation,
      method: operation.method,
      url: this.#url(at),
      headers: headersOf(context.headers, options, contentType),
      body: payload,
      replayable,
      read,
      progress: mode === 'progress',
      credentials: 'omit',
      options,
      timeoutMs,
      endsAtMs: startedAtMs + timeoutMs,
      attemptTimeoutMs: options.attemptTimeoutMs ?? (carriesFile ? timeoutMs : context.attemptTimeoutMs),
      meter: { attempts: 0, firstAtMs: startedAtMs },
    };
  }

  #url(at: PageQuery | undefined): string {
    const operation = this.#operation;
    const query = at && !pagesByBody(operation) ? { ...this.#query, ...at } : this.#query;
    const base = operation.root ? '' : '/api/v4';
    return this.#context.url + base + buildPath(operation, this.#path) + buildQuery(operation, query);
  }
}

const pagesByBody = ({ method, paging }: Operation): boolean => method === 'POST' && paging !== 'lines';

/** The headers of a call. Where a call adds none it is the object that all calls share, so that signing can reuse what it made of it. */
function headersOf(
  shared: Readonly<Record<string, string>>,
  { headers, ifNoneMatch }: CallOptions,
  contentType: string | undefined,
): Readonly<Record<string, string>> {
  if (!contentType && !headers && ifNoneMatch === undefined) return shared;
  return {
    ...shared,
    ...(contentType && { 'content-type': contentType }),
    ...headers,
    ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
    // 5.37 compresses ranges, with offsets that then fit nothing: protocol §8.3.
    ...(headers?.['range'] && { 'accept-encoding': 'identity' }),
  };
}

/** Errors with the signal's reason when it is aborted. */
function abortOf(signal: AbortSignal): Observable<never> {
  return new Observable((subscriber) => {
    const abort = (): void => subscriber.error(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    return () => signal.removeEventListener('abort', abort);
  });
}
