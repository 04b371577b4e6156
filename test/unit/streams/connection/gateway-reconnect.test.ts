import { NEVER, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { harness } from './kit.js';

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

  it('that nobody holds is idle once, also when the time of the last holder is over', () => {
    const h = harness({ idleCloseMs: 100 });
    const release = h.gateway.hold();
    h.socket().accept().hello().pong();
    release();
    h.socket().end();
    h.advance(1_000);
    expect(h.statuses().slice(-2)).toEqual(['ready', 'idle']);
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

  it('by a class that throws is a failed attempt, without the token in the diagnostics', () => {
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

  it('is reported as a failed attempt only if it had not opened', () => {
    const h = harness();
    h.gateway.hold();
    (h.socket().onerror as unknown as (event: unknown) => void)({ message: 'no route for token-1' });
    h.socket().end();
    const failure = { type: 'connect-failed', count: 1, detail: 'no route for [redacted]' };
    expect(h.diagnostics).toEqual([failure]);
    h.advance(100);
    h.socket().accept().hello().pong().end();
    expect(h.diagnostics).toEqual([failure]);
    h.advance(1_000);
    h.socket().end();
    expect(h.diagnostics.at(-1)).toEqual({ type: 'connect-failed', count: 2 });
  });

  it.each<[unknown, string]>([
    [new Error('no token-0'), 'no token-0'],
    ['nothing', 'nothing'],
  ])('for want of a credential (%s) is a failed attempt, too', (error, detail) => {
    const h = harness({ credentials: { credential: () => throwError(() => error), renew: () => NEVER } });
    h.gateway.hold();
    expect(h.diagnostics).toEqual([{ type: 'connect-failed', count: 1, detail }]);
    expect(h.states.at(-1)).toMatchObject({ status: 'waiting', reason: 'network', retryAtMs: 37.5 });
  });

  it('shows each state once', () => {
    const h = harness();
    h.ready().end();
    h.advance(100);
    h.socket().accept().pong();
    const opening = ['connecting', 'authenticating', 'ready'];
    expect(h.statuses()).toEqual(['idle', ...opening, 'ready', 'waiting', ...opening]);
  });

  it('is asked about once per ping, and no later', () => {
    const h = harness();
    h.ready();
    h.advance(25_000);
    const ping = h.socket().last('ping');
    h.socket().pong();
    h.socket().reply(ping);
    expect(h.diagnostics).toEqual([{ type: 'unknown-reply', count: 1 }]);
    expect(h.statuses().filter((status) => status === 'ready')).toHaveLength(3);
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
