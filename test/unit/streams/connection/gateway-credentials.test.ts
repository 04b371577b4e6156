import { NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Credential } from '../../../../src/models/credential.js';
import { ActionError, AuthenticationError, NetworkError, UnauthorizedError } from '../../../../src/models/errors.js';
import { harness } from './kit.js';

const bearer = (token: string): Credential => ({ kind: 'bearer', token });
const unauthorized = new UnauthorizedError({
  status: 401,
  id: 'api.context.session_expired.app_error',
  message: 'Invalid or expired session, please login again.',
  method: 'GET',
  url: 'https://chat.example.com/api/v4/users/me',
});

describe('a session that is dead (FAIL 401)', () => {
  it('is signalled, and the socket closed and opened again without the id if REST still takes the credential', () => {
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

  it('is never ready, though the ping of its resume was answered', () => {
    const h = harness();
    h.ready().end();
    h.advance(100);
    h.socket().accept();
    h.socket().fail(h.socket().last('ping'), 'x', 401);
    expect(h.statuses().at(-1)).toBe('authenticating');
    expect(h.signals.map(({ type }) => type)).toEqual(['ready', 'refused']);
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

  it('with a renewed credential goes on with that, and signals it', () => {
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

  it('is tried again by a holder that does not ask for it only if there is no other', () => {
    let tries = 0;
    const h = harness({
      credentials: {
        credential: () => throwError(() => (tries++, new AuthenticationError('no login'))),
        renew: () => NEVER,
      },
    });
    const release = h.gateway.hold(false);
    h.gateway.hold(false)();
    expect(tries).toBe(1);
    release();
    h.gateway.hold(false);
    expect(tries).toBe(2);
  });

  it('is tried again by open(), also from within a subscriber that has just got it', () => {
    let tries = 0;
    const h = harness({
      credentials: {
        credential: () => (++tries > 1 ? of(bearer('token-1')) : throwError(() => new AuthenticationError('no login'))),
        renew: () => NEVER,
      },
    });
    const opened: unknown[] = [];
    const open = () =>
      h.connection.open().subscribe({
        next: ({ status }) => opened.push(status),
        error: (error: unknown) => opened.push(error),
      });
    h.gateway.state$.subscribe(({ status }) => {
      if (status === 'rejected') open();
    });
    const later: string[] = [];
    h.gateway.state$.subscribe(({ status }) => later.push(status));
    h.gateway.hold();
    h.socket().accept().hello();
    expect(opened).toEqual(['connecting', 'authenticating', 'ready']);
    expect(later).toEqual(['idle', 'connecting', 'rejected', 'connecting', 'authenticating', 'ready']);
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
