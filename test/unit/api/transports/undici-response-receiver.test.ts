import { describe, expect, it, vi } from 'vitest';
import { ResponseReceiver, type RawAnswer } from '../../../../src/api/http/transports/undici-response-receiver.node.js';
import type { HttpProgress } from '../../../../src/api/http/types.js';

const raw = (...texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text, 'latin1'));
const bytes = (...values: readonly number[]): Buffer<ArrayBuffer> => Buffer.from(values);

function receive({ streamed = false, progress }: { streamed?: boolean; progress?: (one: HttpProgress) => void } = {}) {
  const [resolve, reject, resume] = [vi.fn<(answer: RawAnswer) => void>(), vi.fn(), vi.fn()];
  const receiver = new ResponseReceiver(streamed, progress, resolve, reject);
  const head = (status = 200, headers: Buffer[] = []): boolean =>
    receiver.onHeaders(status, headers, resume, 'as it is');
  return { receiver, head, reject, resolve, answer: () => resolve.mock.lastCall![0] };
}

function headersOf(...headers: Buffer[]): RawAnswer['headers'] {
  const { receiver, head, answer } = receive();
  head(200, headers);
  receiver.onComplete();
  return answer().headers;
}

describe('an answer of a dispatcher', () => {
  it('comes whole, with its status, once it is complete', () => {
    const { receiver, head, answer, resolve } = receive();
    expect(head(201)).toBe(true);
    for (const chunk of [bytes(1, 2), bytes(3)]) expect(receiver.onData(chunk)).toBe(true);
    expect(resolve).not.toHaveBeenCalled();
    receiver.onComplete();
    expect(answer()).toMatchObject({ status: 201, statusText: 'as it is', body: bytes(1, 2, 3) });
  });

  it('is not copied if it came in one piece, and may be empty', () => {
    const one = receive();
    const chunk = bytes(1, 2);
    one.head();
    one.receiver.onData(chunk);
    one.receiver.onComplete();
    expect(one.answer().body).toBe(chunk);
    const none = receive();
    none.head(204);
    none.receiver.onComplete();
    expect(none.answer()).toMatchObject({ status: 204, body: bytes() });
  });

  it('comes after any number of informational ones', () => {
    const { receiver, head, answer, resolve } = receive({ streamed: true });
    for (const status of [100, 103, 199]) expect(head(status, raw('x-a', 'early'))).toBe(true);
    expect(resolve).not.toHaveBeenCalled();
    head(200, raw('x-a', 'late'));
    receiver.onComplete();
    expect(answer().status).toBe(200);
    expect(answer().headers.get('x-a')).toBe('late');
  });

  it('is a stream if that was asked for and it is a good answer', async () => {
    const { receiver, head, answer } = receive({ streamed: true });
    expect(head(299)).toBe(true);
    const { body, status } = answer();
    expect(status).toBe(299);
    receiver.onData(bytes(1, 2));
    receiver.onData(bytes(3));
    receiver.onComplete();
    expect(new Uint8Array(await new Response(body).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
    const other = receive({ streamed: true });
    other.head(300);
    other.receiver.onData(bytes(7));
    other.receiver.onComplete();
    expect(other.answer()).toMatchObject({ status: 300, body: bytes(7) });
  });

  it('makes the server wait while 64 KiB are unread', () => {
    const { receiver, head } = receive({ streamed: true });
    head();
    expect(receiver.onData(Buffer.alloc(65_535))).toBe(true);
    expect(receiver.onData(bytes(1))).toBe(false);
  });

  it('reports its bytes, with the total if the server says it', () => {
    const seen: HttpProgress[] = [];
    const known = receive({ progress: (one) => seen.push(one) });
    known.head(200, raw('content-length', '3'));
    known.receiver.onData(bytes(1, 2));
    known.receiver.onData(bytes(3));
    const unknown = receive({ progress: (one) => seen.push(one) });
    unknown.head();
    unknown.receiver.onData(bytes(1));
    expect(seen).toStrictEqual([
      { type: 'download', loadedBytes: 2, totalBytes: 3 },
      { type: 'download', loadedBytes: 3, totalBytes: 3 },
      { type: 'download', loadedBytes: 1 },
    ]);
  });

  it('that fails is the failure of the request, or of the stream that is being read', async () => {
    const reason = new Error('reset');
    const { receiver, reject } = receive();
    receiver.onError(reason);
    expect(reject).toHaveBeenCalledWith(reason);
    const streamed = receive({ streamed: true });
    streamed.head();
    streamed.receiver.onError(reason);
    await expect(new Response(streamed.answer().body).text()).rejects.toBe(reason);
  });

  it('is aborted at once, or when its connection is there, or when its stream is cancelled', async () => {
    const abort = vi.fn();
    const connected = receive().receiver;
    connected.onConnect(abort);
    expect(abort).not.toHaveBeenCalled();
    connected.abort();
    expect(abort).toHaveBeenCalledTimes(1);
    const waiting = receive().receiver;
    waiting.abort();
    waiting.onConnect(abort);
    expect(abort).toHaveBeenCalledTimes(2);
    const { receiver, head, answer } = receive({ streamed: true });
    receiver.onConnect(abort);
    head();
    await (answer().body as ReadableStream).cancel();
    expect(abort).toHaveBeenCalledTimes(3);
  });
});

describe('raw headers', () => {
  it('are found by their name in lower case', () => {
    const headers = headersOf(...raw('X-A', '1', 'x-b', '2', 'etag', 'x-b'));
    expect(['x-a', 'x-b', 'x-c', 'etag', '2', '1'].map((name) => headers.get(name))).toEqual([
      ...['1', '2', null, 'x-b'],
      ...[null, null],
    ]);
  });

  it('that come more than once are joined', () => {
    expect(headersOf(...raw('x-a', '', 'x-b', 'no', 'X-A', '2', 'x-a', '3')).get('x-a')).toBe(', 2, 3');
  });

  it('are latin1, and may be strings already', () => {
    const strings = ['X-B', 'ü'] as unknown as Buffer[];
    const headers = headersOf(...raw('x-a', 'é'), ...strings);
    expect([headers.get('x-a'), headers.get('x-b')]).toEqual(['é', 'ü']);
  });

  it('are all given in their order', () => {
    const seen: [string, string][] = [];
    headersOf(...raw('X-A', '1', 'x-b', '2', 'x-a', '3')).forEach((value, name) => seen.push([name, value]));
    expect(seen).toEqual([
      ['x-a', '1'],
      ['x-b', '2'],
      ['x-a', '3'],
    ]);
  });
});
