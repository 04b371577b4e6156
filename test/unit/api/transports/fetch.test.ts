import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchTransport, type FetchLike } from '../../../../src/api/http/transports/fetch.js';
import type { HttpEvent, HttpRequest, HttpResponse } from '../../../../src/api/http/types.js';
import { ValidationError } from '../../../../src/models/errors.js';
import { watch, type Watch } from '../kit.js';
import { requestOf, streamOf, until } from './kit.js';

type Init = RequestInit & { readonly duplex?: string };

/** Sends a request to a `fetch` that gives this answer, and notes what it was called with. */
function send(facts: Partial<HttpRequest>, answer: Response | Promise<Response> = new Response('{}')) {
  const inits: Init[] = [];
  const fetchLike: FetchLike = (_, init) => {
    inits.push(init);
    return Promise.resolve(answer);
  };
  const seen = watch(fetchTransport(fetchLike)(requestOf(facts)));
  return { seen, init: inits[0]!, signal: inits[0]!.signal! };
}

async function over(seen: Watch<HttpEvent>): Promise<HttpEvent[]> {
  await until(() => seen.completed || seen.error !== undefined);
  if (seen.error !== undefined) throw seen.error as Error;
  return seen.values;
}

async function answerTo(facts: Partial<HttpRequest>, answer?: Response): Promise<HttpResponse> {
  const events = await over(send(facts, answer).seen);
  return events.at(-1) as HttpResponse;
}

const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);

describe('the transport over fetch', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('hands over the request', () => {
    const headers = { 'x-a': '1' };
    const { init } = send({ method: 'POST', headers, body: 'text', credentials: 'include' });
    expect(init).toMatchObject({ method: 'POST', headers, body: 'text', credentials: 'include' });
    expect(init).not.toHaveProperty('duplex');
    expect(send({}).init).not.toHaveProperty('body');
  });

  it('follows redirects of reads only, because a redirected write would become a read', () => {
    const redirectOf = (method: HttpRequest['method']): unknown => send({ method }).init.redirect;
    expect(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => redirectOf(method as 'GET'))).toEqual([
      ...['follow', 'follow'],
      ...['manual', 'manual', 'manual', 'manual'],
    ]);
  });

  it('gives the answer as it is wanted, and errors as text', async () => {
    const image = (status = 200): Response => new Response('abc', { status, headers: { 'content-type': 'image/png' } });
    expect(await answerTo({ read: 'text' }, image(201))).toMatchObject({ type: 'response', status: 201, body: 'abc' });
    const { body } = await answerTo({ read: 'blob' }, image(399));
    expect(body).toBeInstanceOf(Blob);
    expect((body as Blob).type).toBe('image/png');
    expect(await (body as Blob).text()).toBe('abc');
    const untyped = await answerTo({ read: 'blob' }, new Response(bytes(2)));
    expect(untyped.body).toMatchObject({ type: '', size: 2 });
    for (const read of ['blob', 'raw'] as const) expect((await answerTo({ read }, image(400))).body).toBe('abc');
  });

  it('hands over a raw answer unread', async () => {
    const answer = new Response('abc', { headers: { 'x-a': '1' } });
    const response = await answerTo({ read: 'raw' }, answer);
    expect(response.body).toBe(answer);
    expect(response.headers).toBe(answer.headers);
  });

  it('reports the bytes of a body once the answer begins, and those of the answer as they are read', async () => {
    const answer = (): Response => new Response('abcd', { status: 201, headers: { 'content-length': '4' } });
    const up = { type: 'upload', loadedBytes: 3, totalBytes: 3 };
    const down = { type: 'download', loadedBytes: 4, totalBytes: 4 };
    for (const body of [bytes(3), new Blob([bytes(3)])]) {
      const events = await over(send({ body, progress: true }, answer()).seen);
      expect(events).toMatchObject([up, down, { status: 201, body: 'abcd' }]);
    }
    const { seen } = send({ progress: true, body: 'text' }, answer());
    expect(await over(seen)).toMatchObject([down, { body: 'abcd' }]);
    const silent = send({ body: bytes(3) }, answer());
    expect(await over(silent.seen)).toMatchObject([{ body: 'abcd' }]);
    const none = send({ progress: true }, new Response(null, { status: 204 }));
    expect(await over(none.seen)).toMatchObject([{ status: 204, body: '' }]);
  });

  it('sends a stream while it is read, and reports its bytes', async () => {
    for (const progress of [false, true]) {
      const { seen, init } = send({ method: 'POST', body: streamOf(bytes(2), bytes(1)), progress });
      expect(init.duplex).toBe('half');
      expect(await new Response(init.body).arrayBuffer()).toHaveProperty('byteLength', 3);
      const loaded = (await over(seen)).flatMap((event) => (event.type === 'upload' ? [event] : []));
      const reports = [
        { type: 'upload', loadedBytes: 2 },
        { type: 'upload', loadedBytes: 3 },
      ];
      expect(loaded).toStrictEqual(progress ? reports : []);
    }
  });

  it('cancels the stream that it sends when its subscriber leaves', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
    const { seen, init } = send({ method: 'POST', body }, new Promise<Response>(() => undefined));
    const reading = (init.body as ReadableStream).getReader().read();
    seen.leave();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect(cancelled).toBe(true);
  });

  it('aborts the request when its subscriber leaves, until the answer is handed over', async () => {
    const early = send({}, new Promise<Response>(() => undefined));
    expect(early.signal.aborted).toBe(false);
    early.seen.leave();
    expect(early.signal.aborted).toBe(true);
    const raw = send({ read: 'raw' });
    await over(raw.seen);
    raw.seen.leave();
    expect(raw.signal.aborted).toBe(false);
  });

  it('fails as fetch does', async () => {
    const reason = new TypeError('fetch failed');
    await expect(over(send({}, Promise.reject(reason)).seen)).rejects.toBe(reason);
    vi.stubGlobal('fetch', undefined);
    const seen = watch(fetchTransport()(requestOf()));
    await expect(over(seen)).rejects.toEqual(
      new ValidationError('fetch', 'must be given on this platform, or a transport'),
    );
  });

  it('uses the fetch of the platform, looked up for each request, if none is given', async () => {
    const transport = fetchTransport();
    for (const text of ['one', 'two']) {
      vi.stubGlobal('fetch', (url: string) => Promise.resolve(new Response(`${text} ${url}`)));
      const events = await over(watch(transport(requestOf({ url: 'http://mm.test/x' }))));
      expect(events).toMatchObject([{ body: `${text} http://mm.test/x` }]);
    }
  });
});
