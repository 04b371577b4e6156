import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestServer } from '../../../src/server/index.js';
import type { TestServer, TestServerOptions } from '../../../src/server/index.js';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await createTestServer(options);
  servers.push(server);
  return server;
}

interface Frame {
  readonly event?: string;
  readonly seq?: number;
  readonly seq_reply?: number;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly id: string };
}

/** Either kind of socket, as frames to wait for and an end. */
function listen(server: TestServer, token: string, { over = 'sockets', query = '' } = {}) {
  const url = `${server.url.replace('http', 'ws')}/api/v4/websocket${query}`;
  const headers = { authorization: `Bearer ${token}` };
  const socket = over === 'memory' ? new server.WebSocket(url, { headers }) : new WebSocket(url, { headers });
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  let ended: number | undefined;
  const changed = (): void => {
    for (const check of waiting) check();
  };
  socket.onmessage = ({ data }: { data: unknown }) => {
    frames.push(JSON.parse(String(data)) as Frame);
    changed();
  };
  socket.onclose = ({ code }: { code: number }) => {
    ended = code;
    changed();
  };
  const when = <T>(read: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const check = (): void => {
        const value = read();
        if (value === undefined) return;
        waiting.delete(check);
        resolve(value);
      };
      waiting.add(check);
      check();
    });
  return {
    frames,
    frame: (wanted: (frame: Frame) => boolean) => when(() => frames.find(wanted)),
    event: (name: string, nth = 0) => when(() => frames.filter(({ event }) => event === name)[nth]),
    end: () => when(() => ended),
    send: (data: unknown) => socket.send(JSON.stringify(data)),
  };
}

const faces = ['sockets', 'memory'] as const;

describe.each(faces)('over %s', (over) => {
  const startFace = (options: TestServerOptions = {}) => start({ ...options, port: over === 'memory' ? 'memory' : 0 });
  const get = (server: TestServer, path: string, token: string): Promise<Response> => {
    const init = { headers: { authorization: `Bearer ${token}` } };
    const url = `${server.url}/api/v4${path}`;
    return over === 'memory' ? server.fetch(url, init) : fetch(url, init);
  };

  it('a site with a path answers only below it', async () => {
    const server = await startFace({ path: '/chat' });
    const { token } = server.createUser({ username: 'alice' });
    expect(server.url.endsWith('/chat')).toBe(true);
    expect((await get(server, '/users/me', token)).status).toBe(200);
    const socket = listen(server, token, { over });
    expect((await socket.event('hello')).seq).toBe(0);
  });

  it('a restart cuts sockets, keeps state, and nothing can be resumed', async () => {
    const server = await startFace();
    const { token } = server.createUser({ username: 'alice' });
    const first = listen(server, token, { over });
    const id = String((await first.event('hello')).data?.['connection_id']);
    server.faults.restart();
    expect(await first.end()).toBe(1006);
    expect((await get(server, '/users/me', token)).status).toBe(200);
    const second = listen(server, token, { over, query: `?connection_id=${id}&sequence_number=2` });
    expect((await second.event('hello')).data?.['connection_id']).not.toBe(id);
  });

  it('a server that drains refuses requests at once and cuts its sockets later, answering them until then', async () => {
    const server = await startFace();
    const { token } = server.createUser({ username: 'alice' });
    const socket = listen(server, token, { over });
    await socket.event('hello');
    server.faults.drain(150);
    await expect(get(server, '/users/me', token)).rejects.toThrow(TypeError);
    socket.send({ seq: 9, action: 'ping' });
    expect((await socket.frame(({ seq_reply }) => seq_reply === 9)).error).toBeUndefined();
    expect(await socket.end()).toBe(1006);
    server.faults.clear();
    expect((await get(server, '/users/me', token)).status).toBe(200);
  });

  it('rejected credentials are 401 on REST; open sockets go on receiving, new ones receive nothing', async () => {
    const server = await startFace();
    const { token } = server.createUser({ username: 'alice' });
    const socket = listen(server, token, { over });
    await socket.event('hello');
    server.faults.rejectCredentials();
    expect((await get(server, '/users/me', token)).status).toBe(401);
    socket.send({ seq: 3, action: 'ping' });
    const reply = await socket.frame(({ seq_reply }) => seq_reply === 3);
    expect(reply.error?.id).toBe('api.context.invalid_token.error');
    server.faults.clear();
    expect((await get(server, '/users/me', token)).status).toBe(200);
  });

  it('a doubled connection gets a new hello with another id, and every event twice', async () => {
    const server = await startFace({ version: '5.37' });
    const alice = server.createUser({ username: 'alice' });
    const bob = server.createUser({ username: 'bob' });
    const channel = server.createDirectChannel(alice, bob);
    const socket = listen(server, alice.token, { over });
    const first = await socket.event('hello');
    server.faults.doubleHello();
    const second = await socket.event('hello', 1);
    expect(second.data?.['connection_id']).not.toBe(first.data?.['connection_id']);
    server.createPost({ channel, by: bob, message: 'hello' });
    const [one, two] = [await socket.event('posted'), await socket.event('posted', 1)];
    expect(two.data).toEqual(one.data);
    expect(two.seq).toBe(Number(one.seq) + 1);
  });

  it('without reliable websockets 5.37 gives an empty connection id', async () => {
    const server = await startFace({
      version: '5.37',
      config: { ServiceSettings: { EnableReliableWebSockets: false } },
    });
    const { token } = server.createUser({ username: 'alice' });
    const socket = listen(server, token, { over, query: '?connection_id=anything&sequence_number=7' });
    expect((await socket.event('hello')).data?.['connection_id']).toBe('');
  });
});

describe('real sockets', () => {
  it('compress larger answers if the client accepts gzip', async () => {
    const server = await start();
    const { token } = server.createUser({ username: 'admin', admin: true });
    const { hostname, port, host } = new URL(server.url);
    // From the bare socket, because some platforms ask for gzip and undo it by themselves.
    const headOf = async (more: string): Promise<string> => {
      const socket = connect(Number(port), hostname);
      const lines = [
        'GET /api/v4/config HTTP/1.1',
        `Host: ${host}`,
        `Authorization: Bearer ${token}`,
        'Connection: close',
      ];
      socket.write(`${lines.join('\r\n')}\r\n${more}\r\n`);
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      return text.split('\r\n\r\n')[0]!.toLowerCase();
    };
    expect(await headOf('')).not.toContain('content-encoding');
    expect(await headOf('Accept-Encoding: gzip\r\n')).toContain('content-encoding: gzip');
    const answer = await fetch(`${server.url}/api/v4/config`, {
      headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' },
    });
    expect(await answer.json()).toHaveProperty('ServiceSettings');
  });

  it('answer a malformed handshake with 400 and an error object after the text', async () => {
    const server = await start();
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      'GET /api/v4/websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('Bad Request\n{"id":"api.web_socket.connect.upgrade.app_error"');
  });

  it('choose no subprotocol and no compression', async () => {
    const server = await start();
    const { token } = server.createUser({ username: 'alice' });
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v4/websocket`, {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: true,
    });
    await new Promise((resolve) => socket.once('open', resolve));
    expect([socket.protocol, socket.extensions]).toEqual(['', '']);
    socket.terminate();
  });
});
