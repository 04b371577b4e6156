import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer as createProxy, type Server } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { Agent, getGlobalDispatcher, MockAgent, ProxyAgent, setGlobalDispatcher, type Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultTransport, undiciTransport } from '#transport';
import * as portable from '../../../src/api/http/transports/default.js';
import type { Operation } from '../../../src/api/operation.js';
import { createRest } from '../../../src/api/rest.js';
import { ValidationError } from '../../../src/models/errors.js';
import { startPeer, until, type Peer } from './kit.js';

const getUser: Operation = { id: 'getUser', method: 'GET', path: '/users/{user_id}' };
const setImage: Operation = { id: 'setImage', method: 'POST', path: '/users/{user_id}/image', form: 'image' };

// Bun and Deno have a fetch of their own, which no dispatcher reaches.
describe.skipIf('Bun' in globalThis || 'Deno' in globalThis)('on Node', () => {
  let peer: Peer;
  beforeEach(async () => {
    peer = await startPeer();
  });
  afterEach(() => peer.close());

  it('the given dispatcher is used, for bodies of all kinds', async () => {
    const agent = new Agent();
    const seen: unknown[] = [];
    const counting = agent.compose((dispatch) => (options, handler) => {
      seen.push(options.path);
      return dispatch(options, handler);
    });
    const rest = createRest({ url: peer.url, transport: undiciTransport({ dispatcher: counting }) });
    await rest.call(getUser, ['me']);
    await rest.call(setImage, ['me'], new Uint8Array(4));
    await rest.call(getUser, ['me']).raw();
    expect(seen).toEqual(['/api/v4/users/me', '/api/v4/users/me/image', '/api/v4/users/me']);
    await agent.destroy();
  });

  it('the proxy of the dispatcher is used', async () => {
    const proxy: Server = createProxy();
    let tunnels = 0;
    proxy.on('connect', (request, socket, head) => {
      tunnels++;
      const [host, port] = request.url!.split(':');
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      for (const one of [upstream, socket]) one.on('error', () => undefined);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const dispatcher = new ProxyAgent({
      uri: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      proxyTunnel: true,
    });
    const rest = createRest({ url: peer.url, transport: undiciTransport({ dispatcher }) });
    expect(await rest.call(getUser, ['me'])).toEqual({});
    expect(tunnels).toBe(1);
    await dispatcher.destroy();
    proxy.close();
  });

  it('the current global dispatcher is used if none is given', async () => {
    const before = getGlobalDispatcher();
    const mock = new MockAgent();
    mock.disableNetConnect();
    mock.get('http://mm.test').intercept({ path: '/api/v4/users/me' }).reply(200, { id: 'mocked' });
    const rest = createRest({ url: 'http://mm.test', retry: false });
    try {
      setGlobalDispatcher(mock);
      expect(await rest.call(getUser, ['me'])).toEqual({ id: 'mocked' });
    } finally {
      setGlobalDispatcher(before);
      await mock.close();
    }
  });

  it('the dispatcher inside Node works, too', async () => {
    const symbol = Symbol.for('undici.globalDispatcher.1');
    const before = getGlobalDispatcher();
    // What Node puts there when its fetch is used before undici is loaded: a dispatcher without a `request` of its own.
    const bare = { dispatch: before.dispatch.bind(before) };
    Reflect.set(globalThis, symbol, bare);
    try {
      expect(await createRest({ url: peer.url }).call(getUser, ['me'])).toEqual({});
    } finally {
      setGlobalDispatcher(before);
    }
  });

  it('a raw answer that is not read makes the server wait until it is read', async () => {
    let handler: Dispatcher.DispatchHandler = {};
    let resumed = 0;
    const dispatcher = {
      dispatch: (_: unknown, taker: Dispatcher.DispatchHandler): boolean => {
        handler = taker;
        handler.onConnect!(() => undefined);
        return handler.onHeaders!(200, [], () => (resumed += 1), 'OK');
      },
    } as unknown as Dispatcher;
    const rest = createRest({ url: 'http://mm.test', transport: undiciTransport({ dispatcher }) });
    const response = await rest.call(getUser, ['me']).raw();
    expect(handler.onData!(Buffer.alloc(60_000))).toBe(true);
    expect(handler.onData!(Buffer.alloc(60_000))).toBe(false);
    const before = resumed;
    const reader = response.body!.getReader();
    await reader.read();
    expect(resumed).toBeGreaterThan(before);
    handler.onComplete!([]);
    expect((await reader.read()).value).toHaveLength(60_000);
    expect((await reader.read()).done).toBe(true);
  });

  it('a raw answer that is left half read ends its connection', async () => {
    peer.handle((_, answer) => answer.write('much'));
    const rest = createRest({ url: peer.url });
    const response = await rest.call(getUser, ['me']).raw();
    expect(peer.sockets.size).toBe(1);
    await response.body!.cancel();
    await until(() => peer.sockets.size === 0);
  });

  it('a raw answer that is cut off fails where it is read', async () => {
    peer.handle((_, answer) => answer.write('half', () => answer.destroy()));
    const response = await createRest({ url: peer.url }).call(getUser, ['me']).raw();
    await expect(response.text()).rejects.toThrow();
  });

  it('cookies of a raw answer stay apart', async () => {
    peer.handle((_, answer) => answer.setHeader('set-cookie', ['a=1', 'b=2']).end());
    const { headers } = await createRest({ url: peer.url }).call(getUser, ['me']).raw();
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('a subscriber is called in the asynchronous context in which it subscribed', async () => {
    const storage = new AsyncLocalStorage<string>();
    const rest = createRest({ url: peer.url });
    const inContext = (name: string): Promise<unknown> =>
      storage.run(
        name,
        () => new Promise((resolve) => rest.call(getUser, [name]).subscribe(() => resolve(storage.getStore()))),
      );
    expect(await Promise.all(['one', 'two'].map(inContext))).toEqual(['one', 'two']);
  });

  it('a given fetch replaces the default, and a given transport replaces both', async () => {
    const fetched: string[] = [];
    const fetch = (url: string): Promise<Response> => (
      fetched.push(url),
      Promise.resolve(Response.json({ by: 'fetch' }))
    );
    expect(await createRest({ url: peer.url, fetch }).call(getUser, ['me'])).toEqual({ by: 'fetch' });
    await createRest({ url: peer.url, fetch, transport: defaultTransport() }).call(getUser, ['me']);
    expect(fetched).toEqual([`${peer.url}/api/v4/users/me`]);
    expect(peer.received).toHaveLength(1);
  });
});

describe('on other platforms', () => {
  it('the fetch of the platform is used, looked up for each request', async () => {
    const rest = createRest({ url: 'http://mm.test', transport: portable.defaultTransport(), retry: false });
    const { fetch } = globalThis;
    try {
      for (const id of ['one', 'two']) {
        globalThis.fetch = () => Promise.resolve(Response.json({ id }));
        expect(await rest.call(getUser, ['me'])).toEqual({ id });
      }
      Reflect.deleteProperty(globalThis, 'fetch');
      await expect(Promise.resolve(rest.call(getUser, ['me']))).rejects.toBeInstanceOf(ValidationError);
    } finally {
      globalThis.fetch = fetch;
    }
  });

  it('undici is refused by name', () => {
    expect(() => portable.undiciTransport()).toThrow(/^undiciTransport: /);
  });
});
