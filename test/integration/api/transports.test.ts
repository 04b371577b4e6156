import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { firstValueFrom, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BinaryInput, Call } from '../../../src/api/call.js';
import type { Operation } from '../../../src/api/operation.js';
import { createRest, type RestClient } from '../../../src/api/rest.js';
import { NetworkError, NotFoundError, ProtocolError, ServerError } from '../../../src/models/errors.js';
import { startPeer, transports, until, type Peer } from './kit.js';

const getUser: Operation = { id: 'getUser', method: 'GET', path: '/users/{user_id}' };
const getImage: Operation = { id: 'getImage', method: 'GET', path: '/users/{user_id}/image', answer: 'blob' };
const setImage: Operation = { id: 'setImage', method: 'POST', path: '/users/{user_id}/image', form: 'image' };
const upload: Operation = {
  id: 'upload',
  method: 'POST',
  path: '/uploads/{upload_id}',
  form: 'binary',
  answer: 'none',
};
const createPost: Operation = { id: 'createPost', method: 'POST', path: '/posts' };
const remove: Operation = { id: 'deletePost', method: 'DELETE', path: '/posts/{post_id}' };

const bytesOf = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, n) => n % 251);

async function* slices(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.slice(at, at + 10_000);
}

describe.each(transports)('over %s', (name, transport) => {
  let peer: Peer;
  let rest: RestClient;

  beforeEach(async () => {
    peer = await startPeer();
    rest = createRest({ url: peer.url, auth: { token: 'token1' }, transport: transport(), retry: false });
  });
  afterEach(async () => {
    rest.close();
    await peer.close();
  });

  it('JSON is sent and received, with the credential', async () => {
    peer.handle((_, answer, { body }) => {
      answer.writeHead(201, { 'content-type': 'application/json', etag: 'tag', 'x-request-id': 'r1' });
      answer.end(`{"echo":${body.toString()}}`);
    });
    const response = await rest.call(createPost, [], { message: 'Grüße 👋 \u2028' }).response();
    expect(response).toMatchObject({
      status: 201,
      data: { echo: { message: 'Grüße 👋 \u2028' } },
      etag: 'tag',
      requestId: 'r1',
    });
    expect(response.headers.get('X-Request-Id')).toBe('r1');
    expect(peer.received[0]).toMatchObject({
      method: 'POST',
      url: '/api/v4/posts',
      headers: { authorization: 'Bearer token1', 'content-type': 'application/json' },
    });
  });

  it('calls without a body send none', async () => {
    await rest.call(remove, ['p1']);
    expect(peer.received[0]).toMatchObject({ method: 'DELETE', body: Buffer.alloc(0) });
  });

  it('a large compressed answer is complete', async () => {
    const users = Array.from({ length: 3000 }, (_, n) => ({ id: `u${n}`, name: 'Ünïcode' }));
    peer.handle((request, answer) => {
      expect(request.headers['accept-encoding']).toContain('gzip');
      answer.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
      answer.end(gzipSync(JSON.stringify(users)));
    });
    expect(await rest.call(getUser, ['me'])).toEqual(users);
  });

  it('an error that is compressed is read', async () => {
    peer.handle((_, answer) => {
      answer.writeHead(404, { 'content-encoding': 'gzip' });
      answer.end(gzipSync(JSON.stringify({ id: 'gone', message: 'It is gone.', status_code: 404 })));
    });
    await expect(Promise.resolve(rest.call(getImage, ['me']))).rejects.toMatchObject({
      name: 'NotFoundError',
      id: 'gone',
    });
  });

  it('a picture comes as a Blob of its type, byte for byte', async () => {
    const bytes = bytesOf(200_000);
    peer.handle((_, answer) => answer.writeHead(200, { 'content-type': 'image/png' }).end(bytes));
    const picture = await rest.call<Blob>(getImage, ['me']);
    expect(picture).toBeInstanceOf(Blob);
    expect(picture.type).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it.each<[string, (bytes: Uint8Array) => BinaryInput]>([
    ['bytes', (bytes) => bytes],
    ['a part of a buffer', (bytes) => new Uint8Array([...bytes, ...bytes]).subarray(bytes.length)],
    ['a Blob', (bytes) => new Blob([bytes as Uint8Array<ArrayBuffer>])],
    ['a stream of the web', (bytes) => new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()],
    ['an iterable', (bytes) => slices(bytes)],
  ])('%s are sent byte for byte, as they are and in a form', async (_, make) => {
    const bytes = bytesOf(150_000);
    await rest.call(upload, ['up1'], make(bytes));
    expect(peer.received[0]!.headers['content-type']).toBe('application/octet-stream');
    expect(peer.received[0]!.body.equals(bytes)).toBe(true);

    await rest.call(setImage, ['me'], make(bytes));
    const { headers, body } = peer.received[1]!;
    expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type']! },
    }).formData();
    const part = form.get('image') as File;
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('a file of Node is sent while it is read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'matterstream-'));
    const file = join(folder, 'file');
    await writeFile(file, bytesOf(300_000));
    await rest.call(upload, ['up1'], createReadStream(file));
    expect(peer.received[0]!.body.equals(bytesOf(300_000))).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('progress reports bytes up and down, then the answer', async () => {
    const bytes = bytesOf(300_000);
    peer.handle((_, answer) =>
      answer.writeHead(200, { 'content-length': bytes.length, 'content-type': 'image/png' }).end(bytes),
    );
    const events = await firstValueFrom(
      rest
        .call({ ...upload, answer: 'blob' }, ['up1'], bytes)
        .progress()
        .pipe(toArray()),
    );
    const of = (type: string) =>
      events.flatMap((event) => (event.type === type && event.type !== 'response' ? [event] : []));
    const up = of('upload');
    expect(up.at(-1)).toMatchObject({ loadedBytes: bytes.length, totalBytes: bytes.length });
    if (name === 'undici') expect(up.length).toBeGreaterThan(3);
    const down = of('download');
    // Bun may hand over all at once.
    expect(down.length).toBeGreaterThan('Bun' in globalThis ? 0 : 1);
    expect(down.at(-1)).toEqual({ type: 'download', loadedBytes: bytes.length, totalBytes: bytes.length });
    expect(down.map(({ loadedBytes }) => loadedBytes)).toEqual(
      down.map(({ loadedBytes }) => loadedBytes).sort((a, b) => a - b),
    );
    expect(events.at(-1)).toMatchObject({ type: 'response', response: { status: 200 } });
    expect(peer.received[0]!.headers['content-length']).toBe(String(bytes.length));
    expect(peer.received[0]!.body.equals(bytes)).toBe(true);
  });

  it('progress of streams and of forms arrives whole, too', async () => {
    const bytes = bytesOf(200_000);
    for (const [operation, body] of [
      [upload, new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()],
      [setImage, bytes],
    ] as const) {
      const events = await firstValueFrom(rest.call(operation, ['x'], body).progress().pipe(toArray()));
      expect(events.at(-1)).toMatchObject({ type: 'response', response: { status: 200 } });
      expect(peer.received.at(-1)!.body.includes(Buffer.from(bytes))).toBe(true);
    }
  });

  it('a raw answer is a Response of the platform, unread, and not cut off when the call is over', async () => {
    const bytes = bytesOf(2_000_000);
    peer.handle((_, answer) =>
      answer.writeHead(206, { 'content-type': 'image/png', 'content-range': 'bytes 0-9/10' }).end(bytes),
    );
    const response = await rest.call(getImage, ['me']).raw();
    expect(response).toBeInstanceOf(Response);
    expect(response).toMatchObject({ status: 206, bodyUsed: false, ok: true });
    expect(response.headers.get('content-range')).toBe('bytes 0-9/10');
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('a raw answer without a body is one, too, and an error is an error', async () => {
    peer.handle((_, answer) => answer.writeHead(304, { etag: 'tag' }).end());
    const response = await rest.call(getImage, ['me']).with({ ifNoneMatch: 'tag' }).raw();
    expect([response.status, await response.text()]).toEqual([304, '']);
    peer.handle((_, answer) => answer.writeHead(404).end('{"id":"gone"}'));
    await expect(Promise.resolve(rest.call(getImage, ['me']).raw())).rejects.toMatchObject({ id: 'gone' });
  });

  it('an error answer to a call whose progress is wanted is an error', async () => {
    peer.handle((_, answer) => answer.writeHead(404).end('{"id":"gone"}'));
    const progress = rest.call(upload, ['up1'], bytesOf(10)).progress();
    await expect(firstValueFrom(progress.pipe(toArray()))).rejects.toMatchObject({ id: 'gone' });
  });

  it('answers of status 304 and 204 are read', async () => {
    peer.handle((_, answer) => answer.writeHead(304, { etag: 'tag' }).end());
    expect(await rest.call(getUser, ['me']).with({ ifNoneMatch: 'tag' }).response()).toMatchObject({
      status: 304,
      data: undefined,
    });
    expect(peer.received[0]!.headers['if-none-match']).toBe('tag');
    peer.handle((_, answer) => answer.writeHead(204).end());
    expect(await rest.call(getUser, ['me']).response()).toMatchObject({ status: 204, data: undefined });
  });

  it('headers that come twice come joined', async () => {
    peer.handle((_, answer) => {
      answer.setHeader('X-RateLimit-Remaining', ['10', '8']);
      answer.end('{}');
    });
    const { headers } = await rest.call(getUser, ['me']).response();
    expect(headers.get('x-ratelimit-remaining')).toBe('10, 8');
  });

  it('a redirected read is followed, within the site with the credential', async () => {
    peer.handle((request, answer) => {
      if (request.url === '/api/v4/users/me') answer.writeHead(301, { location: '/api/v4/users/u1' }).end();
      else answer.end(JSON.stringify({ url: request.url, auth: request.headers.authorization }));
    });
    expect(await rest.call(getUser, ['me'])).toEqual({ url: '/api/v4/users/u1', auth: 'Bearer token1' });
  });

  it('a redirect to another site does not get the credential', async () => {
    const elsewhere = await startPeer();
    elsewhere.handle((request, answer) => answer.end(JSON.stringify({ auth: request.headers.authorization ?? null })));
    peer.handle((_, answer) =>
      answer.writeHead(302, { location: `${elsewhere.url.replace('127.0.0.1', 'localhost')}/x` }).end(),
    );
    expect(await rest.call(getUser, ['me'])).toEqual({ auth: null });
    await elsewhere.close();
  });

  it('a redirected write is an error that names the target, and does not become a read', async () => {
    peer.handle((_, answer) => answer.writeHead(302, { location: 'https://elsewhere.test/' }).end());
    const failed = Promise.resolve(rest.call(createPost, [], {}));
    await expect(failed).rejects.toBeInstanceOf(ProtocolError);
    await expect(failed).rejects.toThrow('https://elsewhere.test/');
    expect(peer.received).toHaveLength(1);
  });

  it('endless redirects end', async () => {
    peer.handle((_, answer) => answer.writeHead(302, { location: '/api/v4/users/me' }).end());
    await expect(Promise.resolve(rest.call(getUser, ['me']))).rejects.toMatchObject({
      name: expect.stringMatching(/NetworkError|ProtocolError/) as unknown,
    });
    // Bun follows the most of all, 127.
    expect(peer.received.length).toBeLessThan(150);
  });

  it('unsubscribing after a redirect closes the request that followed it', async () => {
    let [came, gone] = [false, false];
    peer.handleHead((request, answer) => {
      if (request.url === '/api/v4/users/me') {
        answer.writeHead(301, { location: '/api/v4/users/u1' }).end();
        return;
      }
      came = true;
      answer.on('close', () => (gone = true));
    });
    const subscription = rest.call(getUser, ['me']).subscribe();
    await until(() => came);
    subscription.unsubscribe();
    await until(() => gone);
  });

  it('unsubscribing before the answer closes the request', async () => {
    let [came, gone] = [false, false];
    peer.handleHead((request) => {
      came = true;
      request.socket.on('close', () => (gone = true));
    });
    const subscription = rest.call(getUser, ['me']).subscribe();
    await until(() => came);
    subscription.unsubscribe();
    await until(() => gone);
  });

  it('unsubscribing within the answer closes the request', async () => {
    peer.handleHead((_, answer) => {
      answer.writeHead(200, { 'content-length': '1000' });
      answer.write('{"a":');
    });
    let begun = false;
    const call = rest.call(getImage, ['me']).progress();
    const subscription = call.subscribe(({ type }) => (begun ||= type === 'download'));
    await until(() => begun);
    const [socket] = peer.sockets;
    subscription.unsubscribe();
    await until(() => socket!.destroyed);
  });

  it('unsubscribing within an upload ends the stream that is read', async () => {
    let ended = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield bytesOf(10_000);
      } finally {
        ended = true;
      }
    }
    peer.handleHead((request) => request.resume());
    if (name === 'cross-fetch') return; // reads the whole stream before it sends
    const subscription = rest.call(upload, ['up1'], endless()).subscribe({ error: () => undefined });
    await until(() => peer.sockets.size > 0);
    subscription.unsubscribe();
    await until(() => ended);
  });

  it('a stream that fails is the failure of the call', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield bytesOf(10);
      throw new Error('the disk is gone');
    }
    await expect(Promise.resolve(rest.call(upload, ['up1'], broken()))).rejects.toBeInstanceOf(NetworkError);
  });

  it.each<[string, (peer: Peer) => void]>([
    ['reset before the answer', (one) => one.handleHead((request) => request.socket.resetAndDestroy())],
    [
      'cut within the answer',
      (one) =>
        one.handleHead((request, answer) => {
          answer.writeHead(200, { 'content-length': '1000' });
          answer.write('{"a":', () => request.socket.destroy());
        }),
    ],
    ['ended by what is no HTTP', (one) => one.handleHead((request) => request.socket.end('garbage\r\n\r\n'))],
  ])('a connection that is %s is a NetworkError', async (_, prepare) => {
    prepare(peer);
    for (const operation of [getUser, getImage]) {
      // `node-fetch` does not notice that an answer is cut: there the deadline ends it.
      const call = rest.call(operation, ['me']).with({ attemptTimeoutMs: name === 'cross-fetch' ? 500 : 15_000 });
      await expect(Promise.resolve(call)).rejects.toMatchObject({
        name: expect.stringMatching(name === 'cross-fetch' ? /NetworkError|TimeoutError/ : /NetworkError/) as unknown,
      });
    }
  });

  it('a server that is not there is a NetworkError that names it', async () => {
    await peer.close();
    const failed = Promise.resolve(rest.call(getUser, ['me']));
    await expect(failed).rejects.toBeInstanceOf(NetworkError);
    await expect(failed).rejects.toThrow(
      /getUser: GET http:\/\/127\.0\.0\.1:\d+.*(ECONNREFUSED|refused|Unable to connect)/i,
    );
    peer = await startPeer();
  });

  it('an error answer to an unfinished upload is that error, or a lost connection', async () => {
    peer.handleHead((request, answer) => {
      answer.writeHead(413, { connection: 'close' }).end('{"id":"too.large"}');
      request.socket.on('error', () => undefined);
    });
    const failed: unknown = await Promise.resolve(rest.call(upload, ['up1'], bytesOf(5_000_000))).catch(
      (error: unknown) => error,
    );
    expect((failed as Error).name).toMatch(/PayloadTooLargeError|NetworkError/);
  });

  it('a thousand calls that are answered, fail or are aborted leave no connection busy', async () => {
    const leave = new Map<string, () => void>();
    peer.handle(({ url }, answer) => {
      const user = url!.slice(url!.lastIndexOf('/u') + 1);
      const turn = Number(user.slice(1)) % 4;
      if (turn === 0) answer.end('{"ok":true}');
      else if (turn === 1) answer.writeHead(404).end('{"id":"gone"}');
      else if (turn === 2) answer.writeHead(500).end('<html>'.repeat(1000));
      // The fourth is never answered, and its subscriber leaves.
      else leave.get(user)?.();
    });
    const outcomes = new Map<string, number>();
    const count = (key: string): void => void outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    const one = (id: number): Promise<void> =>
      new Promise((resolve) => {
        const subscription = rest.call(getUser, [`u${id}`]).subscribe({
          next: () => count('ok'),
          error: (error: unknown) => {
            count(error instanceof NotFoundError ? 'gone' : error instanceof ServerError ? 'server' : String(error));
            resolve();
          },
          complete: resolve,
        });
        leave.set(`u${id}`, () => {
          count('left');
          subscription.unsubscribe();
          resolve();
        });
      });
    const lanes = Array.from({ length: 40 }, async (_, lane) => {
      for (let id = lane; id < 1000; id += 40) await one(id);
    });
    await Promise.all(lanes);
    expect(Object.fromEntries(outcomes)).toEqual({ ok: 250, gone: 250, server: 250, left: 250 });
    await until(() => peer.sockets.size <= 40);
  });

  it('keeps connections for the next call', async () => {
    for (let n = 0; n < 20; n++) await rest.call(getUser, [`u${n}`]);
    expect(peer.connections()).toBeLessThanOrEqual(2);
  });
});

it('an await of a call takes one request', async () => {
  const peer = await startPeer();
  const rest = createRest({ url: `${peer.url}/chat/` });
  const call: Call<object> = rest.call(getUser, ['me']);
  expect(await call).toEqual({});
  expect(peer.received.map(({ url }) => url)).toEqual(['/chat/api/v4/users/me']);
  await peer.close();
  expect(once).toBeDefined();
});
