import type { Observable } from 'rxjs';
import type { CallOptions } from '../call-options.js';
import type { HttpMethod, Operation } from '../operation.js';

/** A body as a transport takes it. */
export type Payload = string | Uint8Array<ArrayBuffer> | Blob | FormData | ReadableStream<Uint8Array>;

/** What an interceptor and a transport see of a request. Immutable: a change is a copy. */
export interface HttpRequest {
  readonly operation: Operation;
  readonly method: HttpMethod;
  readonly url: string;
  /** Lower-case names. From the auth interceptor on they hold the credential: never log them without `redactHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Payload | undefined;
  /** False for a stream, which can be sent only once. */
  readonly replayable: boolean;
  /** How a good answer is read: whole as text or bytes, or handed over unread as a `Response`. An answer of status 400 or above is text. */
  readonly read: 'text' | 'blob' | 'raw';
  /** Whether progress events are wanted. */
  readonly progress: boolean;
  /** Whether the platform's cookies go along. Only browsers know any. */
  readonly credentials: 'omit' | 'include';
  readonly options: CallOptions;
  /** Longest time of the whole call, in milliseconds. */
  readonly timeoutMs: number;
  /** When that is over, by the clock of the client's scheduler. */
  readonly endsAtMs: number;
  /** Longest time of one attempt, in milliseconds. */
  readonly attemptTimeoutMs: number;
  /** What the attempts of this call have in common; the one object that all copies share. */
  readonly meter: { attempts: number; firstAtMs: number };
}

/** The part of WHATWG `Headers` that is used here; names are given in lower case. */
export type HeaderReader = Pick<Headers, 'get' | 'forEach'>;

/** The answer, of whatever status. */
export interface HttpResponse {
  readonly type: 'response';
  readonly status: number;
  readonly headers: HeaderReader;
  /** As `read` of the request asked. */
  readonly body: string | Blob | Response;
}

/** Bytes that went up or came down so far. `totalBytes` is absent where it is not known. */
export interface HttpProgress {
  readonly type: 'upload' | 'download';
  readonly loadedBytes: number;
  readonly totalBytes?: number;
}

/** Progress, then one answer. */
export type HttpEvent = HttpProgress | HttpResponse;

/**
 * Sends a request. Cold; emits any progress, then one answer, then completes; unsubscribing before that aborts. To interceptors an answer
 * of status 400 or above, and one that is a redirect, is an error.
 */
export type HttpHandler = (request: HttpRequest) => Observable<HttpEvent>;

/**
 * The last link of the pipeline: what really sends. Emits answers of every status and errors with whatever keeps it from getting one;
 * the pipeline turns both into errors of the `MattermostError` family.
 */
export type Transport = HttpHandler;

/** A link of the pipeline: may change the request or the answer, or ask `next` again. */
export type Interceptor = (request: HttpRequest, next: HttpHandler) => Observable<HttpEvent>;
