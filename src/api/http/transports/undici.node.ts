import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Observable, type Subscriber } from 'rxjs';
import type { Dispatcher } from 'undici';
import { toBytes } from '../body.js';
import { counter, expectedBytes } from '../streams.js';
import type { HeaderReader, HttpEvent, HttpRequest, Transport } from '../types.js';

/** What the `undici` transport may be given. */
export interface UndiciTransportOptions {
  /** Proxy, TLS and pool settings, such as a `ProxyAgent`. @default the global dispatcher at the time of the request */
  readonly dispatcher?: Dispatcher;
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
 * Sends over the `request` of `undici`, Node's fastest way, with its proxies, TLS options and global dispatcher. `undici` is loaded with the
 * first request.
 */
export function undiciTransport({ dispatcher }: UndiciTransportOptions = {}): Transport {
  return (request) =>
    new Observable((subscriber) => {
      if (loaded) return exchange(loaded, dispatcher, request, subscriber);
      (loading ??= import('undici')).then(
        (undici) => {
          loaded = undici;
          if (!subscriber.closed) subscriber.add(exchange(undici, dispatcher, request, subscriber));
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
  // An emitter is a signal to `undici` too, and costs a tenth of an `AbortController`.
  const signal = new EventEmitter();
  const { method, read, progress } = request;
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
  const answered = (url: string, headers: Headers, redirects: number, data: Dispatcher.ResponseData): void => {
    const { statusCode: status, body } = data;
    const answer = new RawHeaders(data.headers);
    const location = answer.get('location');
    if (location && status > 300 && status < 400 && /GET|HEAD/.test(method) && redirects < maxRedirects) {
      body.dump().catch(() => undefined);
      const next = new URL(location, url);
      send(next.href, next.origin === new URL(url).origin ? headers : withoutCredential(headers), null, redirects + 1);
      return;
    }
    const asText = status >= 400 || read === 'text';
    const gzipped = answer.get('content-encoding') === 'gzip';
    if (asText && !gzipped && !progress) body.text().then((text) => settle(status, answer, text), fail);
    else if (!asText && read === 'raw') settle(status, answer, toResponse(url, data, answer));
    else {
      readBytes(body, progress ? counter('download', expectedBytes(answer), emit) : undefined)
        .then((bytes) => (gzipped && bytes.length > 0 ? inflate(bytes) : bytes))
        .then((bytes: Buffer<ArrayBuffer>) =>
          settle(
            status,
            answer,
            asText ? bytes.toString() : new Blob([bytes], { type: answer.get('content-type') ?? '' }),
          ),
        )
        .catch(fail);
    }
  };
  const send = (url: string, headers: Headers, body: Body, redirects: number): void => {
    const slash = url.indexOf('/', url.indexOf('//') + 2);
    // By the prototype: a global dispatcher that Node has made itself has no `request` of its own.
    const perform = undici.Dispatcher.prototype.request as (
      this: Dispatcher,
      options: Dispatcher.RequestOptions,
      callback: (error: Error | null, data: Dispatcher.ResponseData) => void,
    ) => void;
    perform.call(
      dispatcher ?? undici.getGlobalDispatcher(),
      { origin: url.slice(0, slash), path: url.slice(slash), method, headers, body, signal },
      (error, data) => {
        if (error) fail(error);
        else answered(url, headers, redirects, data);
      },
    );
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
    if (!settled) signal.emit('abort');
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

async function readBytes(
  body: Dispatcher.ResponseData['body'],
  counting: ReturnType<typeof counter> | undefined,
): Promise<Buffer<ArrayBuffer>> {
  if (!counting) return Buffer.from(await body.arrayBuffer());
  const stream = Readable.toWeb(body) as ReadableStream<Uint8Array<ArrayBuffer>>;
  return Buffer.from(await new Response(stream.pipeThrough(counting)).arrayBuffer());
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
const toBody = (chunks: AsyncIterable<Uint8Array>): Body => chunks as unknown as Readable;

function toResponse(
  url: string,
  { statusCode: status, statusText, body }: Dispatcher.ResponseData,
  headers: RawHeaders,
): Response {
  const pairs: [string, string][] = [];
  headers.forEach((value, name) => pairs.push([name, value]));
  const empty = status === 204 || status === 205 || status === 304;
  if (empty) body.dump().catch(() => undefined);
  const response = new Response(empty ? null : (Readable.toWeb(body) as ReadableStream), {
    status,
    statusText,
    headers: pairs,
  });
  return Object.defineProperty(response, 'url', { value: url });
}

/** Headers as `undici` gives them: names in lower case, repeated ones as a list. */
class RawHeaders implements HeaderReader {
  readonly #raw: Readonly<Record<string, string | string[] | undefined>>;

  constructor(raw: Readonly<Record<string, string | string[] | undefined>>) {
    this.#raw = raw;
  }

  get(name: string): string | null {
    const value = this.#raw[name];
    return typeof value === 'string' ? value : (value?.join(', ') ?? null);
  }

  forEach(take: (value: string, name: string, parent: globalThis.Headers) => void): void {
    for (const name of Object.keys(this.#raw)) take(this.get(name) ?? '', name, this as unknown as globalThis.Headers);
  }
}
