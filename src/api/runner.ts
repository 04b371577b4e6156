import type { SchedulerLike, Subject, Subscriber, TeardownLogic } from 'rxjs';
import { ApiError, AuthenticationError, ClosedError, isMattermostError, ValidationError } from '../models/errors.js';
import { redactUrl } from '../models/redact.js';
import type { Validator } from '../models/validator.js';
import type { ApiResponse, CallMode, CallOptions, CallRunner } from './call.js';
import { encodeBytes, encodeJson, type EncodedBody } from './http/body.js';
import { parseAnswer } from './http/parse.js';
import type { HttpHandler, HttpRequest, HttpResponse } from './http/types.js';
import { buildPath, buildQuery, renameKeys } from './http/url.js';
import type { Operation } from './operation.js';
import type { PageQuery } from './paging.js';
import type { CallRecord } from './rest-options.js';

/** What a call has come to; the streams live on it. `body` and `answer` may hold secrets: never log or keep them. */
export interface Outcome {
  readonly operation: string;
  readonly path: readonly string[];
  /** As the caller gave it. */
  readonly body: unknown;
  /** HTTP status of the last answer, or 0 if none came that could be read. */
  readonly status: number;
  /** Id of the server's error, that of a refused login included; or an empty string. */
  readonly errorId: string;
  /** Parsed answer of a success, where one was read. */
  readonly answer?: unknown;
}

/** What all calls of a client share. */
export interface RunnerContext {
  /** Address of the site. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly handler: HttpHandler;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly scheduler: SchedulerLike;
  readonly outcomes: Subject<Outcome>;
  readonly records: Subject<CallRecord>;
  readonly validate: Validator | undefined;
  /** Calls under way. */
  readonly active: Set<Subscriber<never>>;
  closed: boolean;
  /** A value that no other call has. */
  unique(): string;
}

/** Whole requests that carry files the server cuts off after this time: protocol §6.7. */
const fileTimeoutMs = 300_000;

const pagesByBody = ({ method, paging }: Operation): boolean => method === 'POST' && paging !== 'lines';

/** Runs one operation with given arguments, as often as it is asked. */
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
    query: object = {},
  ) {
    this.#context = context;
    this.#operation = operation;
    this.#path = path;
    this.#body = body;
    this.#query = { ...renameKeys(operation, query), ...operation.fixed };
  }

  get given(): PageQuery {
    return pagesByBody(this.#operation) ? { ...(this.#body as object | undefined) } : this.#query;
  }

  run(mode: CallMode, options: CallOptions, subscriber: Subscriber<never>, at?: PageQuery): TeardownLogic {
    const { active, closed, handler, scheduler, validate } = this.#context;
    const operation = this.#operation;
    if (closed) {
      subscriber.error(new ClosedError(`${operation.id}: the client is closed`));
      return undefined;
    }
    const startedAtMs = scheduler.now();
    let request: HttpRequest | undefined;
    const fail = (error: unknown, status = error instanceof ApiError ? error.status : 0): void => {
      this.#report(request, startedAtMs, status, error);
      subscriber.error(error);
    };
    const refuse = (error: unknown): void =>
      fail(isMattermostError(error) ? error : new ValidationError(`${operation.id}: an argument`, 'cannot be sent'));
    const send = (bytes?: EncodedBody): void => {
      if (subscriber.closed) return;
      let made: HttpRequest;
      try {
        made = this.#request(mode, options, at, bytes ?? encodeJson(operation, this.#jsonBody(at)), startedAtMs);
      } catch (error) {
        refuse(error);
        return;
      }
      request = made;
      subscriber.add(
        handler(made).subscribe({
          next: (event) => {
            if (event.type !== 'response') {
              if (mode === 'progress') subscriber.next(event as never);
              return;
            }
            const { status, body } = event;
            let value: unknown;
            let understood: number | undefined;
            try {
              if (mode === 'raw') value = body;
              else if (status !== 304) {
                value = parseAnswer(made, event);
                // What the validator refuses has been done all the same.
                understood = status;
                validate?.answer(operation.id, value);
              }
            } catch (error) {
              fail(error, understood);
              return;
            }
            const answer = mode === 'raw' ? undefined : value;
            if (mode === 'response' || mode === 'progress') value = toResponse(event, value);
            if (mode === 'progress') value = { type: 'response', response: value };
            if (mode !== 'value' || status !== 304) subscriber.next(value as never);
            // Afterwards: who hears of a login may give up the call that it was made for, and the token must be in hand by then.
            this.#report(made, startedAtMs, status, undefined, answer);
          },
          error: (error: unknown) => fail(error),
          complete: () => subscriber.complete(),
        }),
      );
    };
    active.add(subscriber);
    subscriber.add(() => active.delete(subscriber));
    abortWith(options.signal, subscriber);
    if (operation.form) encodeBytes(operation, this.#body).then(send, refuse);
    else send();
    return undefined;
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
    const headers = withHeaders(context.headers, options, contentType);
    const read = mode === 'raw' ? mode : operation.answer === 'blob' ? 'blob' : 'text';
    const carriesFile = operation.form !== undefined || read !== 'text';
    const timeoutMs = options.timeoutMs ?? (carriesFile ? fileTimeoutMs : context.timeoutMs);
    return {
      operation,
      method: operation.method,
      url:
        context.url +
        (operation.root ? '' : '/api/v4') +
        buildPath(operation, this.#path) +
        buildQuery(operation, at && !pagesByBody(operation) ? { ...this.#query, ...at } : this.#query),
      headers,
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

  #report(
    request: HttpRequest | undefined,
    startedAtMs: number,
    status: number,
    error?: unknown,
    answer?: unknown,
  ): void {
    // Never sent: nothing came of it.
    if (!request) return;
    const { method, url, meter } = request;
    const { outcomes, records, scheduler } = this.#context;
    const operation = this.#operation.id;
    if (outcomes.observed) {
      const errorId = error instanceof ApiError || error instanceof AuthenticationError ? error.id : '';
      outcomes.next({ operation, path: this.#path, body: this.#body, status, errorId, answer });
    }
    if (records.observed) {
      const { attempts } = meter;
      records.next({
        operation,
        method,
        url: redactUrl(url),
        status,
        attempts,
        durationMs: scheduler.now() - startedAtMs,
        error,
      });
    }
  }
}

/** The headers of a call. Where a call adds none it is the object that all share, so that those below can tell by identity. */
function withHeaders(
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

function toResponse({ status, headers }: HttpResponse, data: unknown): ApiResponse<unknown> {
  const header = (name: string): string | undefined => headers.get(name) ?? undefined;
  return {
    data,
    status,
    // Made when asked for, as few callers do.
    get headers() {
      if (headers instanceof Headers) return headers;
      const copy = new Headers();
      headers.forEach((value, name) => copy.append(name, value));
      return copy;
    },
    etag: header('etag'),
    requestId: header('x-request-id'),
    serverVersion: /^\d+\.\d+\.\d+/.exec(header('x-version-id') ?? '')?.[0],
  };
}

function abortWith(signal: AbortSignal | undefined, subscriber: Subscriber<never>): void {
  if (!signal) return;
  const abort = (): void => subscriber.error(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  subscriber.add(() => signal.removeEventListener('abort', abort));
}
