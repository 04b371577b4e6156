import { describe, expect, it } from 'vitest';
import { counter, expectedBytes, toStream } from '../../../src/api/http/streams.js';
import type { HttpProgress } from '../../../src/api/http/types.js';

describe('a stream of an iterable', () => {
  it('reads on demand, to the end', async () => {
    let read = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      for (; read < 3; read++) yield await Promise.resolve(new Uint8Array([read]));
    }
    const reader = toStream(source()).getReader();
    expect((await reader.read()).value).toEqual(new Uint8Array([0]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(read).toBeLessThan(3);
    expect((await reader.read()).value).toEqual(new Uint8Array([1]));
    expect((await reader.read()).value).toEqual(new Uint8Array([2]));
    expect((await reader.read()).done).toBe(true);
  });

  it('ends its source when it is cancelled, if that can be ended', async () => {
    let ended = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(new Uint8Array(1));
      } finally {
        ended = true;
      }
    }
    const reader = toStream(source()).getReader();
    await reader.read();
    await reader.cancel();
    expect(ended).toBe(true);
    const next = () => Promise.resolve({ done: false as const, value: new Uint8Array(1) });
    await toStream({ [Symbol.asyncIterator]: () => ({ next }) }).cancel();
  });

  it('fails as its source does', async () => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield await Promise.reject(new Error('the disk is gone'));
    }
    await expect(toStream(source()).getReader().read()).rejects.toThrow('the disk is gone');
  });
});

describe('counted bytes', () => {
  it.each([undefined, 5])('are passed on and added up, with a total of %s', async (totalBytes) => {
    const seen: HttpProgress[] = [];
    const stream = new Blob(['abc']).stream().pipeThrough(counter('upload', totalBytes, (one) => seen.push(one)));
    expect(await new Response(stream).text()).toBe('abc');
    expect(seen).toStrictEqual([{ type: 'upload', loadedBytes: 3, ...(totalBytes && { totalBytes }) }]);
  });

  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'content-length': '7' }, 7],
    [{ 'content-length': '7', 'content-encoding': 'gzip' }, undefined],
    [{ 'content-length': '7', 'content-encoding': 'gzip', 'x-uncompressed-content-length': '9' }, 9],
  ])('that %j announces are %s', (headers, bytes) => {
    expect(expectedBytes(new Headers(headers))).toBe(bytes);
  });
});
