import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { lastValueFrom, takeLast, tap, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ExportsApi } from '../../../../src/api/generated/exports.js';
import { FilesApi } from '../../../../src/api/generated/files.js';
import { openPath } from '../../../../src/api/files/open-path.node.js';
import { resumableUpload, type ResumableUploadOptions } from '../../../../src/api/files/resumable-upload.js';
import type { FileSource } from '../../../../src/api/files/source.js';
import { uploadFile } from '../../../../src/api/files/upload-file.js';
import { PayloadTooLargeError, ProtocolError, ValidationError } from '../../../../src/models/errors.js';
import { until } from '../../../integration/api/kit.js';
import { answer, Clock, setUp, watch } from '../kit.js';
import { atOnce, bytesIn, bytesOf, isSame, openFiles } from './kit.js';

const mib = 1024 * 1024;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matterstream-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Opened = Awaited<ReturnType<typeof openFiles>>;
const opened: Opened[] = [];
afterEach(async () => {
  for (const { server } of opened.splice(0)) await server.close();
});
async function open(...args: Parameters<typeof openFiles>): Promise<Opened> {
  const files = await openFiles(...args);
  opened.push(files);
  return files;
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const stored = async ({ files }: Opened, id: string): Promise<Uint8Array> => bytesIn(await files.getFile(id));

describe('an upload with one request', () => {
  const bytes = bytesOf(70_000);
  const sources: readonly (readonly [string, () => FileSource])[] = [
    ['a Blob', () => new Blob([bytes])],
    ['bytes', () => bytes],
    ['an async iterable', () => inPieces(bytes, 1000)],
    ['a stream', () => new Blob([bytes]).stream()],
  ];

  it.each(sources)('takes %s', async (_, source) => {
    const all = await open();
    const info = await uploadFile(all.files, source(), { channelId: all.channel.id, filename: 'a b/ü.bin' });
    expect(info).toMatchObject({ name: 'ü.bin', size: bytes.length, channel_id: all.channel.id });
    expect(isSame(await stored(all, info.id), bytes)).toBe(true);
  });

  it('takes its name from the file or the path, and must have one', async () => {
    const { channel, files } = await open();
    const path = join(folder, 'report.txt');
    await writeFile(path, bytes);
    const name = async (source: FileSource) => (await uploadFile(files, source, { channelId: channel.id })).name;
    expect(await name(new File([bytes], 'from-file.txt'))).toBe('from-file.txt');
    expect(await name(path)).toBe('report.txt');
    expect(await name(pathToFileURL(path))).toBe('report.txt');
    await expect(name(new Blob([bytes]))).rejects.toEqual(
      new ValidationError('uploadFile: filename', 'must be given: the source has no name of its own'),
    );
    for (const wrong of [join(folder, 'missing'), folder])
      await expect(name(wrong)).rejects.toThrow(/^source: must be a (readable|regular) file/);
  });

  it('reports its bytes, and the file at the end', async () => {
    const { files, channel } = await open();
    const options = { channelId: channel.id, filename: 'a' };
    const events = await lastValueFrom(uploadFile(files, inPieces(bytes, 30_000), options).progress().pipe(toArray()));
    expect(events.slice(0, -1)).toEqual(
      [30_000, 60_000, 70_000].map((loadedBytes) => ({ type: 'upload', loadedBytes })),
    );
    expect(events.at(-1)).toMatchObject({ type: 'done', value: { size: 70_000 } });
  });

  it('reports the total if it is known, and an answer without a file as an error', async () => {
    const events = async (source: FileSource, files: readonly object[]) => {
      const { wire, rest } = setUp();
      const upload = uploadFile(new FilesApi(rest), source, { channelId: 'c1', filename: 'a' });
      const seen = watch(upload.progress());
      await until(() => wire.sent.length === 1);
      wire.last.emit({ type: 'upload', loadedBytes: 5 });
      wire.last.emit({ type: 'download', loadedBytes: 1 });
      wire.last.respond(answer({ file_infos: files }));
      if (seen.error !== undefined) throw seen.error as Error;
      expect(seen.completed).toBe(true);
      return seen.values;
    };
    const done = { type: 'done', value: { id: 'f1' } };
    const up = { type: 'upload', loadedBytes: 5 };
    expect(await events(bytes, [{ id: 'f1' }])).toStrictEqual([{ ...up, totalBytes: bytes.length }, done]);
    expect(await events(inPieces(bytes, 1000), [{ id: 'f1' }])).toStrictEqual([up, done]);
    await expect(events(bytes, [])).rejects.toEqual(new ProtocolError('uploadFile: the server stored no file'));
  });

  it('is not sent if its subscriber leaves while the source is opened', async () => {
    const { files, channel, requests } = await open();
    uploadFile(files, bytes, { channelId: channel.id, filename: 'a' }).subscribe().unsubscribe();
    await uploadFile(files, bytes, { channelId: channel.id, filename: 'b' });
    expect(requests).toHaveLength(1);
  });

  it('is not made twice after a broken connection, because two files would be stored', async () => {
    const { files, channel, server, requests } = await open();
    server.faults.loseAnswer();
    const upload = uploadFile(files, bytes, { channelId: channel.id, filename: 'a' });
    await expect(upload).rejects.toMatchObject({ code: 'network' });
    expect(requests).toHaveLength(1);
  });
});

describe('an upload in chunks', () => {
  const start = (all: Opened, source: FileSource, options: Partial<ResumableUploadOptions> = {}) =>
    resumableUpload(all.files, source, { channelId: all.channel.id, filename: 'big.bin', ...atOnce, ...options });

  it('sends a small file as one chunk, and never less than 5 MiB first', async () => {
    const all = await open();
    const small = bytesOf(1000);
    const info = await start(all, small, { chunkBytes: 10 });
    expect(isSame(await stored(all, info.id), small)).toBe(true);
    expect(all.requests.slice(0, 2)).toEqual(['POST /uploads', 'POST /uploads/{id}']);
    const large = bytesOf(5 * mib + 250);
    const events = await lastValueFrom(start(all, large, { chunkBytes: 100 }).progress().pipe(toArray()));
    const done = events.at(-1);
    expect(done?.type === 'done' && isSame(await stored(all, done.value.id), large)).toBe(true);
    const loaded = events.flatMap((event) => (event.type === 'upload' ? [event.loadedBytes] : []));
    expect(loaded).toEqual([5 * mib, 5 * mib + 100, 5 * mib + 200, 5 * mib + 250]);
  });

  const whole = bytesOf(5 * mib + 1200);
  const cut = fc.record({
    /** Where in the upload, as a share of a part. */
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    /** Which of the requests with data it hits, and how. */
    how: fc.constantFrom('request', 'answer', 'status'),
    noticedAfterMs: fc.constantFrom(0, 0, 0, 3),
  });
  const kinds = {
    Blob: () => new Blob([whole]),
    bytes: () => whole,
    stream: () => inPieces(whole, 700_001),
  };

  it.each(Object.entries(kinds))(
    'of %s arrives whole, wherever connections are cut',
    async (kind, source) => {
      const all = await open();
      const { faults } = all.server;
      await fc.assert(
        fc.asyncProperty(
          fc.array(cut, { maxLength: 6 }),
          fc.integer({ min: 150, max: 900 }),
          async (cuts, chunkBytes) => {
            faults.clear();
            const path = /\/uploads/;
            for (const { at, how, noticedAfterMs } of cuts) {
              // Half of them in the first part, which is long, half in one of the others.
              const afterBytes = Math.floor(at < 0.5 ? at * 2 * 5 * mib : (at * 2 - 1) * chunkBytes);
              if (how === 'request') faults.cutRequest(afterBytes, { path, noticedAfterMs });
              else if (how === 'answer') faults.loseAnswer({ path });
              else faults.cutAnswer(afterBytes % 200, { path });
            }
            const upload = start(all, source(), { chunkBytes, maxRetries: 50, sizeBytes: whole.length });
            const file = await upload.then(
              ({ id }) => id,
              (error: unknown) => error as Error,
            );
            // The id of a file is lost with the answer to its last part; a stream cannot be sent again then.
            if (kind === 'stream' && file instanceof Error) expect(file.message).toMatch(/app\.upload\.get\.app_error/);
            else expect(isSame(await stored(all, file as string), whole)).toBe(true);
          },
        ),
        { numRuns: 25 },
      );
    },
    60_000,
  );

  it('asks for the offset only when the server no longer writes: bytes from another one would corrupt the file', async () => {
    // Requests are 1 ms apart; that after a question comes so late that the server has noticed the dead connection by then.
    const clock = new Clock();
    let asked = false;
    const before = (request: string): void => {
      clock.advance(asked ? 30 : 1);
      asked = request.startsWith('GET');
    };
    const all = await open({ before, clock });
    const events = start(all, whole, { chunkBytes: 300 }).progress();
    const [done] = await lastValueFrom(
      events.pipe(
        tap((event) => {
          if (event.type === 'upload' && event.loadedBytes === 5 * mib)
            all.server.faults.cutRequest(100, { path: /\/uploads\//, noticedAfterMs: 10 });
        }),
        takeLast(1),
        toArray(),
      ),
    );
    expect(done?.type === 'done' && isSame(await stored(all, done.value.id), whole)).toBe(true);
    expect(all.requests.filter((one) => one === 'GET /uploads/{id}')).toHaveLength(1);
  });

  it('reports the bytes that have arrived after a broken connection', async () => {
    const all = await open();
    all.server.faults.cutRequest(100, { path: /\/uploads\// });
    const events = await lastValueFrom(start(all, bytesOf(300)).progress().pipe(toArray()));
    expect(events.map((event) => event.type === 'upload' && event.loadedBytes)).toEqual([300, false]);
    expect(all.requests).toEqual([
      'POST /uploads',
      'POST /uploads/{id}',
      'POST /uploads/{id}',
      'GET /uploads/{id}',
      'POST /uploads/{id}',
    ]);
  });

  it('starts again when the answer to the last chunk is lost, because the id of the file is unknown', async () => {
    const all = await open();
    all.server.faults.loseAnswer({ path: /\/uploads\// });
    const info = await start(all, bytesOf(300));
    expect(isSame(await stored(all, info.id), bytesOf(300))).toBe(true);
    expect(all.requests.filter((one) => one === 'POST /uploads')).toHaveLength(2);
  });

  it('continues an earlier upload', async () => {
    const all = await open();
    let id = '';
    const first = start(all, whole, { chunkBytes: 300, onSession: (session) => void (id = session.id) });
    await new Promise<void>((resolve) => {
      const subscription = first.progress().subscribe((event) => {
        if (event.type !== 'upload' || event.loadedBytes < 5 * mib + 300) return;
        subscription.unsubscribe();
        resolve();
      });
    });
    all.requests.length = 0;
    for (const source of [whole, inPieces(whole, 100_000)]) {
      const session = await all.files.getUpload(id).response();
      expect(session.data.file_offset).toBeGreaterThanOrEqual(5 * mib);
      if (source === whole) continue;
      const info = await start(all, source, { sizeBytes: whole.length, uploadId: id });
      expect(isSame(await stored(all, info.id), whole)).toBe(true);
    }
    expect(all.requests).not.toContain('POST /uploads');
    const other = await all.files.createUpload({ channel_id: all.channel.id, filename: 'x', file_size: 7 });
    await expect(start(all, bytesOf(8), { uploadId: other.id })).rejects.toThrow(
      'resumableUpload: source: must have the 7 bytes of the upload, not 8',
    );
    await expect(start(all, bytesOf(8), { uploadId: 'a'.repeat(26) })).rejects.toMatchObject({ status: 404 });
  });

  it('of a path reads what it sends, beyond 4 GiB too, and notices when the file changes', async () => {
    const all = await open();
    const path = join(folder, 'changing.bin');
    await writeFile(path, whole);
    const events = start(all, path, { chunkBytes: 300.5 }).progress();
    const [done] = await lastValueFrom(events.pipe(takeLast(1), toArray()));
    expect(done?.type === 'done' && isSame(await stored(all, done.value.id), whole)).toBe(true);
    const before = (request: string): void => {
      if (request === 'POST /uploads/{id}') writeFileSync(path, bytesOf(10));
    };
    await expect(start(await open({ before }), path, { chunkBytes: 300 })).rejects.toThrow(/^source: must not change/);
    await truncate(path, 5 * 1024 * mib);
    const opened = await openPath(path);
    expect(opened.size).toBe(5 * 1024 * mib);
    expect(await opened.read(4.5 * 1024 * mib, 4.5 * 1024 * mib + 3)).toEqual(new Uint8Array(3));
    expect(await opened.whole()).not.toBeInstanceOf(Blob);
  });

  it('ends with an error that is not transient, and after too many failures in a row', async () => {
    const all = await open();
    const { server, files } = all;
    const small = new Blob([bytesOf(10)]);
    const stream = (): FileSource => inPieces(bytesOf(10), 3);
    await expect(start(all, stream())).rejects.toThrow('resumableUpload: sizeBytes: must be given for a stream');
    const wrong = 'resumableUpload: sizeBytes: must be the number of bytes of the source';
    for (const sizeBytes of [1.5, 9, 11, -1]) await expect(start(all, small, { sizeBytes })).rejects.toThrow(wrong);
    for (const sizeBytes of [1.5, -1]) await expect(start(all, stream(), { sizeBytes })).rejects.toThrow(wrong);
    await expect(start(all, inPieces(bytesOf(10), 3), { sizeBytes: 11 })).rejects.toThrow(
      /must have the 11 bytes that were announced, not 10/,
    );
    await expect(resumableUpload(files, small, { channelId: 'x'.repeat(26), filename: 'a' })).rejects.toMatchObject({
      status: 403,
    });
    const huge = start(all, inPieces(bytesOf(10), 3), { sizeBytes: 200 * mib });
    await expect(huge).rejects.toThrow(PayloadTooLargeError);
    server.faults.refuse();
    all.requests.length = 0;
    await expect(start(all, small, { maxRetries: 2 })).rejects.toMatchObject({ code: 'network' });
    expect(all.requests).toHaveLength(3);
  });

  it('stops with its subscriber, in requests and in waits', async () => {
    const all = await open();
    const session = await all.files.createUpload({ channel_id: all.channel.id, filename: 'x', file_size: 7 });
    all.requests.length = 0;
    start(all, bytesOf(10)).subscribe().unsubscribe();
    await all.files.getUpload(session.id);
    expect(all.requests).toEqual(['GET /uploads/{id}']);
    all.server.faults.refuse();
    const clock = new Clock();
    const waiting = start(all, bytesOf(10), { baseMs: 5, random: () => 1, scheduler: clock }).subscribe();
    await until(() => clock.pending === 1);
    const made = all.requests.length;
    waiting.unsubscribe();
    expect(clock.pending).toBe(0);
    clock.advance(1000);
    expect(all.requests).toHaveLength(made);
  });

  it('stores a bundle to import, for admins', async () => {
    const bundle = { filename: 'bundle.zip', type: 'import' as const };
    const all = await open();
    await expect(start(all, bytesOf(10), bundle)).rejects.toMatchObject({ status: 403 });
    const { files, rest } = await open({ admin: true });
    const info = await resumableUpload(files, bytesOf(10), bundle);
    expect(info).toMatchObject({ name: 'bundle.zip', size: 10 });
    expect(await new ExportsApi(rest).listImports()).toEqual([expect.stringMatching(/_bundle\.zip$/)]);
  });
});
