import { NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  ActionError,
  AuthenticationError,
  ClosedError,
  NetworkError,
  TimeoutError,
  UnauthorizedError,
  ValidationError,
} from '../../../../src/models/errors.js';
import type { Credential } from '../../../../src/models/credential.js';
import { harness } from './kit.js';

const bearer = (token: string): Credential => ({ kind: 'bearer', token });
const unauthorized = new UnauthorizedError({
  status: 401,
  id: 'api.context.session_expired.app_error',
  message: 'Invalid or expired session, please login again.',
  method: 'GET',
  url: 'https://chat.example.com/api/v4/users/me',
});

describe('the socket', () => {
  it('opens with the first holder, and closes idleCloseMs after the last', () => {
    const h = harness({ idleCloseMs: 100 });
    expect(h.sockets).toHaveLength(0);
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

  it('goes to the API of the site, its sub-path kept, with the token in a header', () => {
    const h = harness();
    h.gateway.hold();
    expect(h.socket().url).toBe('wss://chat.example.com/sub/api/v4/websocket');
    expect(h.socket().headers).toEqual({ authorization: 'Bearer token-1' });
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

  it('asks for acknowledgements when told so, also on a resume', () => {
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

  it('is, on a resume, a ping that is answered before any hello', () => {
    const h = harness();
    h.ready().event('typing').event('typing').end();
    h.advance(100);
    const socket = h.socket();
    expect([socket.query('connection_id'), socket.query('sequence_number')]).toEqual(['c1', '3']);
    socket.accept();
    expect(h.statuses().at(-1)).toBe('authenticating');
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

  it('tells the round trip of the ping, and each later one', () => {
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

describe('an event', () => {
  it('is delivered once and in order; one that was seen is dropped and counted', () => {
    const h = harness();
    const seen: number[] = [];
    h.events.on('typing').subscribe(({ seq }) => seen.push(seq));
    h.socket()
      .accept()
      .hello()
      .pong()
      .event('typing')
      .event('typing')
      .event('typing', {}, {}, 1)
      .event('typing', {}, {}, 3);
    expect(seen).toEqual([1, 2, 3]);
    expect(h.diagnostics).toEqual([{ type: 'duplicate-event', count: 1, detail: 'typing' }]);
  });

  it('that is missing makes the socket reconnect with the number that was expected', () => {
    const h = harness();
    const seen: number[] = [];
    h.events.on('typing').subscribe(({ seq }) => seen.push(seq));
    h.socket().accept().hello().pong().event('typing', {}, {}, 2);
    expect(h.socket().closedWith).toBe(4001);
    h.socket().end(4001);
    h.advance(50);
    expect(h.socket().query('sequence_number')).toBe('1');
    h.socket().accept().from(1).event('typing').event('typing').pong();
    expect(seen).toEqual([1, 2]);
    expect(h.losses).toEqual([]);
    expect(h.diagnostics).toMatchObject([{ type: 'missing-event', count: 1 }]);
  });

  it('that is missing again after the resume is given up, and is a loss', () => {
    const h = harness();
    h.ready().event('typing', {}, {}, 2).end(4001);
    h.advance(50);
    h.socket().accept().pong().event('typing', {}, {}, 2);
    h.socket().end(1000);
    h.advance(500);
    expect(h.socket().query('connection_id')).toBeNull();
    h.socket().accept().hello('c2');
    expect(h.losses).toMatchObject([{ reason: 'dropped' }]);
  });

  it('that nobody listens to counts for the number all the same', () => {
    const h = harness();
    h.ready().event('posted').event('typing').event('custom_x').end();
    h.advance(100);
    expect(h.socket().query('sequence_number')).toBe('4');
  });

  it('of a resume comes before the resume is proved', () => {
    const h = harness();
    const seen: number[] = [];
    h.events.on('typing').subscribe(({ seq }) => seen.push(seq));
    h.socket().accept().hello().pong().end();
    h.advance(100);
    h.socket().accept().from(1).event('typing');
    expect(seen).toEqual([1]);
    expect(h.statuses().at(-1)).toBe('authenticating');
  });

  it('that a subscriber causes from within another waits for its turn', () => {
    const h = harness();
    const order: string[] = [];
    h.events.on('typing').subscribe(({ seq }) => {
      order.push(`first ${seq}`);
      if (seq === 1) h.socket().event('typing');
    });
    h.events.on('typing').subscribe(({ seq }) => order.push(`second ${seq}`));
    h.socket().accept().hello().pong().event('typing');
    expect(order).toEqual(['first 1', 'second 1', 'first 2', 'second 2']);
  });

  it('too many of which wait are dropped, counted, and a loss', () => {
    const h = harness();
    h.events.on('typing').subscribe(({ seq }) => {
      if (seq === 1) for (let n = 0; n < 10_000; n++) h.socket().event('typing');
    });
    h.socket().accept().hello().pong().event('typing');
    expect(h.diagnostics).toContainEqual({ type: 'frames-dropped', count: 1 });
    h.socket().end(1000);
    h.advance(50);
    expect(h.socket().query('connection_id')).toBeNull();
    h.socket().accept().hello('c2');
    expect(h.losses).toMatchObject([{ reason: 'dropped' }]);
  });
});

describe('a second hello on one socket', () => {
  it('has it opened again without an id', () => {
    const h = harness();
    h.ready('c1').hello('c1', 2);
    expect(h.socket().closedWith).toBe(1000);
    h.socket().end(1000);
    h.advance(50);
    expect(h.socket().query('connection_id')).toBeNull();
    expect(h.states.at(-1)?.status).toBe('connecting');
  });
});

describe('a cut connection', () => {
  it('is opened again some tens of milliseconds later', () => {
    const h = harness();
    h.ready();
    h.advance(2_000);
    h.socket().end();
    expect(h.states.at(-1)).toMatchObject({
      status: 'waiting',
      attempt: 1,
      reason: 'network',
      retryAtMs: h.now() + 37.5,
    });
    h.advance(24);
    expect(h.sockets).toHaveLength(1);
    h.advance(26);
    expect(h.sockets).toHaveLength(2);
  });

  it('that does not come back is tried again with growing waits, up to the cap', () => {
    const h = harness({ random: () => 1, reconnect: { baseMs: 100, capMs: 1_000 } });
    h.ready();
    const waits: number[] = [];
    for (let n = 0; n < 8; n++) {
      h.socket().end();
      const state = h.states.at(-1)!;
      waits.push(state.status === 'waiting' ? state.retryAtMs - h.now() : NaN);
      h.advance(1_000);
    }
    expect(waits).toEqual([50, 100, 200, 400, 800, 1_000, 1_000, 1_000]);
  });

  it('counts as the first failure again only after ready has held for a while', () => {
    const h = harness({ reconnect: { resetAfterMs: 1_000 } });
    h.ready();
    h.socket().end();
    h.advance(100);
    h.socket().accept().pong();
    h.advance(900);
    h.socket().end();
    expect(h.states.at(-1)).toMatchObject({ attempt: 2 });
    h.advance(600);
    h.socket().accept().pong();
    h.advance(1_000);
    h.socket().end();
    expect(h.states.at(-1)).toMatchObject({ attempt: 1 });
  });

  it('of a challenge is never resumed', () => {
    const h = harness({ takesHeaders: false });
    h.ready().end();
    h.advance(100);
    expect(h.socket().query('connection_id')).toBeNull();
    h.socket().accept().hello('c2');
    expect(h.losses).toHaveLength(1);
  });

  it('whose server knows no resume is opened without an id', () => {
    const h = harness();
    h.ready('').end();
    h.advance(100);
    expect(h.socket().query('connection_id')).toBeNull();
  });

  it('that nobody holds is not opened again', () => {
    const h = harness();
    const release = h.gateway.hold();
    h.socket().accept().hello().pong();
    release();
    h.socket().end();
    expect(h.statuses().at(-1)).toBe('idle');
    h.advance(60_000);
    expect(h.sockets).toHaveLength(1);
  });

  it('that is waiting when the last holder leaves is given up', () => {
    const h = harness({ idleCloseMs: 10 });
    const release = h.gateway.hold();
    h.socket().accept().hello().pong().end();
    release();
    h.advance(10);
    expect(h.statuses().at(-1)).toBe('idle');
    h.advance(60_000);
    expect(h.sockets).toHaveLength(1);
  });

  it('by a full queue (1005) is a certain loss and never resumed', () => {
    const h = harness();
    h.ready().end(1005);
    expect(h.states.at(-1)).toMatchObject({ reason: 'overflow' });
    h.advance(100);
    expect(h.socket().query('connection_id')).toBeNull();
    h.socket().accept().hello('c2');
    expect(h.losses).toMatchObject([{ reason: 'overflow' }]);
  });

  it('after this side slept for more than the server waits is a certain loss', () => {
    const h = harness({ heartbeatMs: 1_000 });
    h.ready();
    h.sleep(40_000);
    h.advance(1_000);
    expect(h.socket().sent.filter(({ action }) => action === 'ping')).toHaveLength(2);
    h.socket().end();
    expect(h.states.at(-1)).toMatchObject({ reason: 'slow-reader' });
    h.advance(100);
    h.socket().accept().hello('c2');
    expect(h.losses).toMatchObject([{ reason: 'slow-reader' }]);
  });

  it('that could not be opened in time is given up', () => {
    const h = harness({ connectTimeoutMs: 500 });
    h.gateway.hold();
    h.advance(500);
    expect(h.states.at(-1)).toMatchObject({ status: 'waiting', reason: 'network' });
    expect(h.sockets[0]!.closedWith).toBe(1000);
  });

  it('by a class that throws is a failed attempt, without the token in what is told', () => {
    const Throwing = Object.assign(
      function (_url: string, _protocols: unknown, options: object) {
        throw new Error(`cannot: ${JSON.stringify(options)}`);
      },
      { takesHeaders: true },
    );
    const h = harness({ WebSocket: Throwing as never });
    h.gateway.hold();
    expect(h.diagnostics).toMatchObject([{ type: 'connect-failed', count: 1 }]);
    expect(JSON.stringify(h.diagnostics)).not.toContain('token-1');
    expect(h.states.at(-1)?.status).toBe('waiting');
  });
});

describe('the heartbeat', () => {
  it('pings after each interval, and is content with an answer', () => {
    const h = harness({ heartbeatMs: 1_000 });
    h.ready();
    for (let n = 0; n < 5; n++) {
      h.advance(1_000);
      h.socket().pong();
    }
    expect(h.socket().sent.filter(({ action }) => action === 'ping')).toHaveLength(6);
    expect(h.sockets).toHaveLength(1);
  });

  it('without an answer closes and reconnects, however many events come', () => {
    const h = harness({ heartbeatMs: 1_000 });
    h.ready();
    for (let n = 0; n < 19; n++) {
      h.advance(100);
      h.socket().event('typing');
    }
    expect(h.socket().closedWith).toBeUndefined();
    h.advance(100);
    expect(h.socket().closedWith).toBe(4000);
    // The server does not echo: the wait for it is bounded.
    h.advance(999);
    expect(h.statuses().at(-1)).toBe('ready');
    h.advance(1);
    expect(h.states.at(-1)).toMatchObject({ status: 'waiting', reason: 'heartbeat' });
    expect(h.socket().terminated).toBe(true);
    h.advance(100);
    expect(h.socket().query('connection_id')).toBe('c1');
  });

  it.each([500, 503])('refused with %d is a living session', (status) => {
    const h = harness({ heartbeatMs: 1_000 });
    h.ready();
    h.advance(1_000);
    h.socket().fail(h.socket().last('ping'), 'api.websocket_handler.server_busy.app_error', status);
    h.advance(999);
    expect(h.socket().closedWith).toBeUndefined();
    expect(h.signals.filter(({ type }) => type === 'refused')).toEqual([]);
  });

  it('late because this side was busy asks again, and does not blame the server', () => {
    const h = harness({ heartbeatMs: 1_000 });
    h.ready();
    h.advance(1_000);
    h.sleep(5_000);
    h.advance(1_000);
    expect(h.socket().closedWith).toBeUndefined();
    h.socket().pong();
    expect(h.states.at(-1)?.status).toBe('ready');
  });
});

describe('a session that is dead (FAIL 401)', () => {
  it('is told, closed, and opened again without the id when REST still takes the credential', () => {
    const h = harness({ heartbeatMs: 1_000 });
    h.ready();
    h.advance(1_000);
    const error = 'api.web_socket_router.not_authenticated.app_error';
    h.socket().fail(h.socket().last('ping'), error, 401);
    expect(h.signals.at(-1)).toEqual({ type: 'refused', errorId: error, status: 401 });
    expect(h.socket().closedWith).toBe(1000);
    h.socket().end(1000);
    expect(h.states.at(-1)).toMatchObject({ status: 'waiting', reason: 'session-lost' });
    h.advance(50);
    expect(h.socket().query('connection_id')).toBeNull();
    h.socket().accept().hello('c2');
    expect(h.losses).toMatchObject([{ reason: 'session-lost' }]);
  });

  it('by the answer to any action is known as well', () => {
    const h = harness();
    h.ready();
    let error: unknown;
    h.gateway.request('user_typing', { channel_id: 'c' }).subscribe({ error: (e: unknown) => (error = e) });
    h.socket().fail(
      h.socket().last('user_typing'),
      'api.context.invalid_token.error',
      401,
      'Invalid session token=token-1, err=no session, token-1',
    );
    expect(error).toBeInstanceOf(ActionError);
    expect((error as Error).message).not.toContain('token-1');
    expect(h.signals.at(-1)).toMatchObject({ type: 'refused' });
  });

  it('with a renewed credential goes on with that, and says so', () => {
    let token = 'token-1';
    const h = harness({
      credentials: { credential: () => of(bearer(token)), renew: () => of(bearer((token = 'token-2'))) },
      probe: () => throwError(() => unauthorized),
    });
    h.ready().fail(h.socket().last('ping'), 'x', 401);
    h.socket().text('{"status":"FAIL","seq_reply":99}');
    h.gateway.request('ping').subscribe({ error: () => undefined });
    h.socket().fail(h.socket().last('ping'), 'api.context.invalid_token.error', 401);
    h.socket().end(1000);
    h.advance(50);
    expect(h.socket().headers).toEqual({ authorization: 'Bearer token-2' });
    expect(h.socket().query('connection_id')).toBeNull();
    h.socket().accept().hello('c2');
    expect(h.signals.slice(-2).map(({ type }) => type)).toEqual(['renewed', 'ready']);
  });

  it('and no other credential is a rejection', () => {
    const h = harness({
      credentials: { credential: () => of(bearer('token-1')), renew: () => of(bearer('token-1')) },
      probe: () => throwError(() => unauthorized),
    });
    h.ready();
    h.advance(25_000);
    h.socket().fail(h.socket().last('ping'), 'api.context.invalid_token.error', 401).end(1000);
    const state = h.states.at(-1)!;
    expect(state.status).toBe('rejected');
    expect(state.status === 'rejected' && state.error).toBeInstanceOf(AuthenticationError);
    expect(state).toMatchObject({ error: { id: unauthorized.id } });
    expect(h.signals.at(-1)?.type).toBe('rejected');
    h.advance(600_000);
    expect(h.sockets).toHaveLength(1);
  });
});

describe('a dead session that REST has met', () => {
  it('has the socket asked at once, which stays if it still works', () => {
    const doubts = new Subject<unknown>();
    const h = harness({ doubts$: doubts });
    const pings = (): number => h.socket().sent.filter(({ action }) => action === 'ping').length;
    h.ready();
    doubts.next(0);
    doubts.next(0);
    expect(pings()).toBe(2);
    h.socket().pong();
    expect(h.statuses().at(-1)).toBe('ready');
    h.gateway.close();
    expect(doubts.observed).toBe(false);
  });
});

describe('another token', () => {
  it('than that of the lost socket never resumes it, and is a loss', () => {
    let token = 'token-1';
    const h = harness({ credentials: { credential: () => of(bearer(token)), renew: () => NEVER } });
    h.ready();
    token = 'token-2';
    h.socket().end();
    h.advance(100);
    expect(h.socket().query('connection_id')).toBeNull();
    h.socket().accept().hello('c2');
    expect(h.losses).toMatchObject([{ reason: 'token-changed' }]);
  });
});

describe('a mute socket', () => {
  /** A credential that is dead, and how often REST was asked about it. */
  const dead = () => {
    const asked = { count: 0 };
    const h = harness({
      credentials: {
        credential: () => of(bearer('bad')),
        renew: () => throwError(() => new AuthenticationError('none')),
      },
      probe: () => {
        asked.count++;
        return throwError(() => unauthorized);
      },
    });
    h.gateway.hold();
    return { ...h, asked };
  };

  it('whose credential REST refuses is rejected after a second, and one question', () => {
    const h = dead();
    h.socket().accept();
    h.advance(999);
    expect(h.asked.count).toBe(0);
    h.advance(1);
    expect(h.asked.count).toBe(1);
    expect(h.states.at(-1)).toMatchObject({ status: 'rejected' });
    expect(JSON.stringify(h.states)).not.toContain('bad"');
    expect(h.socket().closedWith).toBe(1000);
    h.advance(60_000);
    expect(h.sockets).toHaveLength(1);
    expect(h.scheduler.actions).toEqual([]);
  });

  it('that ends before the second is over is asked about then', () => {
    const h = dead();
    h.socket().accept();
    h.advance(10);
    h.socket().end();
    expect(h.asked.count).toBe(1);
    expect(h.states.at(-1)).toMatchObject({ status: 'rejected' });
  });

  it('is asked about once, also when REST answers after its end', () => {
    const answer = new Subject<never>();
    let asked = 0;
    const h = harness({
      credentials: {
        credential: () => of(bearer('bad')),
        renew: () => throwError(() => new AuthenticationError('none')),
      },
      probe: () => (asked++, answer),
    });
    h.gateway.hold();
    h.socket().accept();
    h.advance(5_000);
    h.socket().end();
    h.advance(5_000);
    expect([asked, h.sockets.length]).toEqual([1, 1]);
    answer.error(unauthorized);
    expect(h.states.at(-1)).toMatchObject({ status: 'rejected' });
  });

  it('that is proved while REST is asked stays, whatever REST says', () => {
    const answer = new Subject<never>();
    const h = harness({ probe: () => answer });
    h.gateway.hold();
    h.socket().accept();
    h.advance(1_000);
    h.socket().hello().pong();
    answer.error(unauthorized);
    h.advance(1_000);
    expect(h.statuses().at(-1)).toBe('ready');
    expect(h.sockets).toHaveLength(1);
  });

  it.each(['hold', 'close()'])('that nobody wants any more after %s is not asked about any longer', (how) => {
    const answer = new Subject<never>();
    const h = harness({ probe: () => answer, idleCloseMs: 10 });
    const release = h.gateway.hold();
    h.socket().accept();
    h.advance(1_000);
    expect(answer.observed).toBe(true);
    if (how === 'hold') release();
    else h.gateway.close();
    h.advance(10);
    h.socket().end(1000);
    expect(answer.observed).toBe(false);
    expect(h.scheduler.actions).toEqual([]);
  });

  it('whose credential was renewed over REST meanwhile is left for a new one with that', () => {
    let token = 'token-1';
    const h = harness({ credentials: { credential: () => of(bearer(token)), renew: () => NEVER } });
    h.ready().end();
    h.advance(50);
    h.socket().accept();
    token = 'token-2';
    h.advance(1_000);
    expect(h.socket().closedWith).toBe(1000);
    expect(h.states.at(-1)).toMatchObject({ status: 'waiting', reason: 'session-lost' });
    h.advance(500);
    expect(h.socket().headers).toEqual({ authorization: 'Bearer token-2' });
    expect(h.socket().query('connection_id')).toBeNull();
    h.socket().accept().hello('c2').pong();
    expect(h.statuses().at(-1)).toBe('ready');
    expect(h.losses).toHaveLength(1);
  });

  it('whose credential REST takes, or that REST cannot tell, is tried again', () => {
    for (const probe of [() => of({}), () => throwError(() => new NetworkError('down'))]) {
      const h = harness({ probe });
      h.gateway.hold();
      h.socket().accept();
      h.advance(5_000);
      h.socket().end();
      h.advance(1_000);
      expect(h.sockets).toHaveLength(2);
    }
  });

  it('that the server leaves open is given up a little after it should have been closed', () => {
    const h = harness();
    h.gateway.hold();
    h.socket().accept();
    h.advance(6_000);
    expect(h.socket().closedWith).toBe(4000);
  });

  it('again and again on a resume has the id dropped', () => {
    const h = harness();
    h.ready().end();
    const resumed: boolean[] = [];
    for (let n = 0; n < 3; n++) {
      h.advance(2_000);
      resumed.push(h.socket().query('connection_id') !== null);
      h.socket().accept().end();
    }
    expect(resumed).toEqual([true, true, false]);
  });
});

describe('rejected', () => {
  const rejected = () =>
    harness({
      credentials: { credential: () => throwError(() => new AuthenticationError('no login')), renew: () => NEVER },
    });

  it('is at once what no credential at all ends in', () => {
    const h = rejected();
    h.gateway.hold();
    expect(h.statuses()).toEqual(['idle', 'connecting', 'rejected']);
  });

  it('fails open() and what waits to be sent, but no stream of events', () => {
    const h = rejected();
    const errors: unknown[] = [];
    h.events.on('posted').subscribe({ error: () => expect.unreachable() });
    h.connection.open().subscribe({ error: (error: unknown) => errors.push(error) });
    h.gateway.request('ping').subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toHaveLength(2);
    for (const error of errors) expect(error).toBeInstanceOf(AuthenticationError);
  });

  it('is tried again by open(), but not by each new subscriber of events', () => {
    let tries = 0;
    const h = harness({
      credentials: {
        credential: () => throwError(() => (tries++, new AuthenticationError('no login'))),
        renew: () => NEVER,
      },
    });
    h.events.on('posted').subscribe();
    h.events.on('posted').subscribe();
    h.events.on('typing').subscribe();
    expect(tries).toBe(1);
    h.connection.open().subscribe({ error: () => undefined });
    expect(tries).toBe(2);
  });

  it('is not what a credential that cannot be had for now ends in', () => {
    const h = harness({
      credentials: { credential: () => throwError(() => new NetworkError('down')), renew: () => NEVER },
    });
    h.gateway.hold();
    expect(h.states.at(-1)).toMatchObject({ status: 'waiting', attempt: 1, reason: 'network' });
    h.advance(1_000);
    expect(h.states.at(-1)).toMatchObject({ attempt: 4 });
  });
});

describe('a request', () => {
  it('waits for ready, emits the data of its reply and completes', () => {
    const h = harness();
    const got: unknown[] = [];
    h.gateway.request('get_statuses').subscribe({ next: (data) => got.push(data), complete: () => got.push('done') });
    expect(h.socket().sent).toEqual([]);
    h.socket().accept().hello();
    h.socket().reply(h.socket().last('get_statuses'), { me: 'online' });
    expect(got).toEqual([{ me: 'online' }, 'done']);
  });

  it('has a number that was never used, also after a reconnect', () => {
    const h = harness();
    h.ready();
    h.gateway.request('get_statuses').subscribe({ error: () => undefined });
    h.socket().end();
    h.advance(100);
    h.socket().accept().pong();
    h.gateway.request('get_statuses').subscribe();
    const numbers = h.sockets.flatMap(({ sent }) => sent.map(({ seq }) => seq));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it('whose reply comes on the resumed socket has failed already, and that reply is ignored', () => {
    const h = harness();
    h.ready();
    const got: unknown[] = [];
    h.gateway
      .request('get_statuses')
      .subscribe({ next: (data) => got.push(data), error: (error: unknown) => got.push(error) });
    const request = h.sockets[0]!.last('get_statuses');
    h.socket().end();
    expect(got).toEqual([expect.any(ClosedError)]);
    h.advance(100);
    h.socket().accept().reply(request, { me: 'online' }).pong();
    expect(got).toHaveLength(1);
    expect(h.diagnostics).toEqual([{ type: 'unknown-reply', count: 1 }]);
  });

  it('that was not sent yet survives a reconnect', () => {
    const h = harness();
    h.ready().end();
    const got: unknown[] = [];
    h.gateway.request('get_statuses').subscribe((data) => got.push(data));
    h.advance(100);
    h.socket().accept().pong();
    h.socket().reply(h.socket().last('get_statuses'));
    expect(got).toEqual([{}]);
  });

  it('without a reply in time fails, the wait for the socket included', () => {
    const h = harness({ requestTimeoutMs: 300 });
    let error: unknown;
    h.gateway.request('ping').subscribe({ error: (e: unknown) => (error = e) });
    h.advance(299);
    expect(error).toBeUndefined();
    h.advance(1);
    expect(error).toBeInstanceOf(TimeoutError);
  });

  it('of a plugin completes when it is sent, as nobody answers', () => {
    const h = harness();
    h.ready();
    const got: string[] = [];
    h.gateway
      .request('custom_x', { a: 1 })
      .subscribe({ next: () => got.push('next'), complete: () => got.push('done') });
    expect(got).toEqual(['done']);
    expect(h.socket().last('custom_x')).toMatchObject({ data: { a: 1 } });
  });

  it('that is given up before it is sent is not sent', () => {
    const h = harness();
    h.gateway.request('get_statuses').subscribe().unsubscribe();
    h.socket().accept().hello();
    expect(h.socket().last('get_statuses')).toBeUndefined();
  });

  it.each([
    ['', undefined],
    [7, undefined],
    ['ping', []],
    ['ping', 'text'],
    ['ping', 7],
    ['ping', { text: 'x'.repeat(8_192) }],
    ['ping', { text: 'ü'.repeat(4_096) }],
    ['posted_notify_ack', { status: 1 }],
    ['posted_notify_ack', { reason: null }],
  ])('%j with %j is refused before anything is opened', (action, data) => {
    const h = harness();
    let error: unknown;
    h.gateway.request(action as string, data as never).subscribe({ error: (e: unknown) => (error = e) });
    expect(error).toBeInstanceOf(ValidationError);
    expect(h.sockets).toHaveLength(0);
  });

  it('whose data cannot be JSON is refused', () => {
    let error: unknown;
    harness()
      .gateway.request('ping', { big: 1n })
      .subscribe({ error: (e: unknown) => (error = e) });
    expect(error).toBeInstanceOf(ValidationError);
  });

  it('of exactly 8192 bytes is sent', () => {
    const h = harness();
    h.ready();
    const frame = JSON.stringify({ seq: 10, action: 'ping', data: { text: '' } });
    // The number of this request has one digit.
    h.gateway.request('ping', { text: 'x'.repeat(8_192 - frame.length + 1) }).subscribe();
    expect(h.socket().last('ping')?.data).toBeDefined();
  });

  it('on top of a thousand that wait is refused', () => {
    const h = harness();
    let error: unknown;
    for (let n = 0; n < 1_000; n++) h.gateway.request('ping').subscribe();
    h.gateway.request('ping').subscribe({ error: (e: unknown) => (error = e) });
    expect(error).toBeInstanceOf(ValidationError);
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

describe('close()', () => {
  it('completes every stream, fails every request, and leaves no timer', () => {
    const h = harness();
    const ends: string[] = [];
    const end = (name: string) => ({ complete: () => ends.push(name), error: () => ends.push(`${name} failed`) });
    h.gateway.state$.subscribe(end('state$'));
    h.events.all$.subscribe(end('all$'));
    h.events.on('posted').subscribe(end('on'));
    h.events.gaps$.subscribe(end('gaps$'));
    h.connection.open().subscribe(end('open'));
    h.connection.diagnostics$.subscribe(end('diagnostics$'));
    h.socket().accept().hello();
    let error: unknown;
    h.gateway.request('get_statuses').subscribe({ error: (e: unknown) => (error = e) });
    h.gateway.close();
    h.gateway.close();
    expect(ends.sort()).toEqual(['all$', 'diagnostics$', 'gaps$', 'on', 'open', 'state$']);
    expect(error).toBeInstanceOf(ClosedError);
    expect(h.statuses().at(-1)).toBe('closed');
    expect(h.socket().closedWith).toBe(1000);
    expect(h.scheduler.actions).toEqual([]);
  });

  it('makes what comes later complete, or fail', () => {
    const h = harness();
    h.gateway.close();
    const ends: unknown[] = [];
    h.gateway.state$.subscribe({ next: ({ status }) => ends.push(status), complete: () => ends.push('state$') });
    h.events.on('posted').subscribe({ complete: () => ends.push('on') });
    h.connection.open().subscribe({ complete: () => ends.push('open') });
    h.gateway.request('ping').subscribe({ error: (error: unknown) => ends.push(error) });
    expect(ends).toEqual(['closed', 'state$', 'on', 'open', expect.any(ClosedError)]);
    expect(h.sockets).toHaveLength(0);
  });

  it('from within a delivery is the last thing that anybody hears', () => {
    const h = harness();
    const seen: number[] = [];
    h.events.on('typing').subscribe(({ seq }) => {
      seen.push(seq);
      h.socket().event('typing');
      h.gateway.close();
    });
    h.socket().accept().hello().pong().event('typing');
    expect(seen).toEqual([1]);
  });

  it.each(['connecting', 'authenticating', 'ready', 'waiting', 'rejected'])(
    'by somebody who hears of %s leaves no timer and no socket',
    (status) => {
      let asked = 0;
      const h = harness({
        credentials: {
          credential: () => (++asked > 2 ? throwError(() => new AuthenticationError('no')) : of(bearer('token-1'))),
          renew: () => NEVER,
        },
      });
      h.gateway.state$.subscribe((state) => {
        if (state.status === status) h.gateway.close();
      });
      h.events.on('typing').subscribe();
      for (let n = 0; n < 2; n++) {
        if (h.statuses().at(-1) === 'closed') break;
        h.socket().accept().hello().pong().end();
        h.advance(100);
      }
      h.advance(5_000);
      expect(h.statuses().at(-1)).toBe('closed');
      expect(h.scheduler.actions).toEqual([]);
      expect(h.sockets.every(({ onmessage }) => !onmessage)).toBe(true);
    },
  );

  it('while the credential is asked for opens no socket later', () => {
    const answer = new Subject<Credential>();
    const h = harness({ credentials: { credential: () => answer, renew: () => NEVER } });
    h.gateway.hold();
    h.gateway.close();
    answer.next(bearer('late'));
    expect(h.sockets).toHaveLength(0);
    expect(answer.observed).toBe(false);
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
