import { utf8Bytes } from '../base/text.js';
import type { Clock } from '../base/clock.js';
import type { CoreRequest, CoreResponse } from '../base/http.js';
import type { Line } from './line.js';
import { createSocketClass } from './memory-socket.js';
import type { MemorySocketClass } from './memory-socket.js';

/** Access without a network: what `createClient` accepts as its `fetch` and `WebSocket`. */
export interface MemoryFace {
  readonly fetch: typeof globalThis.fetch;
  readonly WebSocket: MemorySocketClass;
}

export function createMemoryFace(line: Line, clock: Clock): MemoryFace {
  const memoryFetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const core = cutShort(line, await toCoreRequest(request, init));
    return new Promise<Response>((resolve, reject) => {
      const abort = (): void => {
        cancel();
        reject(request.signal.reason as Error);
      };
      let cancel: () => void = () => undefined;
      if (request.signal.aborted) {
        abort();
        return;
      }
      request.signal.addEventListener('abort', abort, { once: true });
      cancel = line.handle(core, (response) => {
        request.signal.removeEventListener('abort', abort);
        // `fetch` rejects with a TypeError when a connection ends without an answer.
        try {
          if (!response || core.cutOff) throw new TypeError('fetch failed');
          resolve(toFetchResponse(response, request.method));
        } catch (error) {
          reject(error instanceof Error ? error : new TypeError('fetch failed'));
        }
      });
    });
  };
  return { fetch: memoryFetch, WebSocket: createSocketClass(line, clock) };
}

const targetOf = (url: string): string => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};

/** The request, cut where a fault says so. */
function cutShort(line: Line, request: CoreRequest): CoreRequest {
  const cut = line.cutOf(request);
  if (!cut || request.body.length <= cut.afterBytes) return request;
  cut.use();
  return { ...request, body: request.body.subarray(0, cut.afterBytes), cutOff: cut };
}

async function toCoreRequest(request: Request, init: RequestInit | undefined): Promise<CoreRequest> {
  const headers = Object.fromEntries(request.headers);
  // `Request` drops a cookie header in browsers; here callers may set one.
  const given = new Headers(init?.headers ?? request.headers);
  const cookie = given.get('cookie');
  const body = new Uint8Array(await request.arrayBuffer());
  // A network adds the length, but not to a stream.
  const length = init?.body instanceof ReadableStream ? {} : { 'content-length': String(body.length) };
  return {
    method: request.method,
    target: targetOf(request.url),
    headers: { host: new URL(request.url).host, ...length, ...headers, ...(cookie === null ? {} : { cookie }) },
    body,
    address: '127.0.0.1',
    secure: request.url.startsWith('https:'),
  };
}

function toFetchResponse({ status, headers, body, cutAfter }: CoreResponse, method: string): Response {
  const list = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
  const bytes = typeof body === 'string' ? utf8Bytes(body) : body;
  // `Response` throws if one of these has a body.
  const empty = method === 'HEAD' || [204, 304].includes(status);
  const sent = cutAfter === undefined ? (bytes as Uint8Array<ArrayBuffer>) : breakingOff(bytes.subarray(0, cutAfter));
  return new Response(empty ? null : sent, { status, headers: list });
}

/** A body that fails after these bytes, as when a connection ends too early. */
function breakingOff(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent || bytes.length === 0) controller.error(new TypeError('terminated'));
      else controller.enqueue(bytes);
      sent = true;
    },
  });
}
