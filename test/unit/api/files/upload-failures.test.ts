import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { resumableUpload, type ResumableUploadOptions } from '../../../../src/api/files/resumable-upload.js';
import type { FileSource } from '../../../../src/api/files/source.js';
import { FilesApi } from '../../../../src/api/generated/files.js';
import type { HttpRequest, HttpResponse, Transport } from '../../../../src/api/http/types.js';
import { NetworkError, ProtocolError } from '../../../../src/models/errors.js';
import { until } from '../../../integration/api/kit.js';
import { answer, answering, Clock, refusal, setUp, watch } from '../kit.js';
import { atOnce } from './kit.js';

const size = 300;
const bytes = new Uint8Array(size);
const concurrent = 'app.upload.upload_data.concurrent.app_error';
const tooShort = 'api.upload.upload_data.invalid_content_length';
const stored = answer({ id: 'f1', name: 'a.bin' });
const offset = (fileOffset: number, fileSize = size): HttpResponse =>
  answer({ id: 'u1', file_offset: fileOffset, file_size: fileSize });

/** What a request does: `create`, `ask` (data without bytes), `send` or `offset`. */
function kindOf({ method, url, body }: HttpRequest): string {
  if (method === 'GET') return 'offset';
  if (url.endsWith('/uploads')) return 'create';
  return (body as Uint8Array).byteLength === 0 ? 'ask' : 'send';
}

/** A server that answers the requests of one upload in this order, and repeats the last answer. */
function scripted(...answers: (HttpResponse | Error)[]) {
  const requests: HttpRequest[] = [];
  const transport: Transport = answering((request) => {
    const next = answers[Math.min(requests.push(request), answers.length) - 1]!;
    if (next instanceof Error) throw next;
    return next;
  });
  const { rest } = setUp({ transport, retry: false });
  const files = new FilesApi(rest);
  const upload = (options: Partial<ResumableUploadOptions> = {}, source: FileSource = bytes) =>
    resumableUpload(files, source, { channelId: 'c1', filename: 'a.bin', ...atOnce, ...options });
  return { requests, files, upload, kinds: () => requests.map(kindOf) };
}

async function* stream(): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const created = offset(0);
const down = refusal(503, 'down');

describe('an upload in chunks', () => {
  it('describes the file, and gives the options of the caller to every request', async () => {
    const { upload, requests } = scripted(created, down, answer('{}'), offset(0), stored);
    await upload({ call: { headers: { 'x-a': '1' } } });
    expect(JSON.parse(requests[0]!.body as string)).toEqual({ channel_id: 'c1', filename: 'a.bin', file_size: size });
    expect(requests).toHaveLength(5);
    for (const { headers } of requests) expect(headers['x-a']).toBe('1');
  });

  it('names the channel if there is one, and its type if it is not the usual one', async () => {
    const description = { filename: 'a.bin', file_size: size };
    for (const [options, body] of [
      [{ channelId: 'c1' }, { ...description, channel_id: 'c1' }],
      [
        { channelId: 'c1', type: 'attachment' },
        { ...description, channel_id: 'c1' },
      ],
      [{ type: 'import' }, { ...description, type: 'import' }],
    ] as const) {
      const { files } = scripted(created, stored);
      const createUpload = vi.spyOn(files, 'createUpload');
      await resumableUpload(files, bytes, { filename: 'a.bin', ...atOnce, ...options });
      expect(createUpload.mock.calls[0]![0]).toStrictEqual(body);
    }
  });

  it('may be of an empty file', async () => {
    const empty = scripted(offset(0, 0), stored);
    await expect(empty.upload({}, new Uint8Array())).resolves.toMatchObject({ id: 'f1' });
    expect(empty.requests).toHaveLength(2);
  });

  it('must have a name', async () => {
    const { rest } = setUp();
    await expect(resumableUpload(new FilesApi(rest), bytes, { channelId: 'c1' })).rejects.toThrow(
      'resumableUpload: filename: must be given: the source has no name of its own',
    );
  });

  it('cancels its stream when its subscriber leaves', async () => {
    let cancelled = false;
    const source = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
    const { upload, kinds } = scripted(created, stored);
    const subscription = upload({ sizeBytes: size }, source).subscribe();
    await until(() => kinds().length === 1);
    subscription.unsubscribe();
    await until(() => cancelled);
  });

  it('is not continued after an error that is not transient', async () => {
    for (const status of [400, 403, 413, 500]) {
      const { upload, kinds } = scripted(created, refusal(status, 'no'));
      await expect(upload()).rejects.toMatchObject({ status });
      expect(kinds()).toEqual(['create', 'send']);
    }
    const { upload, kinds } = scripted(refusal(500, 'no'));
    await expect(upload()).rejects.toMatchObject({ status: 500 });
    expect(kinds()).toEqual(['create']);
  });

  it.each([
    ['the server is down', down],
    ['there is no answer', new TypeError('reset')],
    ['bytes were lost', refusal(400, tooShort)],
    ['another request still writes', refusal(400, concurrent)],
  ])('asks the server what it has when %s', async (_, failure) => {
    const { upload, kinds } = scripted(created, failure, answer('{}'), offset(0), stored);
    await expect(upload()).resolves.toMatchObject({ id: 'f1' });
    expect(kinds()).toEqual(['create', 'send', 'ask', 'offset', 'send']);
  });

  it('counts failures in a row, whatever the request, until the server has more', async () => {
    const never = scripted(created, down, down, down, down);
    await expect(never.upload({ maxRetries: 2 })).rejects.toMatchObject({ status: 503 });
    expect(never.kinds()).toEqual(['create', 'send', 'ask', 'ask']);
    const stuck = scripted(created, down, answer('{}'), offset(0), down, answer('{}'), offset(0), stored);
    await expect(stuck.upload({ maxRetries: 1 })).rejects.toMatchObject({ status: 503 });
    expect(stuck.kinds()).toEqual(['create', 'send', 'ask', 'offset', 'send']);
    const retried = scripted(down, down, created, stored);
    await retried.upload({ maxRetries: 2 });
    expect(retried.kinds()).toEqual(['create', 'create', 'create', 'send']);
    const advancing = scripted(created, down, answer('{}'), offset(100), down, answer('{}'), offset(200), stored);
    await advancing.upload({ maxRetries: 1 });
    expect(advancing.kinds()).toEqual(['create', 'send', 'ask', 'offset', 'send', 'ask', 'offset', 'send']);
    expect((advancing.requests.at(-1)!.body as Uint8Array).byteLength).toBe(100);
  });

  it('waits for an earlier request that still writes, for 330 seconds at most', async () => {
    const clock = new Clock();
    const { upload, kinds } = scripted(created, down, refusal(400, concurrent));
    let failure: unknown;
    upload({ scheduler: clock, random: () => 1, baseMs: 10_000, capMs: 10_000, maxRetries: 3 }).subscribe({
      error: (error: unknown) => (failure = error),
    });
    for (let requests = 2; requests < 36; requests++) {
      await until(() => kinds().length === requests && clock.pending === 1);
      expect(failure).toBeUndefined();
      clock.advance(10_000);
    }
    await until(() => failure !== undefined);
    expect(failure).toMatchObject({ id: concurrent });
    expect(kinds().filter((kind) => kind === 'ask')).toHaveLength(34);
    expect(clock.pending).toBe(0);
  });

  it('takes empty data that is too short as an answer, and nothing else', async () => {
    const early = scripted(created, down, refusal(400, tooShort), offset(0), stored);
    await early.upload();
    expect(early.kinds()).toEqual(['create', 'send', 'ask', 'offset', 'send']);
    const refused = scripted(created, down, refusal(403, 'no'));
    await expect(refused.upload()).rejects.toMatchObject({ status: 403 });
    expect(refused.kinds()).toEqual(['create', 'send', 'ask']);
  });

  it('starts again when the session is gone and the source can be read again', async () => {
    const gone = refusal(404, 'app.upload.get.app_error');
    const again = scripted(created, gone, created, stored);
    await again.upload();
    expect(again.kinds()).toEqual(['create', 'send', 'create', 'send']);
    const never = scripted(created, gone, created, gone, created, gone);
    await expect(never.upload({ maxRetries: 1 })).rejects.toMatchObject({ status: 404 });
    expect(never.kinds()).toEqual(['create', 'send', 'create', 'send']);
    const once = scripted(created, gone);
    await expect(once.upload({ sizeBytes: size }, stream())).rejects.toMatchObject({ status: 404 });
    expect(once.requests).toHaveLength(2);
    const given = scripted(answer('{}'), offset(0), gone);
    await expect(given.upload({ uploadId: 'u1' })).rejects.toMatchObject({ status: 404 });
    expect(given.kinds()).toEqual(['ask', 'offset', 'send']);
    const unknown = scripted(refusal(404, 'no'));
    await expect(unknown.upload()).rejects.toMatchObject({ status: 404 });
    expect(unknown.kinds()).toEqual(['create']);
  });

  it('continues at the offset that the server names, and reports it', async () => {
    const { upload, requests, kinds } = scripted(down, answer('{}'), offset(120), stored);
    const events = await lastValueFrom(upload({ uploadId: 'u1' }).progress().pipe(toArray()));
    expect(kinds()).toEqual(['ask', 'ask', 'offset', 'send']);
    expect((requests[3]!.body as Uint8Array).byteLength).toBe(180);
    expect(events[0]).toEqual({ type: 'upload', loadedBytes: 120, totalBytes: size });
    expect(events.at(-1)).toMatchObject({ type: 'done' });
  });

  it('reports the bytes of a chunk as they go, counted over the whole file', async () => {
    const { wire, rest } = setUp();
    const upload = resumableUpload(new FilesApi(rest), bytes, { uploadId: 'u1', ...atOnce });
    const seen = watch(upload.progress());
    for (const [requests, response] of [answer('{}'), offset(120)].entries()) {
      await until(() => wire.sent.length === requests + 1);
      wire.last.respond(response);
    }
    await until(() => wire.sent.length === 3);
    wire.last.emit({ type: 'upload', loadedBytes: 100 });
    wire.last.emit({ type: 'download', loadedBytes: 7 });
    wire.last.respond(stored);
    await until(() => seen.completed);
    expect(seen.values.slice(0, -1)).toEqual(
      [120, 220, size].map((loadedBytes) => ({ type: 'upload', loadedBytes, totalBytes: size })),
    );
  });

  it('is an error when the server has all bytes, but makes no file of them', async () => {
    const { upload, kinds } = scripted(answer('{}'), offset(size), answer('', 204));
    await expect(upload({ uploadId: 'u1' })).rejects.toEqual(
      new ProtocolError('resumableUpload: the server has all bytes, but made no file of them'),
    );
    expect(kinds()).toEqual(['ask', 'offset', 'ask']);
    const made = scripted(answer('{}'), offset(size), stored);
    await expect(made.upload({ uploadId: 'u1' })).resolves.toMatchObject({ id: 'f1' });
  });

  it('of a stream ends when the server needs bytes that cannot be read again', async () => {
    const large = async function* (): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 6; count++) yield new Uint8Array(1024 * 1024);
    };
    const sent = 6 * 1024 * 1024;
    const lost = scripted(offset(0, sent), answer('', 204), down, answer('{}'), offset(0, sent), stored);
    await expect(lost.upload({ sizeBytes: sent, chunkBytes: 1 }, large())).rejects.toThrow(NetworkError);
    expect(lost.kinds()).toEqual(['create', 'send', 'send', 'ask', 'offset']);
  });

  it('sends nothing more after its subscriber has left', async () => {
    const clock = new Clock();
    const { upload, requests } = scripted(created, down);
    const upload$ = upload({ scheduler: clock, random: () => 1, baseMs: 1000 }).progress();
    const subscription = upload$.subscribe();
    await until(() => clock.pending === 1);
    subscription.unsubscribe();
    clock.advance(1_000_000);
    expect(requests).toHaveLength(2);
  });
});
