import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Observable, type Subscriber } from 'rxjs';
import type { Dispatcher } from 'undici';
import { toBytes } from '../body.js';
import { counter } from '../streams.js';
import type { HttpEvent, HttpRequest, Transport } from '../types.js';
import { ResponseReceiver, type RawAnswer } from './undici-response-receiver.node.js';

/**
 * A dispatcher of `undici`, such as an `Agent` or a `ProxyAgent`. Declared with one method only, so that users of this library need not load the
 * types of `undici` and Node.
 */
export interface DispatcherLike {
  dispatch(options: never, handler: never): boolean;
}

/** Options of {@link undiciTransport}. */
export interface UndiciTransportOptions {
  /** Proxy, TLS and pool settings, such as a `ProxyAgent`. @default the global dispatcher at the time of the request */
  readonly dispatcher?: DispatcherLike;
}

type Undici = typeof import('undici');
type Body = Exclude<Dispatcher.DispatchOptions['body'], undefined>;
type Headers = Readonly<Record<string, string>>;

let loading: Promise<Undici> | undefined;
let loaded: Undici | undefined;

const inflate = promisify(gunzip);
const sliceBytes = 65_536;
const maxRedirects = 5;

/**
 * Sends over a dispatcher of `undici`, the fastest way on Node, with its proxies and TLS options. `undici` is loaded with the first request.
 */
export function undiciTransport({ dispatcher }: UndiciTransportOptions = {}): Transport {
  const through = dispatcher as Dispatcher | undefined;
  return (request) =>
    new Observable((subscriber) => {
      if (loaded) return send(loaded, through, request, subscriber);
      (loading ??= import('undici')).then(
        (undici) => {
          loaded = undici;
          subscriber.add(send(undici, through, request, subscriber));
        },
        (error: unknown) => subscriber.error(error),
      );
      return undefined;
    });
}

/** Sends one request and follows its redirects; returns the teardown, which aborts it. */
function send(
  undici: Undici,
  dispatcher: Dispatcher | undefined,
  request: HttpRequest,
  subscriber: Subscriber<HttpEvent>,
): () => void {
  const { method, read, progress } = request;
  let receiver: ResponseReceiver | undefined;
  let settled = false;
  const fail = (error: unknown): void => {
    settled = true;
    subscriber.error(error);
  };
  const emit = (event: HttpEvent): void => subscriber.next(event);
  const take = async (hop: Hop, answer: RawAnswer): Promise<void> => {
    const next = nextHop(method, hop, answer);
    if (next) {
      dispatch(next);
      return;
    }
    const body = await readBody(read, hop.url, answer);
    settled = true;
    emit({ type: 'response', status: answer.status, headers: answer.headers, body });
    subscriber.complete();
  };
  const dispatch = (hop: Hop): void => {
    // Loading `undici` and reading the body take a while.
    if (subscriber.closed) return;
    const { url, headers, body } = hop;
    const slash = url.indexOf('/', url.indexOf('//') + 2);
    const options = { origin: url.slice(0, slash), path: url.slice(slash), method, headers, body };
    // What follows a promise runs in the context of its caller, not in that of the socket.
    new Promise<RawAnswer>((resolve, reject) => {
      receiver = new ResponseReceiver(read === 'raw', progress ? emit : undefined, resolve, reject);
      (dispatcher ?? undici.getGlobalDispatcher()).dispatch(options, receiver);
    })
      .then((answer) => take(hop, answer))
      .catch(fail);
  };
  const first = firstHop(request, emit);
  if (first instanceof Promise) first.then(dispatch).catch(fail);
  else dispatch(first);
  return () => {
    // An unread answer belongs to the caller.
    if (!settled) receiver?.abort();
  };
}

/** One request of a chain of redirects. */
interface Hop {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Body;
  readonly redirects: number;
}

/** The request as `undici` takes it; a promise if its body has to be read first. */
function firstHop(request: HttpRequest, emit: (event: HttpEvent) => void): Hop | Promise<Hop> {
  const { url, body, read, progress } = request;
  // Callers of `raw()` do not expect compressed bytes.
  const headers =
    read === 'raw' ? { 'accept-encoding': 'identity', ...request.headers } : acceptingGzip(request.headers);
  const hop = { url, headers, redirects: 0 };
  if (body === undefined || typeof body === 'string' || (!progress && !(body instanceof FormData))) {
    return { ...hop, body: (body ?? null) as Body };
  }
  if (body instanceof ReadableStream) {
    return { ...hop, body: toBody(body.pipeThrough(counter('upload', undefined, emit))) };
  }
  return toBlob(body).then(({ blob, type }) => {
    const known = { ...(type && { 'content-type': type }), 'content-length': String(blob.size) };
    return { ...hop, headers: { ...headers, ...known }, body: toBody(slices(blob, emit)) };
  });
}

/** Where a redirect leads; `undefined` if the answer is none, or one too many. */
function nextHop(method: string, { url, headers, redirects }: Hop, answer: RawAnswer): Hop | undefined {
  const { status } = answer;
  const location = status > 300 && status < 400 && /GET|HEAD/.test(method) && answer.headers.get('location');
  if (!location || redirects >= maxRedirects) return undefined;
  const next = new URL(location, url);
  return {
    url: next.href,
    headers: next.origin === new URL(url).origin ? headers : withoutCredential(headers),
    body: null,
    redirects: redirects + 1,
  };
}

async function readBody(read: HttpRequest['read'], url: string, answer: RawAnswer): Promise<string | Blob | Response> {
  const { status, headers, body } = answer;
  const asText = status >= 400 || read === 'text';
  if (!asText && read === 'raw') return toResponse(url, answer);
  let bytes = body as Buffer<ArrayBuffer>;
  if (bytes.length > 0 && headers.get('content-encoding') === 'gzip') bytes = await inflate(bytes);
  return asText ? toText(bytes) : new Blob([bytes], { type: headers.get('content-type') ?? '' });
}

/** The last result; most requests have the same headers object. */
let remembered: { readonly of?: Headers; readonly result: Headers } = { result: {} };

function acceptingGzip(headers: Headers): Headers {
  if (remembered.of !== headers) remembered = { of: headers, result: { 'accept-encoding': 'gzip', ...headers } };
  return remembered.result;
}

function withoutCredential({ authorization: _, ...headers }: Headers): Headers {
  return headers;
}

/** Like `text()` of a `Response`: without the byte order mark that some proxies add. */
function toText(bytes: Buffer): string {
  const text = bytes.toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

async function toBlob(body: FormData | Blob | Uint8Array<ArrayBuffer>): Promise<{ blob: Blob; type?: string | null }> {
  if (body instanceof Blob) return { blob: body };
  // Stryker disable next-line ConditionalExpression: the bytes of an array would only be copied once more.
  if (body instanceof Uint8Array) return { blob: new Blob([body]) };
  const { bytes, type } = await toBytes(body);
  return { blob: new Blob([bytes]), type };
}

/** The bytes in slices. Each is reported as sent when the next one is asked for. */
async function* slices(blob: Blob, emit: (event: HttpEvent) => void): AsyncGenerator<Uint8Array> {
  const { size: totalBytes } = blob;
  for (let at = 0; at < totalBytes; at += sliceBytes) {
    yield new Uint8Array(await blob.slice(at, at + sliceBytes).arrayBuffer());
    emit({ type: 'upload', loadedBytes: Math.min(at + sliceBytes, totalBytes), totalBytes });
  }
}

/** `undici` accepts any async iterable, although its types do not say so. */
const toBody = (chunks: AsyncIterable<Uint8Array>): Body => chunks as unknown as Buffer;

/** A WHATWG `Response` for a streamed answer. */
function toResponse(url: string, { status, statusText, headers, body }: RawAnswer): Response {
  const pairs: [string, string][] = [];
  headers.forEach((value, name) => pairs.push([name, value]));
  const empty = status === 204 || status === 205 || status === 304;
  const response = new Response(empty ? null : body, { status, statusText, headers: pairs });
  return Object.defineProperty(response, 'url', { value: url });
}
