import { NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Credential } from '../../../../src/models/credential.js';
import { AuthenticationError, ClosedError } from '../../../../src/models/errors.js';
import { harness } from './kit.js';

const bearer = (token: string): Credential => ({ kind: 'bearer', token });

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

  it('by somebody who hears of the close is shown once, and fails what was never sent', () => {
    const h = harness();
    const errors: unknown[] = [];
    h.gateway.state$.subscribe(({ status }) => {
      if (status === 'closed') h.gateway.close();
    });
    h.gateway.request('get_statuses').subscribe({ error: (error: unknown) => errors.push(error) });
    h.gateway.close();
    expect(h.statuses()).toEqual(['idle', 'connecting', 'closed']);
    expect(errors).toEqual([new ClosedError()]);
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

  it('from within a delivery ends all deliveries', () => {
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

  it('while the socket is opening sets no timer any more', () => {
    const h = harness();
    h.gateway.state$.subscribe(({ status }) => {
      if (status === 'authenticating') h.gateway.close();
    });
    h.gateway.hold();
    h.socket().accept();
    expect(h.scheduler.actions).toEqual([]);
  });

  it('while a missing event is reported closes the socket as unneeded', () => {
    const h = harness();
    h.connection.diagnostics$.subscribe(() => h.gateway.close());
    h.ready().event('typing', {}, {}, 5);
    expect(h.socket().closedWith).toBe(1000);
  });

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
