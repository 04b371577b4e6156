import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRest, FilesApi, resumableDownload, resumableUpload, uploadFile, type Transport } from 'matterstream/api';
import { createTestServer, type TestServer } from 'matterstream/testing';
import { bytesIn, bytesOf, isSame } from '../../unit/api/files/kit.js';
import { transports, until } from './kit.js';

/** Text of an answer. Where a request names encodings itself, some platforms leave it to the caller to undo them. */
async function plain(answer: Response): Promise<string> {
  const bytes = Buffer.from(await answer.arrayBuffer());
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
}

const mib = 1024 * 1024;
const soon = { baseMs: 5, capMs: 20 };
let folder: string;
let server: TestServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matterstream-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  server = await createTestServer();
});
afterEach(() => server.close());

function openFiles(transport: Transport) {
  const alice = server.createUser({ username: 'alice' });
  const team = server.createTeam({ members: [alice] });
  const channel = server.createChannel({ team, members: [alice] });
  const rest = createRest({ url: server.url, auth: { token: alice.token }, transport });
  const files = new FilesApi(rest);
  const stored = async (id: string) => bytesIn(await files.getFile(id));
  return { channel, files, rest, stored, target: { channelId: channel.id, filename: 'big.bin', ...soon } };
}

describe.each(transports)('files over %s', (name, create) => {
  const whole = bytesOf(5 * mib + 300_000);

  it('go up and come down with progress', async () => {
    const { files, channel } = openFiles(create());
    const upload = uploadFile(files, new Blob([whole]), { channelId: channel.id, filename: 'a.bin' });
    const events = await lastValueFrom(upload.progress().pipe(toArray()));
    const done = events.at(-1);
    expect(events.at(-2)).toEqual({ type: 'upload', loadedBytes: whole.length, totalBytes: whole.length });
    if (done?.type !== 'done') throw new Error('no end');
    const download = resumableDownload(files.getFile(done.value.id));
    const loaded = await lastValueFrom(download.progress().pipe(toArray()));
    expect(loaded.at(-2)).toEqual({ type: 'download', loadedBytes: whole.length, totalBytes: whole.length });
    expect(loaded.length).toBeGreaterThan(5);
  });

  it('survive connections that are cut within requests and answers', async () => {
    const { files, stored, target } = openFiles(create());
    const path = /\/uploads/;
    for (const afterBytes of [0, 1, 5 * mib, 5 * mib + 1, 65_536]) server.faults.cutRequest(afterBytes, { path });
    server.faults.loseAnswer({ path });
    const { id } = await resumableUpload(files, whole, { ...target, chunkBytes: 100_000, maxRetries: 20 });
    expect(isSame(await stored(id), whole)).toBe(true);
    // `node-fetch` does not notice that an answer was cut: only its silence ends it.
    if (name === 'cross-fetch') return;
    for (const afterBytes of [0, 1, 3 * mib]) server.faults.cutAnswer(afterBytes, { path: /files/ });
    const blob = await resumableDownload(files.getFile(id), soon);
    expect(isSame(await bytesIn(blob), whole)).toBe(true);
  });

  it('go from a path to a path', async () => {
    const { files, target } = openFiles(create());
    const [from, to] = [join(folder, `${name}-from.bin`), join(folder, `${name}-to.bin`)];
    await writeFile(from, whole);
    const { id } = await resumableUpload(files, from, { ...target, chunkBytes: 200_000 });
    await pipeline(resumableDownload(files.getFile(id)), createWriteStream(to));
    expect(isSame(await readFile(to), whole)).toBe(true);
  });

  it('that are aborted are cut, and bytes that the server has by then are not sent again', async () => {
    const { files, stored, target } = openFiles(create());
    let id = '';
    const options = { ...target, chunkBytes: 100_000, onSession: (session: { id: string }) => void (id = session.id) };
    const subscription = resumableUpload(files, whole, options)
      .progress()
      .subscribe((event) => {
        if (event.type === 'upload' && event.loadedBytes > 5 * mib) subscription.unsubscribe();
      });
    await until(() => subscription.closed);
    expect((await files.getUpload(id)).file_offset).toBeGreaterThanOrEqual(5 * mib);
    const sent: number[] = [];
    const rest = resumableUpload(files, whole, { ...target, uploadId: id });
    const events = await lastValueFrom(rest.progress().pipe(toArray()));
    for (const event of events) if (event.type === 'upload') sent.push(event.loadedBytes);
    expect(Math.min(...sent)).toBeGreaterThanOrEqual(5 * mib);
    const done = events.at(-1);
    expect(done?.type === 'done' && isSame(await stored(done.value.id), whole)).toBe(true);
  });
});

describe('a ranged download', () => {
  it.each([
    ['11.6', null],
    ['5.37', 'gzip'],
  ] as const)('from %s with gzip accepted has the encoding %s', async (version, encoding) => {
    const old = await createTestServer({ version });
    try {
      const alice = old.createUser({ username: 'alice' });
      const team = old.createTeam({ members: [alice] });
      const channel = old.createChannel({ team, members: [alice] });
      const files = new FilesApi(createRest({ url: old.url, auth: { token: alice.token } }));
      const body = new Blob(['0123456789'.repeat(1000)]);
      const { id } = await uploadFile(files, body, { channelId: channel.id, filename: 'digits.txt' });
      const headers = { authorization: `Bearer ${alice.token}`, range: 'bytes=10-4009', 'accept-encoding': 'gzip' };
      const answer = await fetch(`${old.url}/api/v4/files/${id}`, { headers });
      expect(answer.headers.get('content-encoding')).toBe(encoding);
      expect(answer.headers.get('content-range')).toBe('bytes 10-4009/10000');
      expect(await plain(answer)).toBe('0123456789'.repeat(400));
      const part = await resumableDownload(files.getFile(id), { start: 10, end: 4010 });
      expect(await part.text()).toBe('0123456789'.repeat(400));
      const head = await fetch(`${old.url}/api/v4/files/${id}`, { method: 'HEAD', headers });
      expect(head.status).toBe(version === '11.6' ? 206 : 404);
    } finally {
      await old.close();
    }
  });
});
