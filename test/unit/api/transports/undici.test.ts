import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { undiciTransport } from '../../../../src/api/http/transports/undici.node.js';
import type { ResponseReceiver } from '../../../../src/api/http/transports/undici-response-receiver.node.js';
import type { HttpRequest, HttpResponse } from '../../../../src/api/http/types.js';
import { watch, type Watch } from '../kit.js';
import { requestOf, streamOf, until } from './kit.js';

interface Dispatched {
  readonly options: {
    readonly origin: string;
    readonly path: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly receiver: ResponseReceiver;
  readonly abort: () => void;
}

const dispatched: Dispatched[] = [];
const dispatcher = {
  dispatch(options: Dispatched['options'], receiver: ResponseReceiver): boolean {
    const abort = vi.fn();
    dispatched.push({ options, receiver, abort });
    receiver.onConnect(abort);
    return true;
  },
};

async function start(facts: Partial<HttpRequest> = {}) {
  const { length } = dispatched;
  const seen = watch(undiciTransport({ dispatcher })(requestOf(facts)));
  await until(() => dispatched.length > length || seen.error !== undefined);
  return { seen, options: dispatched.at(-1)!.options };
}

function respond(status: number, body: string | Buffer = '', headers: Readonly<Record<string, string>> = {}): void {
  const { receiver } = dispatched.at(-1)!;
  const raw = Object.entries(headers).flatMap((pair) => pair.map((text) => Buffer.from(text)));
  receiver.onHeaders(status, raw, () => undefined, 'as it is');
  if (body.length > 0) receiver.onData(Buffer.from(body));
  receiver.onComplete();
}

async function over(seen: Watch<unknown>): Promise<HttpResponse> {
  await until(() => seen.completed || seen.error !== undefined);
  if (seen.error !== undefined) throw seen.error as Error;
  return seen.values.at(-1) as HttpResponse;
}

async function answerTo(facts: Partial<HttpRequest>, ...given: Parameters<typeof respond>): Promise<HttpResponse> {
  const { seen } = await start(facts);
  respond(...given);
  return over(seen);
}

async function bytesOf(body: unknown): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return chunks;
}

beforeEach(() => {
  dispatched.length = 0;
});

describe('a request over undici', () => {
  it('is dispatched with its origin, path, method and headers', async () => {
    const headers = { 'x-a': '1' };
    const { options } = await start({ method: 'DELETE', url: 'http://mm.test:8065/chat/api/v4/users?page=1', headers });
    expect(options).toEqual({
      origin: 'http://mm.test:8065',
      path: '/chat/api/v4/users?page=1',
      method: 'DELETE',
      headers: { 'accept-encoding': 'gzip', 'x-a': '1' },
      body: null,
    });
  });

  it('is dispatched within its subscription, once undici is loaded', async () => {
    await start();
    watch(undiciTransport({ dispatcher })(requestOf()));
    expect(dispatched).toHaveLength(2);
  });

  it('is not dispatched if its subscriber leaves while undici is loaded', async () => {
    vi.resetModules();
    const fresh = await import('../../../../src/api/http/transports/undici.node.js');
    watch(fresh.undiciTransport({ dispatcher })(requestOf())).leave();
    const seen = watch(fresh.undiciTransport({ dispatcher })(requestOf()));
    await until(() => dispatched.length > 0);
    respond(200, 'text');
    expect(await over(seen)).toMatchObject({ body: 'text' });
    expect(dispatched).toHaveLength(1);
  });

  it('is not dispatched if its subscriber leaves while its body is read', async () => {
    watch(undiciTransport({ dispatcher })(requestOf({ body: new FormData() }))).leave();
    await start({ body: new FormData() });
    expect(dispatched).toHaveLength(1);
  });

  it('asks for gzip, or for no compression where the answer is handed over unread, unless the caller chooses', async () => {
    const encodings = async (facts: Partial<HttpRequest>) =>
      (await start({ headers: {}, ...facts })).options.headers['accept-encoding'];
    expect(await encodings({})).toBe('gzip');
    expect(await encodings({ read: 'blob' })).toBe('gzip');
    expect(await encodings({ read: 'raw' })).toBe('identity');
    for (const read of ['text', 'raw'] as const)
      expect(await encodings({ read, headers: { 'accept-encoding': 'br' } })).toBe('br');
  });

  it('shares its headers with the next one that has the same', async () => {
    const headers = { 'x-a': '1' };
    const [one, two, other] = [await start({ headers }), await start({ headers }), await start({ headers: {} })];
    expect(two.options.headers).toBe(one.options.headers);
    expect(other.options.headers).toEqual({ 'accept-encoding': 'gzip' });
  });

  it('sends its body as it is, or a form as bytes with their type', async () => {
    for (const body of ['text', new Uint8Array(2), new Blob(['x']), streamOf()])
      expect((await start({ body })).options.body).toBe(body);
    expect((await start({ body: 'text', progress: true })).options.body).toBe('text');
    const empty = await start({ headers: {}, progress: true });
    expect(empty.options).toMatchObject({ body: null, headers: { 'accept-encoding': 'gzip' } });
    expect(empty.options.headers).not.toHaveProperty('content-length');
    const form = new FormData();
    form.append('image', new Blob(['abc']));
    const { body, headers } = (await start({ body: form })).options;
    const bytes = Buffer.concat(await bytesOf(body));
    expect(headers).toMatchObject({
      'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/) as unknown,
      'content-length': String(bytes.length),
    });
    expect(bytes.toString()).toContain('abc');
  });

  it('reports the bytes of its body, each slice when the next one is asked for', async () => {
    const bytes = new Uint8Array(150_000).map((_, at) => at);
    for (const given of [bytes, new Blob([bytes], { type: 'image/png' })]) {
      const { seen, options } = await start({ body: given, progress: true, headers: {} });
      expect(options.headers).toEqual({ 'accept-encoding': 'gzip', 'content-length': '150000' });
      const slices = options.body as AsyncGenerator<Uint8Array>;
      const first = await slices.next();
      expect(seen.values).toEqual([]);
      const rest = await bytesOf(slices);
      expect(rest.map(({ length }) => length)).toEqual([65_536, 150_000 - 2 * 65_536]);
      expect(Buffer.concat([first.value as Uint8Array, ...rest]).equals(bytes)).toBe(true);
      expect(seen.values).toEqual(
        [65_536, 131_072, 150_000].map((loadedBytes) => ({ type: 'upload', loadedBytes, totalBytes: 150_000 })),
      );
    }
    const even = await start({ body: new Uint8Array(131_072), progress: true });
    expect(await bytesOf(even.options.body)).toHaveLength(2);
    expect(even.seen.values).toHaveLength(2);
    const { seen, options } = await start({ body: streamOf(new Uint8Array(2), new Uint8Array(1)), progress: true });
    await bytesOf(options.body);
    expect(seen.values).toStrictEqual([2, 3].map((loadedBytes) => ({ type: 'upload', loadedBytes })));
  });

  it('reports the bytes of its answer if that is wanted', async () => {
    const { seen } = await start({ progress: true });
    respond(200, 'abc', { 'content-length': '3' });
    await over(seen);
    expect(seen.values).toMatchObject([{ type: 'download', loadedBytes: 3, totalBytes: 3 }, { body: 'abc' }]);
    const silent = await start();
    respond(200, 'abc');
    await over(silent.seen);
    expect(silent.seen.values).toHaveLength(1);
  });

  it('fails if the dispatcher refuses it, or if its body cannot be read', async () => {
    const reason = new Error('the agent is closed');
    const refusing = {
      dispatch: () => {
        throw reason;
      },
    };
    await expect(over(watch(undiciTransport({ dispatcher: refusing })(requestOf())))).rejects.toBe(reason);
    const read = vi.spyOn(Response.prototype, 'arrayBuffer').mockRejectedValueOnce(reason);
    const unreadable = watch(undiciTransport({ dispatcher })(requestOf({ body: new FormData() })));
    await expect(over(unreadable)).rejects.toBe(reason);
    read.mockRestore();
    expect(dispatched).toEqual([]);
  });

  it('fails if undici cannot be loaded', async () => {
    vi.resetModules();
    vi.doMock('undici', () => {
      throw new Error('not installed');
    });
    const fresh = await import('../../../../src/api/http/transports/undici.node.js');
    await expect(over(watch(fresh.undiciTransport({ dispatcher })(requestOf())))).rejects.toThrow(/mock/);
    vi.doUnmock('undici');
  });

  it('is aborted when its subscriber leaves, until the answer is there', async () => {
    const { seen } = await start();
    seen.leave();
    expect(dispatched[0]!.abort).toHaveBeenCalledOnce();
    const raw = await start({ read: 'raw' });
    dispatched[1]!.receiver.onHeaders(200, [], () => undefined, 'OK');
    await over(raw.seen);
    raw.seen.leave();
    expect(dispatched[1]!.abort).not.toHaveBeenCalled();
    const failed = await start();
    dispatched[2]!.receiver.onError(new Error('reset'));
    await expect(over(failed.seen)).rejects.toThrow('reset');
    expect(dispatched[2]!.abort).not.toHaveBeenCalled();
  });
});

describe('an answer over undici', () => {
  it('comes as it is wanted, and errors as text', async () => {
    const type = { 'content-type': 'image/png' };
    const text = await answerTo({}, 201, '\uFEFFab\uFEFF', type);
    expect(text).toMatchObject({ type: 'response', status: 201, body: 'ab\uFEFF' });
    expect(text.headers.get('content-type')).toBe('image/png');
    const { body } = await answerTo({ read: 'blob' }, 399, 'ab', type);
    expect(body).toBeInstanceOf(Blob);
    expect(body).toMatchObject({ type: 'image/png', size: 2 });
    expect((await answerTo({ read: 'blob' }, 200, 'ab')).body).toMatchObject({ type: '', size: 2 });
    for (const read of ['blob', 'raw'] as const) expect((await answerTo({ read }, 400, 'no')).body).toBe('no');
  });

  it('is unpacked if it is packed and not empty', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    expect((await answerTo({}, 200, gzipSync('text'), gzip)).body).toBe('text');
    expect((await answerTo({ method: 'HEAD' }, 200, '', gzip)).body).toBe('');
    expect((await answerTo({}, 200, 'text', { 'content-encoding': 'identity' })).body).toBe('text');
    expect((await answerTo({ read: 'raw' }, 404, gzipSync('no'), gzip)).body).toBe('no');
    await expect(answerTo({}, 200, 'not packed', gzip)).rejects.toThrow(/header/);
  });

  it('is a Response of the platform if it is handed over unread', async () => {
    const response = (await answerTo({ read: 'raw', url: 'http://mm.test/x' }, 206, 'abc', { 'x-a': '1' }))
      .body as Response;
    expect(response).toBeInstanceOf(Response);
    expect(response).toMatchObject({ status: 206, statusText: 'as it is', url: 'http://mm.test/x' });
    expect(response.headers.get('x-a')).toBe('1');
    expect(await response.text()).toBe('abc');
    for (const status of [204, 205, 304])
      expect((await answerTo({ read: 'raw' }, status)).body).toMatchObject({ status, body: null });
  });
});

describe('a redirect over undici', () => {
  const location = { location: '/elsewhere?a=1' };

  it('is followed for reads, to where it leads, without a body', async () => {
    for (const method of ['GET', 'HEAD'] as const) {
      const { seen } = await start({ method, url: 'http://mm.test/x', body: 'text' });
      respond(301, '', location);
      const { length } = dispatched;
      await until(() => dispatched.length > length);
      expect(dispatched.at(-1)!.options).toMatchObject({
        origin: 'http://mm.test',
        path: '/elsewhere?a=1',
        method,
        body: null,
      });
      respond(200, 'there');
      expect(await over(seen)).toMatchObject({ status: 200, body: 'there' });
    }
  });

  it('is the answer if it is not one, leads nowhere, or is one of a write', async () => {
    expect(await answerTo({}, 300, '', location)).toMatchObject({ status: 300 });
    expect(await answerTo({}, 400, '', location)).toMatchObject({ status: 400 });
    expect(await answerTo({}, 302)).toMatchObject({ status: 302 });
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const)
      expect(await answerTo({ method }, 302, '', location)).toMatchObject({ status: 302 });
    expect(dispatched).toHaveLength(7);
  });

  it('takes the credential along within its site only', async () => {
    const headers = { authorization: 'Bearer t', 'x-a': '1' };
    const follow = async (to: string) => {
      const { seen } = await start({ url: 'http://mm.test/x', headers });
      const { length } = dispatched;
      respond(399, '', { location: to });
      await until(() => dispatched.length > length);
      seen.leave();
      return dispatched.at(-1)!.options;
    };
    expect((await follow('http://mm.test/y')).headers).toMatchObject(headers);
    for (const to of ['https://mm.test/y', 'http://mm.test:81/y', '//other.test/y'])
      expect((await follow(to)).headers).toEqual({ 'accept-encoding': 'gzip', 'x-a': '1' });
  });

  it('is the answer after five of them', async () => {
    const { seen } = await start();
    for (let count = 1; count < 6; count++) {
      respond(302, '', location);
      await until(() => dispatched.length > count);
    }
    respond(302, '', location);
    expect(await over(seen)).toMatchObject({ status: 302 });
    expect(dispatched).toHaveLength(6);
  });

  it('is not followed for a subscriber who has left', async () => {
    const { seen } = await start();
    respond(302, '', location);
    seen.leave();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(dispatched).toHaveLength(1);
  });
});
