import { catchError, from, mergeMap, Observable } from 'rxjs';
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
  /** For each call under way, what ends it when the client is closed. */
  readonly active: Set<(reason: unknown) => void>;
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
    return new Observable<T>((subscriber) => {
      const { signal } = options;
      const { active } = this.#context;
      let isAnswered = false;
      // A call that is ended from within its answer has not failed.
      const end = (reason: unknown): void => (isAnswered ? subscriber.complete() : subscriber.error(reason));
      active.add(end);
      subscriber.add(() => active.delete(end));
      if (signal) subscriber.add(onAbort(signal, end));
      // Aborted already, or unsubscribed before it began, as by the projection that made the call: nothing is sent.
      if (subscriber.closed) return;
      this.#answer<T>(mode, options, at, () => (isAnswered = true)).subscribe(subscriber);
    });
  }

  #answer<T>(mode: CallMode, options: CallOptions, at: PageQuery | undefined, onAnswer: () => void): Observable<T> {
    const operation = this.#operation;
    const context = this.#context;
    if (context.isClosed()) throw new ClosedError(`${operation.id}: the client is closed`);
    const startedAtMs = context.scheduler.now();
    const send = (encoded: EncodedBody): Observable<T> => {
      const request = this.#request(mode, options, at, encoded, startedAtMs);
      const call = { request, mode, path: this.#path, body: this.#body, startedAtMs, onAnswer };
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

/** Calls `end` with the signal's reason once it is aborted, at once if it is. Returns what stops listening. */
function onAbort(signal: AbortSignal, end: (reason: unknown) => void): () => void {
  const abort = (): void => end(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  return () => signal.removeEventListener('abort', abort);
}
