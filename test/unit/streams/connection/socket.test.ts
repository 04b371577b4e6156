import { lastValueFrom } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { authenticatesUpgrade, dial } from '../../../../src/streams/connection/dial.js';
import type { Login } from '../../../../src/streams/connection/machine-state.js';
import { socketEvents, type WebSocketLike } from '../../../../src/streams/connection/socket.js';
import { platformSocket } from '../../../../src/streams/connection/websocket.js';
import { FakeSocket } from './kit.js';

afterEach(() => vi.unstubAllGlobals());

const fake = (): FakeSocket => new FakeSocket('ws://x', undefined);
const tape = (source: ReturnType<typeof socketEvents>) => {
  const seen: unknown[] = [];
  const subscription = source.subscribe({ next: (event) => seen.push(event), complete: () => seen.push('done') });
  return { seen, subscription };
};

describe('the events of a socket', () => {
  it('are its opening, its texts, and its end, which is the last', () => {
    const socket = fake();
    const { seen } = tape(socketEvents(() => socket));
    socket.accept().text('one');
    (socket.onmessage as unknown as (event: unknown) => void)({ data: new Uint8Array(1) });
    socket.end(4000);
    expect(seen).toEqual([
      expect.objectContaining({ type: 'open' }),
      'one',
      '',
      { type: 'end', code: 4000, detail: '' },
      'done',
    ]);
  });

  it('send and close what opened', () => {
    const socket = fake();
    const { seen } = tape(socketEvents(() => socket));
    socket.accept();
    const opened = seen[0] as { send(text: string): void; close(code: number): void };
    opened.send('{"seq":1}');
    opened.close(4001);
    expect([socket.sent, socket.closedWith]).toEqual([[{ seq: 1 }], 4001]);
  });

  it('end with what the platform says about an error, and with 1006 where there is no code', () => {
    const socket = fake();
    const { seen } = tape(socketEvents(() => socket));
    const fail = socket.onerror as unknown as (event: unknown) => void;
    fail({ message: 'refused' });
    fail({});
    (socket.onclose as unknown as (event: unknown) => void)({});
    expect(seen).toEqual([{ type: 'end', code: 1006, detail: 'refused' }, 'done']);
  });

  it.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('bad address');
      },
    ],
    ['rejects', () => Promise.reject(new Error('bad address'))],
  ])('of one whose constructor %s are only its end', async (_, connect) => {
    const { seen } = tape(socketEvents(connect));
    await Promise.resolve();
    await Promise.resolve();
    expect(seen).toEqual([{ type: 'end', code: 1006, detail: 'bad address' }, 'done']);
  });

  it('of one that cannot be made, for no known reason, have no detail', async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const { seen } = tape(socketEvents(() => Promise.reject(undefined)));
    await Promise.resolve();
    await Promise.resolve();
    expect(seen[0]).toEqual({ type: 'end', code: 1006, detail: '' });
  });

  it.each([
    [0, 1000, false],
    [1, 1000, false],
    [2, undefined, true],
    [3, undefined, false],
  ])('that nobody wants any more at readyState %d close it with %s', (readyState, code, terminated) => {
    const socket = fake();
    const { seen, subscription } = tape(socketEvents(() => socket));
    socket.readyState = readyState;
    subscription.unsubscribe();
    expect([socket.closedWith, socket.terminated]).toEqual([code, terminated]);
    expect([socket.onopen, socket.onmessage, socket.onclose]).toEqual([null, null, null]);
    expect(() => (socket.onerror as unknown as () => void)()).not.toThrow();
    expect(seen).toEqual([]);
  });

  it('that nobody wants any more leave a closing socket alone where the platform cannot terminate it', () => {
    const socket: WebSocketLike = fake();
    Object.assign(socket, { terminate: undefined });
    const { subscription } = tape(socketEvents(() => socket));
    socket.close(4000);
    expect(() => subscription.unsubscribe()).not.toThrow();
    expect(socket).toMatchObject({ closedWith: 4000, onclose: null });
  });

  it('that nobody wants any more close a socket that comes later', async () => {
    const socket = fake();
    const { seen, subscription } = tape(socketEvents(() => Promise.resolve(socket)));
    subscription.unsubscribe();
    await Promise.resolve();
    expect([socket.closedWith, socket.onopen, seen.length]).toEqual([1000, null, 0]);
  });
});

describe('dialling', () => {
  const login: Login = { credential: { kind: 'bearer', token: 't' }, sessionKey: 't' };
  const cookie: Login = { credential: { kind: 'cookie' }, sessionKey: '' };
  const dialled = (takesHeaders: boolean, who: Login, connectionId: string, postedAck = false): unknown[] => {
    const made: unknown[] = [];
    class Given extends FakeSocket {
      static readonly takesHeaders = takesHeaders;
      constructor(...args: unknown[]) {
        super('', undefined);
        made.push(args);
      }
    }
    dial('ws://x', { login: who, connectionId }, 5, { WebSocket: Given, postedAck }).subscribe();
    return made;
  };

  it('puts the token into a header where that goes, and the resume into the address', () => {
    expect(dialled(true, login, '')).toEqual([['ws://x', [], { headers: { authorization: 'Bearer t' } }]]);
    expect(dialled(true, cookie, '')).toEqual([['ws://x', [], { headers: {} }]]);
    expect(dialled(false, login, '')).toEqual([['ws://x']]);
    expect(dialled(false, cookie, 'c')).toEqual([['ws://x?connection_id=c&sequence_number=5']]);
    expect(dialled(false, cookie, '', true)).toEqual([['ws://x?posted_ack=true']]);
    expect(dialled(false, cookie, 'c', true)).toEqual([['ws://x?connection_id=c&sequence_number=5&posted_ack=true']]);
  });

  it('knows when the upgrade itself says who connects', () => {
    const plain = { WebSocket: FakeSocket as never };
    const able = { WebSocket: Object.assign(class extends FakeSocket {}, { takesHeaders: true }) as never };
    expect(authenticatesUpgrade(plain, login.credential)).toBe(false);
    expect(authenticatesUpgrade(able, login.credential)).toBe(true);
    expect(authenticatesUpgrade(plain, cookie.credential)).toBe(true);
    // The `ws` of Node takes headers.
    expect(authenticatesUpgrade({}, login.credential)).toBe(true);
  });
});

describe('the platform without a class of sockets as an option', () => {
  it('is asked on Node by way of ws', async () => {
    const login: Login = { credential: { kind: 'bearer', token: 't' }, sessionKey: 't' };
    // Nothing listens on port 1.
    const end = await lastValueFrom(dial('ws://127.0.0.1:1', { login, connectionId: '' }, 0, {}));
    expect(end).toMatchObject({ type: 'end', code: 1006, detail: expect.stringContaining('ECONNREFUSED') as string });
  });

  it('is asked elsewhere for its own, whose upgrade takes the address alone', () => {
    const made: unknown[] = [];
    class Own extends FakeSocket {
      constructor(...args: unknown[]) {
        super('', undefined);
        made.push(args);
      }
    }
    vi.stubGlobal('WebSocket', Own);
    expect(platformSocket.takesHeaders).toBe(false);
    expect(platformSocket.connect('wss://x', { authorization: 'Bearer t' })).toBeInstanceOf(Own);
    expect(made).toEqual([['wss://x']]);
  });

  it('says what must be given where there is none', () => {
    vi.stubGlobal('WebSocket', undefined);
    expect(() => platformSocket.connect('wss://x', {})).toThrow(
      new Error('this platform has no WebSocket: give one as an option'),
    );
  });
});
