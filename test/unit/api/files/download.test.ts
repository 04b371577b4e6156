import fc from 'fast-check';
import { lastValueFrom, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../../src/api/call.js';
import { resumableDownload, type ResumableDownloadOptions } from '../../../../src/api/files/resumable-download.js';
import { streamRows } from '../../../../src/api/files/stream-rows.js';
import { uploadFile } from '../../../../src/api/files/upload-file.js';
import { fetchTransport } from '../../../../src/api/http/transports/fetch.js';
import { NetworkError, ProtocolError } from '../../../../src/models/errors.js';
import { until } from '../../../integration/api/kit.js';
import { Clock, setUp } from '../kit.js';
import { atOnce, bytesIn, bytesOf, isSame, openFiles } from './kit.js';

type Opened = Awaited<ReturnType<typeof openFiles>>;
const opened: Opened[] = [];
afterEach(async () => {
  for (const { server } of opened.splice(0)) await server.close();
});

const whole = bytesOf(5000);

async function openFile(...args: Parameters<typeof openFiles>) {
  const all = await openFiles(...args);
  opened.push(all);
  const { id } = await uploadFile(all.files, whole, { channelId: all.channel.id, filename: 'data.bin' });
  all.requests.length = 0;
  const download = (options: ResumableDownloadOptions = {}) =>
    resumableDownload(all.files.getFile(id), { ...atOnce, ...options });
  return { ...all, id, download };
}

describe('a download', () => {
  it('gives the whole file with its type, and reports its bytes', async () => {
    const { download } = await openFile();
    const blob = await download();
    expect(blob.type).toBe('application/octet-stream');
    expect(isSame(await bytesIn(blob), whole)).toBe(true);
    expect(await lastValueFrom(download().pipe(toArray()))).toEqual([expect.any(Blob)]);
    const events = await lastValueFrom(download().progress().pipe(toArray()));
    expect(events.at(-2)).toEqual({ type: 'download', loadedBytes: 5000, totalBytes: 5000 });
    expect(events.at(-1)?.type).toBe('done');
  });

  it('of a range gives those bytes', async () => {
    const { download } = await openFile();
    const ranges: readonly (readonly [ResumableDownloadOptions, number, number])[] = [
      [{ start: 10 }, 10, 5000],
      [{ end: 10 }, 0, 10],
      [{ start: 4990, end: 9000 }, 4990, 5000],
      [{ start: 7, end: 7 }, 7, 7],
    ];
    for (const [range, start, end] of ranges)
      expect(await bytesIn(await download(range))).toEqual(whole.subarray(start, end));
    await expect(download({ start: 5000 })).rejects.toMatchObject({ status: 416 });
  });

  it.each(['11.6', '5.37'] as const)('from %s is whole, wherever connections are cut', async (version) => {
    const { download, server } = await openFile({ version });
    const cuts = fc.array(fc.integer({ min: -1, max: 5100 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.nat({ max: 4999 }), async (list, start) => {
        server.faults.clear();
        for (const afterBytes of list) {
          if (afterBytes < 0) server.faults.loseAnswer();
          else server.faults.cutAnswer(afterBytes);
        }
        const blob = await download({ start, maxRetries: 20 });
        expect(isSame(await bytesIn(blob), whole.subarray(start))).toBe(true);
        const chunks: Uint8Array[] = [];
        for await (const chunk of download({ start })) chunks.push(chunk);
        expect(isSame(Buffer.concat(chunks), whole.subarray(start))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('asks only for what is missing, uncompressed, of the same version of the file', async () => {
    const { download, server, requests } = await openFile();
    server.faults.cutAnswer(1234);
    await download();
    expect(requests).toHaveLength(2);
    const headers: Readonly<Record<string, string>>[] = [];
    const { rest } = setUp({
      transport: fetchTransport((_, init) => {
        headers.push(init.headers as Record<string, string>);
        const cut = headers.length === 1;
        const modified = { 'last-modified': 'Mon, 23 Nov 2026 18:35:43 GMT' };
        return Promise.resolve(
          cut
            ? new Response(breakingOff(3), { headers: { ...modified, 'content-length': '9' } })
            : new Response(new Uint8Array(6), {
                status: 206,
                headers: { ...modified, 'content-range': 'bytes 3-8/9' },
              }),
        );
      }),
      auth: { token: 't' },
    });
    const call = rest.call<Blob>({ id: 'getFile', method: 'GET', path: '/file', answer: 'blob' }, []);
    expect((await resumableDownload(call, { ...atOnce, headers: { 'x-a': '1' } })).size).toBe(9);
    expect(headers.map(({ authorization: _, ...rest }) => rest)).toEqual([
      { 'x-a': '1', 'accept-encoding': 'identity' },
      { 'x-a': '1', 'accept-encoding': 'identity', range: 'bytes=3-', 'if-range': 'Mon, 23 Nov 2026 18:35:43 GMT' },
    ]);
  });

  it('reads no faster than its consumer, and aborts the rest when that leaves', async () => {
    const { call, state } = endless();
    let taken = 0;
    for await (const chunk of resumableDownload(call)) {
      taken += chunk.length;
      if (taken === 3) break;
    }
    expect(state.pulled).toBeLessThanOrEqual(5);
    await until(() => state.cancelled);
    const second = endless();
    const subscription = resumableDownload(second.call)
      .progress()
      .subscribe(({ type }) => {
        if (type === 'download') subscription.unsubscribe();
      });
    await until(() => second.state.cancelled);
    await new Promise((resolve) => setImmediate(resolve));
    expect(second.requests()).toBe(1);
  });

  it('replaces a connection that has been silent for too long', async () => {
    const clock = new Clock();
    const answers = [
      silent(),
      new Response(new Uint8Array(2), { status: 206, headers: { 'content-range': 'bytes 1-2/3' } }),
    ];
    const { call, requests } = served(answers);
    let size = 0;
    resumableDownload(call, { ...atOnce, idleTimeoutMs: 1000, scheduler: clock }).subscribe(
      (blob) => (size = blob.size),
    );
    await until(() => clock.pending === 1 && requests() === 1);
    clock.advance(999);
    expect(requests()).toBe(1);
    await until(() => {
      clock.advance(1000);
      return size > 0;
    });
    expect([size, requests()]).toEqual([3, 2]);
    expect(clock.pending).toBe(0);
    let failure: unknown;
    resumableDownload(served([silent()]).call, { maxRetries: 0, idleTimeoutMs: 1000, scheduler: clock }).subscribe({
      error: (error: unknown) => (failure = error),
    });
    await until(() => {
      clock.advance(1000);
      return failure !== undefined;
    });
    expect(failure).toEqual(new NetworkError('the download broke off after 1 bytes'));
  });

  it('is an error if the server cannot continue where it broke off', async () => {
    const rest = { status: 206, headers: { 'content-range': 'bytes 2-2/3' } };
    const changed = served([broken(1, 3), new Response(new Uint8Array(3))]);
    await expect(resumableDownload(changed.call, atOnce)).rejects.toThrow(/changed/);
    const elsewhere = served([broken(1, 3), new Response(new Uint8Array(1), rest)]);
    await expect(resumableDownload(elsewhere.call, atOnce)).rejects.toThrow(/byte 2, not 1/);
    const whole = served([new Response(new Uint8Array(3))]);
    await expect(resumableDownload(whole.call, { ...atOnce, start: 1 })).rejects.toThrow(ProtocolError);
    const never = served(Array.from({ length: 5 }, () => broken(0, 3)));
    await expect(resumableDownload(never.call, { ...atOnce, maxRetries: 2 })).rejects.toThrow(NetworkError);
    expect(never.requests()).toBe(3);
  });

  it('is not continued after an error that is not transient', async () => {
    for (const status of [400, 403, 404, 500]) {
      const { call, requests } = served([new Response('{}', { status }), new Response('x')]);
      await expect(resumableDownload(call.with({ retry: false }), atOnce)).rejects.toMatchObject({ status });
      expect(requests()).toBe(1);
    }
    const down = served([new Response('{}', { status: 503 }), new Response('x')]);
    expect((await resumableDownload(down.call.with({ retry: false }), atOnce)).size).toBe(1);
    const gone = served([broken(1, 3), new Response('{}', { status: 404 })]);
    await expect(resumableDownload(gone.call, atOnce)).rejects.toMatchObject({ status: 404 });
    const never = served(Array.from({ length: 12 }, () => new Response('{}', { status: 503 })));
    await expect(resumableDownload(never.call.with({ retry: false }), atOnce)).rejects.toMatchObject({ status: 503 });
    expect(never.requests()).toBe(11);
  });

  it('counts failures in a row, until bytes arrive', async () => {
    const rest = (at: number, count = 1): Response =>
      new Response(breakingOff(count), { status: 206, headers: { 'content-range': `bytes ${at}-3/4` } });
    const answers = [broken(1, 4), rest(1), rest(2), rest(3), new Response('{}', { status: 416 })];
    expect((await resumableDownload(served(answers).call, { ...atOnce, maxRetries: 1 })).size).toBe(4);
    const empty = served([broken(1, 4), rest(1, 0)]);
    await expect(resumableDownload(empty.call, { ...atOnce, maxRetries: 1 })).rejects.toThrow(NetworkError);
    expect(empty.requests()).toBe(2);
  });

  it.each<[ResumableDownloadOptions, number, Record<string, string>, number | undefined]>([
    [{}, 200, { 'content-length': '3' }, 3],
    [{}, 200, { 'content-length': '3', 'content-encoding': 'gzip' }, undefined],
    [{}, 200, {}, undefined],
    [{ start: 5 }, 206, { 'content-range': 'bytes 5-7/8' }, 3],
    [{ start: 10 }, 206, { 'content-range': 'bytes 10-12/13' }, 3],
    [{ start: 5, end: 8 }, 206, { 'content-range': 'bytes 5-7/20' }, 3],
    [{ start: 5 }, 206, { 'content-length': '3' }, 3],
    [{ start: 5 }, 206, { 'content-length': '3', 'content-encoding': 'gzip' }, undefined],
    [{ start: 5 }, 206, {}, undefined],
  ])('of %o knows its length from an answer of %i with %o: %s', async (options, status, headers, totalBytes) => {
    const { call } = served([new Response(new Uint8Array(3), { status, headers })]);
    const events = await lastValueFrom(resumableDownload(call, options).progress().pipe(toArray()));
    const event = { type: 'download', loadedBytes: 3, ...(totalBytes !== undefined && { totalBytes }) };
    expect(events[0]).toStrictEqual(event);
  });

  it('asks for its range in bytes, and for nothing if that is empty', async () => {
    const ranges: (string | undefined)[] = [];
    const { rest } = setUp({
      transport: fetchTransport((_, init) => {
        ranges.push((init.headers as Record<string, string>)['range']);
        return Promise.resolve(new Response(new Uint8Array(1), { status: ranges.length === 1 ? 200 : 206 }));
      }),
    });
    const call = rest.call<Blob>({ id: 'getFile', method: 'GET', path: '/file', answer: 'blob' }, []);
    for (const range of [{}, { start: 4 }, { end: 4 }, { start: 2, end: 4 }]) await resumableDownload(call, range);
    expect(await resumableDownload(call, { start: 4, end: 4 })).toMatchObject({ size: 0, type: '' });
    expect(ranges).toEqual([undefined, 'bytes=4-', 'bytes=0-3', 'bytes=2-3']);
  });

  it('says what is wrong with the range of an answer', async () => {
    const whole = served([new Response(new Uint8Array(3))]);
    await expect(resumableDownload(whole.call, { start: 1 })).rejects.toThrow(
      'resumableDownload: the server gives no ranges',
    );
    const nothing = served([new Response('{}', { status: 416 })]);
    await expect(resumableDownload(nothing.call, { start: 1 })).rejects.toMatchObject({ status: 416 });
    const silent = served([broken(1, 3)]);
    await expect(resumableDownload(silent.call, { maxRetries: 0 })).rejects.toMatchObject({
      message: 'the download broke off',
      cause: new TypeError('terminated'),
    });
    const short = served([new Response(new Uint8Array(1), { headers: { 'content-length': '3' } })]);
    await expect(resumableDownload(short.call, { maxRetries: 0 })).rejects.toThrow(
      'the download broke off after 1 bytes',
    );
  });

  it('of an answer without a body is empty, and empty chunks are passed over', async () => {
    const none = served([new Response(null, { status: 200 })]);
    expect(await resumableDownload(none.call)).toMatchObject({ size: 0, type: '' });
    const chunks = [0, 1, 0].map((length) => new Uint8Array(length));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
    const lengths: number[] = [];
    for await (const { length } of resumableDownload(served([new Response(body)]).call)) lengths.push(length);
    expect(lengths).toEqual([1]);
  });

  it('of unknown length ends when the server has no more bytes', async () => {
    const { call } = served([
      new Response(breakingOff(2)),
      new Response('invalid range: failed to overlap\n', { status: 416 }),
    ]);
    expect((await resumableDownload(call, atOnce)).size).toBe(2);
    const { call: other } = served([
      new Response(breakingOff(2)),
      // From another origin, which hides where the part begins.
      new Response(new Uint8Array(4), { status: 206, headers: { 'content-length': '4' } }),
    ]);
    expect((await resumableDownload(other, atOnce)).size).toBe(6);
  });
});

/** Bytes one by one, then an error. */
function breakingOff(count: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (sent++ < count) controller.enqueue(new Uint8Array(1));
        else controller.error(new TypeError('terminated'));
      },
    },
    { highWaterMark: 0 },
  );
}

const broken = (bytes: number, length: number): Response =>
  new Response(breakingOff(bytes), { headers: { 'content-length': `${length}` } });

/** An answer that brings one byte of three, and nothing else. */
const silent = (): Response =>
  new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) }), {
    headers: { 'content-length': '3' },
  });

function served(answers: Response[]): { readonly call: Call<Blob>; requests(): number } {
  let requests = 0;
  const transport = fetchTransport(() => Promise.resolve(answers[requests++]!));
  const { rest } = setUp({ transport });
  const call = rest.call<Blob>({ id: 'getFile', method: 'GET', path: '/file', answer: 'blob' }, []);
  return { call, requests: () => requests };
}

/** An answer without an end, and how much of it was asked for. */
function endless() {
  const state = { pulled: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        state.pulled++;
        controller.enqueue(new Uint8Array(1));
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { ...served([new Response(body)]), state };
}

describe('rows on lines', () => {
  const rowsIn = (body: string | ReadableStream<Uint8Array> | null) => {
    const { call, requests } = served([new Response(body)]);
    return { rows: streamRows(call as unknown as Call<readonly { n: number }[]>), requests };
  };
  const rowsOf = (...args: Parameters<typeof rowsIn>) => rowsIn(...args).rows;
  const all = async (rows: AsyncIterable<{ n: number }>): Promise<number[]> => {
    const found: number[] = [];
    for await (const { n } of rows) found.push(n);
    return found;
  };

  it('come as they arrive, however the bytes are split', async () => {
    const bytes = new TextEncoder().encode('{"n":1,"t":"ä\\n"}\n{"n":2}\n\n \r\n{"n":3}');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (size) => {
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
            controller.close();
          },
        });
        expect(await all(rowsOf(body))).toEqual([1, 2, 3]);
      }),
      { numRuns: 40 },
    );
    expect(await all(rowsOf(''))).toEqual([]);
    expect(await all(rowsOf(null))).toEqual([]);
  });

  it('come before the answer is complete, and leaving the loop aborts the rest', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"n":1}\n{"n":2}\n{"n":')),
      cancel: () => void (cancelled = true),
    });
    const { rows, requests } = rowsIn(body);
    expect(requests()).toBe(0);
    for await (const { n } of rows) if (n === 2) break;
    expect([requests(), cancelled]).toEqual([1, true]);
  });

  it('that break off are an error after the rows that came', async () => {
    const found: number[] = [];
    const collect = async (text: string): Promise<void> => {
      for await (const { n } of rowsOf(text)) found.push(n);
    };
    await expect(collect('{"n":1}\n{"n":')).rejects.toEqual(
      new ProtocolError('streamRows: a line is not JSON, or cut short after 5 characters'),
    );
    await expect(collect('{"n":2}\n{"id":"app.some.error","message":"","status_code":500}')).rejects.toEqual(
      new ProtocolError('streamRows: the server ended the answer with an error: 500 app.some.error'),
    );
    expect(found).toEqual([1, 2]);
    const broken = all(rowsOf(breakingOff(1)));
    await expect(broken).rejects.toBeInstanceOf(NetworkError);
    await expect(broken).rejects.toMatchObject({
      message: 'streamRows: the answer broke off',
      cause: new TypeError('terminated'),
    });
  });

  it('are an error if the server is so old that it gives a page instead', async () => {
    await expect(all(rowsOf('[{"n":1},{"n":2}]'))).rejects.toThrow(
      'streamRows: the server is too old: it answered with a page, not with lines',
    );
  });
});
