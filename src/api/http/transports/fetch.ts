import { Observable } from 'rxjs';
import { ValidationError } from '../../../models/errors.js';
import { counter, expectedBytes } from '../streams.js';
import type { HttpEvent, HttpRequest, Transport } from '../types.js';

/** The part of `fetch` that is needed. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Sends over the given `fetch`, or that of the platform, which is looked up for each request. Upload progress is known only for streams; for
 * blobs and bytes there is one event, when the answer begins.
 */
export function fetchTransport(fetchLike?: FetchLike): Transport {
  return transportOver(fetchLike, () => new AbortController());
}

/** An `AbortController`, or a cheaper one. */
interface Abort {
  readonly signal: AbortSignal;
  abort(): void;
}

/** The transport over a `fetch`, with the kind of signal that it takes. */
export function transportOver(fetchLike: FetchLike | undefined, createAbort: () => Abort): Transport {
  return (request) =>
    new Observable((subscriber) => {
      const controller = createAbort();
      let settled = false;
      const emit = (event: HttpEvent): void => subscriber.next(event);
      const settle = ({ status, headers }: Response, body: string | Blob | Response): void => {
        settled = true;
        emit({ type: 'response', status, headers, body });
        subscriber.complete();
      };
      const send = async (): Promise<void> => {
        try {
          const response = await (fetchLike ?? platformFetch())(request.url, toInit(request, controller.signal, emit));
          const counted = request.progress ? count(request, response, emit) : response;
          if (response.status >= 400 || request.read === 'text') settle(response, await counted.text());
          else if (request.read === 'raw') settle(response, counted);
          else {
            // Not `blob()`: that of `node-fetch` is of a class of its own.
            const bytes = await counted.arrayBuffer();
            settle(response, new Blob([bytes], { type: response.headers.get('content-type') ?? '' }));
          }
        } catch (error) {
          subscriber.error(error);
        }
      };
      void send();
      return () => {
        // An unread answer belongs to the caller.
        if (!settled) controller.abort();
      };
    });
}

function platformFetch(): FetchLike {
  const { fetch } = globalThis as { fetch?: FetchLike };
  if (!fetch) throw new ValidationError('fetch', 'must be given on this platform, or a transport');
  return fetch;
}

function toInit(
  { method, headers, body, credentials, progress }: HttpRequest,
  signal: AbortSignal,
  emit: (event: HttpEvent) => void,
): RequestInit {
  // Following a redirect may change the method, which would be another request.
  const redirect = method === 'GET' || method === 'HEAD' ? 'follow' : 'manual';
  const init: RequestInit & { duplex?: string } = { method, headers, credentials, signal, redirect };
  if (body instanceof ReadableStream) {
    init.duplex = 'half';
    // An aborted `fetch` of Node reads the stream to its end unless this signal stops it.
    init.body = body.pipeThrough(progress ? counter('upload', undefined, emit) : new TransformStream(), { signal });
  } else if (body !== undefined) init.body = body;
  return init;
}

/** Reports the bytes that went up, if they are known, and those that come down while they are read. */
function count({ body }: HttpRequest, response: Response, emit: (event: HttpEvent) => void): Response {
  const bytes = body instanceof Blob ? body.size : (body as Partial<Uint8Array> | undefined)?.byteLength;
  if (bytes !== undefined) emit({ type: 'upload', loadedBytes: bytes, totalBytes: bytes });
  if (!response.body) return response;
  return new Response(response.body.pipeThrough(counter('download', expectedBytes(response.headers), emit)), response);
}
