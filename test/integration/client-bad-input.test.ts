import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { filter, firstValueFrom, lastValueFrom, toArray, type Observable } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  ClosedError,
  createClient,
  NotFoundError,
  ProtocolError,
  ServerError,
  ValidationError,
  type Client,
  type ClientOptions,
  type MattermostError,
} from '../../src/index.js';

const token = 'abcdefghijklmnopqrstuvwxyz';
const id = 'abcdefghijklmnopqrstuvwxy1';

const open: Client[] = [];
function clientOf(options: Partial<ClientOptions>): Client {
  const client = createClient({ url: 'http://127.0.0.1:9', auth: { token }, ...options });
  open.push(client);
  return client;
}
afterEach(() => open.splice(0).forEach((client) => client.close()));

async function failure(of: PromiseLike<unknown> | Observable<unknown>): Promise<MattermostError> {
  const promise = 'then' in of ? Promise.resolve(of) : lastValueFrom(of, { defaultValue: undefined });
  return promise.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as MattermostError,
  );
}

describe('createClient', () => {
  it.each(['', 'chat.example.com', 'http://', 'ftp://chat.example.com', 'http://exa mple.com', 7, null, undefined])(
    'refuses the URL %j and names the option',
    (url) => {
      expect(() => createClient({ url: url as string, auth: { token } })).toThrow(
        expect.objectContaining({ name: 'ValidationError', argument: 'url' }),
      );
    },
  );
});

describe('an argument of a call', () => {
  let requests = 0;
  const counted = { fetch: () => Promise.reject(new Error(`request ${++requests}`)) };

  it.each(['', 'a/b', '../me', '..', '.', 7, null, undefined, {}, ['x']])(
    'that is %j instead of an id fails when subscribed, before anything is sent, and names operation and parameter',
    async (bad) => {
      requests = 0;
      const call = clientOf(counted).users.getUser(bad as string);
      expect(await failure(call)).toMatchObject({ name: 'ValidationError', argument: 'getUser: user_id' });
      expect(requests).toBe(0);
    },
  );

  it('of a list of ids in a stream is checked before anything is sent', async () => {
    requests = 0;
    const client = clientOf(counted);
    expect(await failure(client.typing.send(''))).toBeInstanceOf(ValidationError);
    expect(await failure(client.typing.in('a/b'))).toBeInstanceOf(ValidationError);
    expect(requests).toBe(0);
  });

  it('of an action is checked before anything is sent', async () => {
    const client = clientOf(counted);
    for (const [action, data] of [
      ['', undefined],
      [7, undefined],
      ['ping', ['an array']],
      ['ping', 'text'],
      ['ping', { text: 'x'.repeat(8_192) }],
      ['posted_notify_ack', { status: 1 }],
    ] as const) {
      expect(await failure(client.request(action as string, data as never))).toBeInstanceOf(ValidationError);
    }
  });
});

describe('a closed client', () => {
  it('fails every call, completes every stream and can be closed again', async () => {
    const client = clientOf({});
    const all = firstValueFrom(client.events.all$.pipe(toArray()));
    const states = firstValueFrom(client.connection.state$.pipe(toArray()));
    const changes = firstValueFrom(client.sessions.changes$.pipe(toArray()));
    client.close();
    client.close();
    expect(await all).toEqual([]);
    expect((await states).at(-1)?.status).toBe('closed');
    expect(await changes).toEqual([]);
    expect(await failure(client.users.getUser('me'))).toBeInstanceOf(ClosedError);
    expect(await failure(client.request('ping'))).toBeInstanceOf(ClosedError);
    expect(await firstValueFrom(client.events.on('posted').pipe(toArray()))).toEqual([]);
  });

  it('fails what is under way', async () => {
    const client = clientOf({ fetch: () => new Promise<Response>(() => undefined) });
    const failed = failure(client.users.getUser('me'));
    client.close();
    expect(await failed).toBeInstanceOf(ClosedError);
  });
});

describe('an answer', () => {
  const answering = (answer: () => Response): Client =>
    clientOf({ fetch: () => Promise.resolve(answer()), retry: false });
  const html = '<html><body>Sign in to the proxy</body></html>';

  it('of HTML with status 200 is a ProtocolError that names the address', async () => {
    const error = await failure(
      answering(() => new Response(html, { headers: { 'content-type': 'text/html' } })).users.getUser('me'),
    );
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toContain('http://127.0.0.1:9');
  });

  it('of HTML with an error status keeps the status, and does not dump the page', async () => {
    const page = `${html}${'<p>padding</p>'.repeat(500)}`;
    const error = await failure(answering(() => new Response(page, { status: 502 })).users.getUser('me'));
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ status: 502, operation: 'getUser' });
    expect(error.message.length).toBeLessThan(500);
  });

  it('of truncated JSON is a ProtocolError that names the operation or its route', async () => {
    const error = await failure(
      answering(() => new Response('{"id":"abc', { headers: { 'content-type': 'application/json' } })).users.getUser(
        'me',
      ),
    );
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toMatch(/getUser|users\/me/);
  });

  it('of nothing where something was asked is a ProtocolError', async () => {
    expect(await failure(answering(() => new Response('')).users.getUser('me'))).toBeInstanceOf(ProtocolError);
  });

  it('of an empty 404 is a NotFoundError', async () => {
    expect(await failure(answering(() => new Response(null, { status: 404 })).users.getUser(id))).toBeInstanceOf(
      NotFoundError,
    );
  });
});

describe('a frame', () => {
  let server: Server;
  let sockets: WebSocketServer;
  let url: string;
  let latest: WebSocket;
  let seq = 0;

  const ready = (client: Client): Promise<unknown> =>
    firstValueFrom(client.connection.open().pipe(filter(({ status }) => status === 'ready')));
  const event = (name: string, data: unknown = {}): string =>
    JSON.stringify({
      event: name,
      data,
      broadcast: { omit_users: null, user_id: '', channel_id: 'c', team_id: '' },
      seq: seq++,
    });

  beforeAll(async () => {
    server = createServer((_request, answer) => answer.writeHead(404).end());
    sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => {
      latest = socket;
      seq = 0;
      socket.send(event('hello', { connection_id: id, server_version: '11.6.0.b.h.false' }));
      socket.on('message', (text: Buffer) => {
        const request = JSON.parse(text.toString()) as { seq: number };
        socket.send(JSON.stringify({ status: 'OK', seq_reply: request.seq, data: { text: 'pong' } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    sockets.clients.forEach((socket) => socket.terminate());
    server.close();
  });

  it.each([
    'garbage',
    '',
    '[]',
    'null',
    '7',
    '{"event":7}',
    '{"status":"MAYBE"}',
    '{"event":"posted","data":{"post":"{broken"},"broadcast":{},"seq":',
    Buffer.from([1, 2, 3]),
  ])('of garbage, %j, hurts nothing: the events around it are delivered', async (garbage) => {
    const client = clientOf({ url });
    const events = firstValueFrom(client.events.on(['before', 'after']).pipe(toArray()));
    await ready(client);
    latest.send(event('before'));
    latest.send(garbage);
    latest.send(event('after'));
    await lastValueFrom(client.request('ping'));
    client.close();
    expect((await events).map((each) => each.event)).toEqual(['before', 'after']);
  });

  it('whose inner document is broken is delivered undecoded', async () => {
    const client = clientOf({ url });
    const posted = firstValueFrom(client.events.on('posted'));
    await ready(client);
    latest.send(event('posted', { post: '{broken' }));
    expect((await posted).data.post).toBe('{broken');
  });
});
