import { ClosedError, isMattermostError, ValidationError } from '../models/errors.js';
import type { CallMode, CallOptions, CallRunner } from './call.js';
import { encodeBytes, encodeJson, type EncodedBody } from './http/body.js';
import type { Receiver, Send } from './http/link.js';
import type { HttpRequest } from './http/types.js';
import { buildPath, buildQuery, renameKeys } from './http/url.js';
import type { Operation } from './operation.js';
import type { PageQuery } from './paging.js';
import { Reception, type Received, type ReceptionContext } from './reception.js';

/** What all calls of a client share. */
export interface RunnerContext extends ReceptionContext {
  /** Address of the site. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly send: Send;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  closed: boolean;
  /** A value that no other call has. */
  unique(): string;
}

/** Whole requests that carry files the server cuts off after this time: protocol §6.7. */
const fileTimeoutMs = 300_000;

const none = {};

const pagesByBody = ({ method, paging }: Operation): boolean => method === 'POST' && paging !== 'lines';

/** Runs one operation with given arguments, as often as it is asked. */
export class Runner implements CallRunner, Received {
  readonly #query: PageQuery;

  constructor(
    readonly context: RunnerContext,
    readonly operation: Operation,
    readonly path: readonly string[],
    readonly body: unknown,
    query: object | undefined,
  ) {
    const { fixed } = operation;
    this.#query = query || fixed ? { ...renameKeys(operation, query), ...fixed } : none;
  }

  get given(): PageQuery {
    return pagesByBody(this.operation) ? { ...(this.body as object | undefined) } : this.#query;
  }

  run(mode: CallMode, options: CallOptions, receiver: Receiver<never>, at?: PageQuery): void {
    const { closed, send } = this.context;
    const operation = this.operation;
    if (closed) {
      receiver.error(new ClosedError(`${operation.id}: the client is closed`));
      return;
    }
    const reception = new Reception(this, mode, receiver);
    const refuse = (error: unknown): void =>
      reception.abort(
        isMattermostError(error)
          ? error
          : new ValidationError(`${operation.id}: an argument`, 'must be a value that can be sent'),
      );
    const begin = (bytes?: EncodedBody): void => {
      if (reception.closed) return;
      let request: HttpRequest;
      try {
        request = this.#request(
          mode,
          options,
          at,
          bytes ?? encodeJson(operation, this.#jsonBody(at)),
          reception.startedAtMs,
        );
      } catch (error) {
        refuse(error);
        return;
      }
      reception.request = request;
      send(request, reception);
    };
    abortWith(options.signal, reception);
    if (operation.form) encodeBytes(operation, this.body).then(begin, refuse);
    else begin();
  }

  /** The body under the names that the server reads, with a fresh key where the server knows repeats by one. */
  #jsonBody(at: PageQuery | undefined): unknown {
    const { dedupe } = this.operation;
    const given = at && pagesByBody(this.operation) ? { ...(this.body as object | undefined), ...at } : this.body;
    const body: unknown = renameKeys(this.operation, given);
    if (!dedupe || typeof body !== 'object' || body === null || (body as Record<string, unknown>)[dedupe]) return body;
    return { ...body, [dedupe]: this.context.unique() };
  }

  #request(
    mode: CallMode,
    options: CallOptions,
    at: PageQuery | undefined,
    { payload, contentType, replayable }: EncodedBody,
    startedAtMs: number,
  ): HttpRequest {
    const operation = this.operation;
    const context = this.context;
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
        buildPath(operation, this.path) +
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

function abortWith(signal: AbortSignal | undefined, reception: Reception): void {
  if (!signal) return;
  const abort = (): void => reception.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  reception.add(() => signal.removeEventListener('abort', abort));
}
