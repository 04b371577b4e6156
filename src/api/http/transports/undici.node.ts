import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Observable, type Subscriber } from 'rxjs';
import type { Dispatcher } from 'undici';
import { toBytes } from '../body.js';
import { counter } from '../streams.js';
import type { HeaderReader, HttpEvent, HttpRequest, Transport } from '../types.js';
import { Receiver, type RawAnswer } from './undici-receiver.node.js';

/**
 * A dispatcher of `undici`, such as an `Agent` or a `ProxyAgent`. Said in few words, so that whoever uses this library need not load the types of
 * `undici` and of Node.
 */
export interface DispatcherLike {
  dispatch(options: never, handler: never): boolean;
}

/** What the `undici` transport may be given. */
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
 * Sends over a dispatcher of `undici`, Node's fastest way, with its proxies and TLS options. `undici` is loaded with the first request.
 */
export function undiciTransport({ dispatcher }: UndiciTransportOptions = {}): Transport {
  const through = dispatcher as Dispatcher | undefined;
  return (request) =>
    new Observable((subscriber) => {
      if (loaded) return exchange(loaded, through, request, subscriber);
      (loading ??= import('undici')).then(
        (undici) => {
          loaded = undici;
          if (!subscriber.closed) subscriber.add(exchange(undici, through, request, subscriber));
        },
        (error: unknown) => subscriber.error(error),
      );
      return undefined;
    });
}

/** Makes one request; returns what aborts it. */
function exchange(
  undici: Undici,
  dispatcher: Dispatcher | undefined,
  request: HttpRequest,
  subscriber: Subscriber<HttpEvent>,
): () => void {
  const { method, read, progress } = request;
  let receiver: Receiver | undefined;
  let settled = false;
  const fail = (error: unknown): void => {
    settled = true;
    subscriber.error(error);
  };
  const emit = (event: HttpEvent): void => subscriber.next(event);
  const settle = (status: number, headers: HeaderReader, body: string | Blob | Response): void => {
    settled = true;
    emit({ type: 'response', status, headers, body });
    subscriber.complete();
  };
  const answered = async (url: string, sent: Headers, redirects: number, answer: RawAnswer): Promise<void> => {
    const { status, headers, body } = answer;
    const location = status > 300 && status < 400 && /GET|HEAD/.test(method) && headers.get('location');
    const asText = status >= 400 || read === 'text';
    if (location && redirects < maxRedirects) {
      const next = new URL(location, url);
      send(next.href, next.origin === new URL(url).origin ? sent : withoutCredential(sent), null, redirects + 1);
    } else if (!asText && read === 'raw') settle(status, headers, toResponse(url, answer));
    else {
      let bytes = body as Buffer<ArrayBuffer>;
      if (bytes.length > 0 && headers.get('content-encoding') === 'gzip') bytes = await inflate(bytes);
      settle(status, headers, asText ? toText(bytes) : new Blob([bytes], { type: headers.get('content-type') ?? '' }));
    }
  };
  const send = (url: string, headers: Headers, body: Body, redirects: number): void => {
    // Its bytes may have taken a while.
    if (subscriber.closed) return;
    const slash = url.indexOf('/', url.indexOf('//') + 2);
    const options = { origin: url.slice(0, slash), path: url.slice(slash), method, headers, body };
    // What follows a promise runs in the context of its caller, and not in that of the socket.
    new Promise<RawAnswer>((resolve, reject) => {
      receiver = new Receiver(read === 'raw', progress ? emit : undefined, resolve, reject);
      (dispatcher ?? undici.getGlobalDispatcher()).dispatch(options, receiver);
    })
      .then((answer) => answered(url, headers, redirects, answer))
      .catch(fail);
  };
  const { headers, body } = request;
  // Compressed bytes are not what a caller of `raw()` expects.
  const accepting = read === 'raw' ? { 'accept-encoding': 'identity', ...headers } : acceptingGzip(headers);
  if (body === undefined || typeof body === 'string' || (!progress && !(body instanceof FormData))) {
    send(request.url, accepting, (body ?? null) as Body, 0);
  } else if (body instanceof ReadableStream) {
    send(request.url, accepting, toBody(body.pipeThrough(counter('upload', undefined, emit))), 0);
  } else {
    toBlob(body)
      .then(({ blob, type }) => {
        const known = { ...(type && { 'content-type': type }), 'content-length': String(blob.size) };
        send(request.url, { ...accepting, ...known }, toBody(slices(blob, emit)), 0);
      })
      .catch(fail);
  }
  return () => {
    // An unread answer is the caller's from now on.
    if (!settled) receiver?.abort();
  };
}

/** The headers that were made last; most requests come with the same object. */
let remembered: { readonly of?: Headers; readonly result: Headers } = { result: {} };

function acceptingGzip(headers: Headers): Headers {
  if (remembered.of !== headers) remembered = { of: headers, result: { 'accept-encoding': 'gzip', ...headers } };
  return remembered.result;
}

function withoutCredential({ authorization: _, ...headers }: Headers): Headers {
  return headers;
}

/** As `text()` of a `Response` does, without the mark that some proxies put before it. */
function toText(bytes: Buffer): string {
  const text = bytes.toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

async function toBlob(body: FormData | Blob | Uint8Array<ArrayBuffer>): Promise<{ blob: Blob; type?: string | null }> {
  if (body instanceof Blob) return { blob: body };
  if (body instanceof Uint8Array) return { blob: new Blob([body]) };
  const { bytes, type } = await toBytes(body);
  return { blob: new Blob([bytes]), type };
}

/** The bytes in slices, of which each is told when the next one is asked for. */
async function* slices(blob: Blob, emit: (event: HttpEvent) => void): AsyncGenerator<Uint8Array> {
  const { size: totalBytes } = blob;
  for (let at = 0; at < totalBytes; at += sliceBytes) {
    yield new Uint8Array(await blob.slice(at, at + sliceBytes).arrayBuffer());
    emit({ type: 'upload', loadedBytes: Math.min(at + sliceBytes, totalBytes), totalBytes });
  }
}

/** `undici` takes any async iterable, which its types do not say. */
const toBody = (chunks: AsyncIterable<Uint8Array>): Body => chunks as unknown as Buffer;

function toResponse(url: string, { status, statusText, headers, body }: RawAnswer): Response {
  const pairs: [string, string][] = [];
  headers.forEach((value, name) => pairs.push([name, value]));
  const empty = status === 204 || status === 205 || status === 304;
  const response = new Response(empty ? null : body, { status, statusText, headers: pairs });
  return Object.defineProperty(response, 'url', { value: url });
}
