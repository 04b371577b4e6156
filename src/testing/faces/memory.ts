import type { Clock } from '../clock.js';
import { bytesOf } from '../http.js';
import type { CoreRequest, CoreResponse } from '../http.js';
import type { Line } from './line.js';
import { createSocketClass } from './memory-socket.js';
import type { MemorySocketClass } from './memory-socket.js';

/** A server without sockets: what `createClient` takes as its `fetch` and `WebSocket`. */
export interface MemoryFace {
  readonly fetch: typeof globalThis.fetch;
  readonly WebSocket: MemorySocketClass;
}

export function createMemoryFace(line: Line, clock: Clock): MemoryFace {
  const memoryFetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const core = await toCoreRequest(request, init);
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
      cancel = line.exchange(core, (response) => {
        request.signal.removeEventListener('abort', abort);
        // What `fetch` throws when a connection ends without an answer.
        if (response) resolve(toResponse(response, request.method));
        else reject(new TypeError('fetch failed'));
      });
    });
  };
  return { fetch: memoryFetch, WebSocket: createSocketClass(line, clock) };
}

const targetOf = (url: string): string => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};

async function toCoreRequest(request: Request, init: RequestInit | undefined): Promise<CoreRequest> {
  const headers = Object.fromEntries(request.headers);
  // Browsers do not let a page set a cookie header; a caller of this function may.
  const given = new Headers(init?.headers ?? request.headers);
  const cookie = given.get('cookie');
  return {
    method: request.method,
    target: targetOf(request.url),
    headers: { host: new URL(request.url).host, ...headers, ...(cookie === null ? {} : { cookie }) },
    body: new Uint8Array(await request.arrayBuffer()),
    address: '127.0.0.1',
    secure: request.url.startsWith('https:'),
  };
}

function toResponse({ status, headers, body }: CoreResponse, method: string): Response {
  const list = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
  const bytes = typeof body === 'string' ? bytesOf(body) : body;
  // The standard forbids a body with these.
  const empty = method === 'HEAD' || [204, 304].includes(status);
  return new Response(empty ? null : (bytes as Uint8Array<ArrayBuffer>), { status, headers: list });
}
