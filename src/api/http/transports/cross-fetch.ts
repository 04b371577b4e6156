import { toBytes } from '../body.js';
import { toStream } from '../streams.js';
import type { HttpRequest, Transport } from '../types.js';
import { fetchTransport, transportOver, type FetchLike } from './fetch.js';

let loading: Promise<FetchLike> | undefined;
let loaded: FetchLike | undefined;

/**
 * Sends over `cross-fetch`, which is loaded with the first request. On Node that is `node-fetch` 2, which supports no web forms, blobs or
 * streams: bodies are converted to bytes, and streamed answers to a `Response` of the platform. Nor does it notice a connection that is cut
 * within an answer; the deadline of the attempt ends such a request.
 */
export function crossFetchTransport(): Transport {
  const plain = transportOver(
    (url, init) => loaded?.(url, init) ?? load().then((crossFetch) => crossFetch(url, init)),
    () => (isNodeFetch() ? new LightAbort() : new AbortController()),
  );
  const translating = fetchTransport(async (url, init) => {
    const crossFetch = await load();
    return platformResponse(await crossFetch(url, await knownBody(init)));
  });
  return (request) => (isPlain(request) ? plain : translating)(request);
}

/** True once `cross-fetch` is loaded and has its own `fetch`. */
const isNodeFetch = (): boolean =>
  loaded !== undefined && loaded !== globalThis.fetch && 'Headers' in loaded && loaded.Headers !== Headers;

/** What `node-fetch` needs of a signal, whose class it checks by name: one listener. A real signal takes a tenth of the time of a request. */
class LightSignal {
  static readonly name = 'AbortSignal';
  aborted = false;
  #listener: (() => void) | undefined;

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listener = listener;
  }

  /** When a redirect is followed, the next request adds its listener before the previous one removes its own. */
  removeEventListener(_type: 'abort', listener: () => void): void {
    if (this.#listener === listener) this.#listener = undefined;
  }

  dispatch(): void {
    this.aborted = true;
    this.#listener?.();
  }
}

class LightAbort {
  readonly #signal = new LightSignal();

  get signal(): AbortSignal {
    return this.#signal as unknown as AbortSignal;
  }

  abort(): void {
    this.#signal.dispatch();
  }
}

function load(): Promise<FetchLike> {
  return (loading ??= import('cross-fetch').then(({ default: crossFetch }) => (loaded = crossFetch as FetchLike)));
}

const isPlain = ({ body, read, progress }: HttpRequest): boolean =>
  read !== 'raw' && !progress && (typeof body !== 'object' || body instanceof Uint8Array);

async function knownBody(init: RequestInit): Promise<RequestInit> {
  const { body, headers } = init;
  if (!(body instanceof FormData || body instanceof Blob || body instanceof ReadableStream)) return init;
  const { bytes, type } = await toBytes(body);
  return {
    ...init,
    body: bytes,
    headers: { ...(type && { 'content-type': type }), ...(headers as Record<string, string>) },
  };
}

function platformResponse(response: Response): Response {
  if (response instanceof Response) return response;
  const { status, statusText, headers, body } = response as Response;
  const pairs: [string, string][] = [];
  headers.forEach((value, name) => pairs.push([name, value]));
  const bodiless = status === 204 || status === 205 || status === 304;
  const stream = body && !bodiless ? toStream(body as AsyncIterable<Uint8Array>) : null;
  return new Response(stream, { status, statusText, headers: pairs });
}
