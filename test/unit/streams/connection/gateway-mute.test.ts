import { NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Credential } from '../../../../src/models/credential.js';
import { AuthenticationError, NetworkError, UnauthorizedError } from '../../../../src/models/errors.js';
import { harness } from './kit.js';

const bearer = (token: string): Credential => ({ kind: 'bearer', token });
const unauthorized = new UnauthorizedError({
  status: 401,
  id: 'api.context.session_expired.app_error',
  message: 'Invalid or expired session, please login again.',
  method: 'GET',
  url: 'https://chat.example.com/api/v4/users/me',
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

  it('is asked about again when the next one is mute as well', () => {
    let asked = 0;
    const h = harness({ probe: () => (asked++, of({})) });
    h.gateway.hold();
    for (let n = 1; n <= 3; n++) {
      h.socket().accept().end();
      expect(asked).toBe(n);
      h.advance(2_000);
    }
    expect(h.sockets).toHaveLength(4);
  });

  it('that has ended waits for the answer of REST, and is not opened again before', () => {
    const answer = new Subject<unknown>();
    const h = harness({ probe: () => answer });
    h.gateway.hold();
    h.socket().accept().end();
    h.advance(20_000);
    expect(h.sockets).toHaveLength(1);
    answer.next({});
    h.advance(100);
    expect(h.sockets).toHaveLength(2);
  });

  it('whose credential is good keeps the rest of its time', () => {
    const h = harness();
    h.gateway.hold();
    h.socket().accept();
    h.advance(5_999);
    expect([h.sockets.length, h.socket().closedWith]).toEqual([1, undefined]);
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
