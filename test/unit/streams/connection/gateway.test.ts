import { NEVER, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Credential } from '../../../../src/models/credential.js';
import { AuthenticationError, ValidationError } from '../../../../src/models/errors.js';
import { harness } from './kit.js';

const bearer = (token: string): Credential => ({ kind: 'bearer', token });

describe('the socket', () => {
  it('opens with the first holder, and closes idleCloseMs after the last', () => {
    const h = harness({ idleCloseMs: 100 });
    expect(h.sockets).toHaveLength(0);
    const facts = { connectionId: '', resumed: false, latencyMs: undefined, lastFrameAtMs: undefined };
    expect(h.states).toStrictEqual([{ status: 'idle', ...facts }]);
    const first = h.gateway.hold();
    const second = h.gateway.hold();
    h.socket().accept().hello().pong();
    expect(h.sockets).toHaveLength(1);
    first();
    first();
    h.advance(1_000);
    expect(h.socket().closedWith).toBeUndefined();
    second();
    h.advance(99);
    expect(h.socket().closedWith).toBeUndefined();
    h.advance(1);
    expect(h.socket().closedWith).toBe(1000);
    h.socket().end(1000);
    expect(h.statuses()).toEqual(['idle', 'connecting', 'authenticating', 'ready', 'ready', 'idle']);
  });

  it('stays when somebody comes before the time is over', () => {
    const h = harness({ idleCloseMs: 100 });
    h.ready();
    const release = h.gateway.hold();
    release();
    const again = h.gateway.hold();
    h.advance(1_000);
    expect(h.socket().closedWith).toBeUndefined();
    again();
  });

  it('stays when somebody comes while the end of the wait is still in the inbox', () => {
    const h = harness({ idleCloseMs: 100 });
    const release = h.gateway.hold();
    h.socket().accept().hello().pong();
    let second: (() => void) | undefined;
    h.gateway.state$.subscribe(({ latencyMs }) => {
      if (latencyMs !== 7) return;
      release();
      h.advance(100);
      second = h.gateway.hold();
    });
    h.advance(25_000);
    h.advance(7);
    h.socket().pong();
    expect(second).toBeDefined();
    expect(h.socket().closedWith).toBeUndefined();
  });

  it('that is closing for nobody opens anew for somebody, without an id, and that is a loss', () => {
    const h = harness({ idleCloseMs: 100 });
    const release = h.gateway.hold();
    h.socket().accept().hello().pong();
    release();
    h.advance(100);
    h.gateway.hold();
    h.socket().end(1000);
    expect(h.sockets).toHaveLength(2);
    expect(h.socket().query('connection_id')).toBeNull();
    h.socket().accept().hello('c2').pong();
    expect(h.losses).toMatchObject([{ reason: 'fresh-connection' }]);
  });

  it('is opened once for all who come while its rejection is being shown', () => {
    let asked = 0;
    const h = harness({
      credentials: {
        credential: () => (++asked > 1 ? of(bearer('t')) : throwError(() => new AuthenticationError('no login'))),
        renew: () => NEVER,
      },
    });
    h.gateway.state$.subscribe(({ status }) => {
      if (status !== 'rejected') return;
      h.gateway.hold();
      h.gateway.hold();
    });
    h.gateway.hold();
    expect([asked, h.sockets.length]).toEqual([2, 1]);
  });

  it('goes to the API of the site, its sub-path kept, with the token in a header', () => {
    const h = harness();
    h.gateway.hold();
    expect(h.socket().url).toBe('wss://chat.example.com/sub/api/v4/websocket');
    expect(h.socket().headers).toEqual({ authorization: 'Bearer token-1' });
    h.socket().accept();
    expect(h.socket().sent).toEqual([{ seq: 1, action: 'ping' }]);
  });

  it('without headers authenticates by a challenge, before the ping', () => {
    const h = harness({ takesHeaders: false });
    h.gateway.hold();
    expect(h.socket().headers).toBeUndefined();
    h.socket().accept();
    expect(h.socket().sent).toEqual([
      { seq: 1, action: 'authentication_challenge', data: { token: 'token-1' } },
      { seq: 2, action: 'ping' },
    ]);
    h.socket().hello().reply(h.socket().last('authentication_challenge')).pong();
    expect(h.diagnostics).toEqual([]);
  });

  it('with a cookie sends neither, as the browser adds it', () => {
    const h = harness({
      credentials: { credential: () => of({ kind: 'cookie' }), renew: () => NEVER },
      takesHeaders: false,
    });
    h.gateway.hold();
    h.socket().accept();
    expect(h.socket().headers).toBeUndefined();
    expect(h.socket().sent.map(({ action }) => action)).toEqual(['ping']);
    h.socket().hello().pong().end();
    h.advance(100);
    expect(h.socket().query('connection_id')).toBe('c1');
  });

  it('asks for acknowledgements if the option says so, also on a resume', () => {
    const h = harness({ postedAck: true });
    h.ready();
    expect(h.socket().query('posted_ack')).toBe('true');
    h.socket().end();
    h.advance(100);
    expect(h.socket().query('posted_ack')).toBe('true');
    expect(h.socket().query('sequence_number')).toBe('1');
  });

  it.each(['', 'chat.example.com', 'ftp://x', 'http://'])('is not made for the address %j', (url) => {
    expect(() => harness({ url })).toThrow(ValidationError);
  });

  it.each([0, -1, NaN, Infinity, '5'])('is not made for a heartbeat of %j ms', (heartbeatMs) => {
    expect(() => harness({ heartbeatMs: heartbeatMs as number })).toThrow(/heartbeatMs/);
  });
});

describe('ready', () => {
  it('is the hello of a fresh connection', () => {
    const h = harness();
    h.gateway.hold();
    h.socket().accept();
    expect(h.statuses().at(-1)).toBe('authenticating');
    h.socket().hello('c1');
    expect(h.states.at(-1)).toMatchObject({ status: 'ready', connectionId: 'c1', resumed: false });
    expect(h.signals).toEqual([{ type: 'ready', connectionId: 'c1', resumed: false, userId: 'me' }]);
    expect(h.losses).toEqual([]);
  });

  it('delivers that hello as an event', () => {
    const h = harness();
    const seen: unknown[] = [];
    h.events.on('hello').subscribe(({ event, seq }) => seen.push([event, seq]));
    h.socket().accept().hello('c1');
    expect(seen).toEqual([['hello', 0]]);
  });

  it('is also a hello without ids', () => {
    const h = harness();
    h.gateway.hold();
    h.socket().accept().text('{"event":"hello","seq":0}');
    expect(h.signals).toEqual([{ type: 'ready', connectionId: '', resumed: false, userId: '' }]);
  });

  it.each([
    '{"event": "hello", "data": {broken}, "seq": 0}',
    '{"event":"hello","data":{"connection_id":7},"broadcast":{"user_id":7},"seq":0}',
  ])('is also a hello with wrong ids: %s', (text) => {
    const h = harness();
    h.gateway.hold();
    h.socket().accept().text(text);
    expect(h.signals).toEqual([{ type: 'ready', connectionId: '', resumed: false, userId: '' }]);
  });

  it('is, on a resume, a ping that is answered before any hello', () => {
    const h = harness();
    h.ready().event('typing').event('typing').end();
    h.advance(100);
    const socket = h.socket();
    expect([socket.query('connection_id'), socket.query('sequence_number')]).toEqual(['c1', '3']);
    socket.accept();
    expect(h.states.at(-1)).toMatchObject({ status: 'authenticating', connectionId: 'c1', resumed: false });
    socket.pong();
    expect(h.states.at(-1)).toMatchObject({ status: 'ready', connectionId: 'c1', resumed: true });
    expect(h.losses).toEqual([]);
  });

  it('after a hello in place of the resume is a loss', () => {
    const h = harness();
    h.ready();
    h.advance(5);
    h.socket().event('typing');
    h.advance(5);
    h.socket().end();
    h.advance(100);
    h.socket().accept().hello('c2');
    expect(h.states.at(-1)).toMatchObject({ status: 'ready', connectionId: 'c2', resumed: false });
    expect(h.losses).toEqual([{ reason: 'fresh-connection', sinceMs: 5, untilMs: h.now() }]);
  });

  it('shows the round trip of the ping, and of each later one', () => {
    const h = harness({ heartbeatMs: 1_000 });
    h.gateway.hold();
    h.socket().accept().hello();
    h.advance(30);
    h.socket().pong();
    expect(h.states.at(-1)).toMatchObject({ status: 'ready', latencyMs: 30, lastFrameAtMs: 30 });
    h.advance(970);
    h.advance(7);
    h.socket().pong();
    expect(h.states.at(-1)).toMatchObject({ latencyMs: 7, lastFrameAtMs: 1_007 });
  });
});

describe('garbage', () => {
  it('is counted, and hurts nothing', () => {
    const h = harness();
    const seen: string[] = [];
    h.events.on(['before', 'after']).subscribe(({ event }) => seen.push(event));
    h.socket().accept().hello().pong().event('before');
    for (const text of ['garbage', '', '[]', 'null', '{"event":7}', '{"status":"MAYBE"}']) h.socket().text(text);
    h.socket().event('after');
    expect(seen).toEqual(['before', 'after']);
    expect(h.diagnostics.at(-1)).toEqual({ type: 'garbage-frame', count: 6 });
  });
});

describe('a thousand rounds', () => {
  it('of subscribing and unsubscribing leave no timer, listener or socket', () => {
    const h = harness({ idleCloseMs: 10 });
    for (let n = 0; n < 1_000; n++) {
      const subscription = h.events.on('posted', { channelId: `c${n}` }).subscribe();
      subscription.add(h.gateway.request('ping').subscribe({ error: () => undefined }));
      h.socket().accept().hello().pong();
      subscription.unsubscribe();
      h.advance(10);
      h.socket().end(1000);
    }
    expect(h.sockets).toHaveLength(1_000);
    expect(h.sockets.every(({ onmessage, onclose, closedWith }) => !onmessage && !onclose && closedWith === 1000)).toBe(
      true,
    );
    expect(h.statuses().at(-1)).toBe('idle');
    expect(h.scheduler.actions).toEqual([]);
  });
});
