import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FetchLike } from '../../../../src/api/http/transports/fetch.js';
import type { HttpRequest, HttpResponse, Transport } from '../../../../src/api/http/types.js';
import { watch } from '../kit.js';
import { requestOf, until } from './kit.js';

/** What `node-fetch` gives: like a `Response`, but of another class, and with a body that is no web stream. */
interface ForeignResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array> | null;
  text(): Promise<string>;
}

async function* textInPieces(text: string): AsyncGenerator<Uint8Array> {
  for (const letter of text) yield await Promise.resolve(new TextEncoder().encode(letter));
}

const foreign = (status: number, text: string | null, headers: Record<string, string> = {}): ForeignResponse => ({
  status,
  statusText: 'as it is',
  headers: new Headers(headers),
  body: text === null ? null : textInPieces(text),
  text: () => Promise.resolve(text ?? ''),
});

let inits: RequestInit[];
let answer: () => unknown;
let loads: number;

/** The transport over a `cross-fetch` with these exports; it answers with `answer`. */
async function load(exports: object, fetchLike: FetchLike = respond): Promise<Transport> {
  vi.resetModules();
  vi.doMock('cross-fetch', () => {
    loads++;
    return { default: Object.assign(fetchLike, exports) };
  });
  return (await import('../../../../src/api/http/transports/cross-fetch.js')).crossFetchTransport();
}

function respond(_: string, init: RequestInit): Promise<Response> {
  inits.push(init);
  return Promise.resolve(answer() as Response);
}

/** Sends a request; gives its answer. */
async function sendOver(transport: Transport, facts: Partial<HttpRequest> = {}): Promise<HttpResponse> {
  const seen = watch(transport(requestOf(facts)));
  await until(() => seen.completed || seen.error !== undefined);
  if (seen.error !== undefined) throw seen.error as Error;
  return seen.values.at(-1) as HttpResponse;
}

/** Any other class than that of the platform. */
const OwnHeaders = Map;

beforeEach(() => {
  inits = [];
  loads = 0;
  answer = () => foreign(200, '{}');
});
afterEach(() => {
  vi.doUnmock('cross-fetch');
  vi.resetModules();
  Reflect.deleteProperty(respond, 'Headers');
});

describe('cross-fetch', () => {
  it('is loaded once, with the first request', async () => {
    const transport = await load({ Headers: OwnHeaders });
    expect(loads).toBe(0);
    await Promise.all([sendOver(transport), sendOver(transport), sendOver(transport, { read: 'raw' })]);
    await sendOver(transport);
    expect(loads).toBe(1);
    expect(inits).toHaveLength(4);
  });

  it('gets a cheap signal if it is that of Node, and the real one elsewhere', async () => {
    const signalsOf = async (transport: Transport): Promise<readonly boolean[]> => {
      inits.length = 0;
      await sendOver(transport);
      await sendOver(transport);
      return inits.map(({ signal }) => signal instanceof AbortSignal);
    };
    expect(await signalsOf(await load({ Headers: OwnHeaders }))).toEqual([true, false]);
    // By this name `node-fetch` knows a signal.
    expect(inits[1]!.signal!.constructor.name).toBe('AbortSignal');
    expect(await signalsOf(await load({ Headers }))).toEqual([true, true]);
    Reflect.deleteProperty(respond, 'Headers');
    expect(await signalsOf(await load({}))).toEqual([true, true]);
    const { fetch } = globalThis;
    try {
      globalThis.fetch = respond as typeof globalThis.fetch;
      expect(await signalsOf(await load({ Headers: OwnHeaders }))).toEqual([true, true]);
    } finally {
      globalThis.fetch = fetch;
    }
  });

  describe('with a cheap signal', () => {
    /** Starts a request that is never answered, on a transport that has loaded `cross-fetch`. */
    async function startSilent() {
      const transport = await load({ Headers: OwnHeaders });
      await sendOver(transport);
      answer = () => new Promise(() => undefined);
      const seen = watch(transport(requestOf()));
      return { seen, signal: inits.at(-1)!.signal! };
    }

    it('is aborted when its subscriber leaves', async () => {
      const { seen, signal } = await startSilent();
      const listener = vi.fn();
      signal.addEventListener('abort', listener);
      expect(signal.aborted).toBe(false);
      seen.leave();
      expect(signal.aborted).toBe(true);
      expect(listener).toHaveBeenCalledOnce();
    });

    it('is aborted after a redirect, whose request adds its listener before the previous one removes its own', async () => {
      const { seen, signal } = await startSilent();
      const [first, second] = [vi.fn(), vi.fn()];
      signal.addEventListener('abort', first);
      signal.addEventListener('abort', second);
      signal.removeEventListener('abort', first);
      seen.leave();
      expect(first).not.toHaveBeenCalled();
      expect(second).toHaveBeenCalledOnce();
    });

    it('tells nobody who no longer listens', async () => {
      const { seen, signal } = await startSilent();
      const listener = vi.fn();
      signal.addEventListener('abort', listener);
      signal.removeEventListener('abort', listener);
      seen.leave();
      expect(listener).not.toHaveBeenCalled();
    });
  });

  it('gets bytes for the bodies that node-fetch does not know', async () => {
    const transport = await load({ Headers: OwnHeaders });
    const bytes = new Uint8Array([1, 2, 3]);
    const form = new FormData();
    form.append('image', new Blob([bytes]));
    await sendOver(transport, { body: form, headers: { 'x-a': '1' } });
    expect(inits[0]!.body).toBeInstanceOf(Uint8Array);
    expect(inits[0]!.headers).toEqual({
      'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/) as unknown,
      'x-a': '1',
    });
    await sendOver(transport, { body: new Blob([bytes]), method: 'POST' });
    expect(inits[1]).toMatchObject({ method: 'POST', body: bytes });
    expect(inits[1]!.headers).toEqual({});
    const typed = new Blob([bytes], { type: 'image/png' });
    await sendOver(transport, { body: typed, headers: { 'content-type': 'application/octet-stream' } });
    expect(inits[2]!.headers).toEqual({ 'content-type': 'application/octet-stream' });
  });

  it('gets every other body as it is', async () => {
    const transport = await load({ Headers: OwnHeaders });
    for (const body of [new Uint8Array(2), 'text', undefined]) {
      for (const facts of [{}, { progress: true }, { read: 'raw' }] as const) {
        inits.length = 0;
        await sendOver(transport, { body, headers: { 'x-a': '1' }, ...facts });
        expect(inits[0]!.body).toBe(body);
        expect(inits[0]!.headers).toEqual({ 'x-a': '1' });
      }
    }
  });

  it('has its raw answers converted to a Response of the platform', async () => {
    const transport = await load({ Headers: OwnHeaders });
    answer = () => foreign(206, 'abc', { 'x-a': '1' });
    const { body } = await sendOver(transport, { read: 'raw' });
    expect(body).toBeInstanceOf(Response);
    const response = body as Response;
    expect(response).toMatchObject({ status: 206, statusText: 'as it is' });
    expect(response.headers.get('x-a')).toBe('1');
    expect(await response.text()).toBe('abc');
    for (const status of [204, 205, 304]) {
      answer = () => foreign(status, '');
      expect((await sendOver(transport, { read: 'raw' })).body).toMatchObject({ status, body: null });
    }
    answer = () => foreign(200, null);
    expect((await sendOver(transport, { read: 'raw' })).body).toMatchObject({ status: 200, body: null });
    answer = () => foreign(400, 'no');
    expect(await sendOver(transport, { read: 'raw' })).toMatchObject({ status: 400, body: 'no' });
  });

  it('has its answers converted where progress is wanted', async () => {
    const transport = await load({ Headers: OwnHeaders });
    answer = () => foreign(200, 'ab');
    const seen = watch(transport(requestOf({ progress: true })));
    await until(() => seen.completed);
    expect(seen.values).toMatchObject([{ loadedBytes: 1 }, { loadedBytes: 2 }, { status: 200, body: 'ab' }]);
    answer = () => foreign(404, 'no');
    expect(await sendOver(transport, { progress: true })).toMatchObject({ status: 404, body: 'no' });
  });

  it('hands over the answers of a platform as they are', async () => {
    const transport = await load({ Headers });
    const response = new Response('abc');
    answer = () => response;
    expect((await sendOver(transport, { read: 'raw' })).body).toBe(response);
  });
});
