import { describe, expect, it } from 'vitest';
import { ClosedError, TimeoutError, ValidationError } from '../../../../src/models/errors.js';
import { harness } from './kit.js';

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
    expect(got).toEqual([new ClosedError('the socket ended before the reply came')]);
    h.advance(100);
    h.socket().accept().reply(request, { me: 'online' }).pong();
    expect(got).toHaveLength(1);
    expect(h.diagnostics).toEqual([{ type: 'unknown-reply', count: 1 }]);
  });

  it('is not sent while the socket is still to be proved', () => {
    const h = harness();
    h.gateway.hold();
    h.socket().accept();
    h.gateway.request('get_statuses').subscribe();
    expect(h.socket().last('get_statuses')).toBeUndefined();
    h.socket().hello();
    expect(h.socket().last('get_statuses')).toBeDefined();
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

  it('that waits while the socket ends is sent on the next one', () => {
    const h = harness();
    const errors: unknown[] = [];
    h.gateway.request('get_statuses').subscribe({ error: (error: unknown) => errors.push(error) });
    h.socket().accept().end();
    h.advance(100);
    h.socket().accept().hello();
    expect(h.socket().last('get_statuses')).toBeDefined();
    expect(errors).toEqual([]);
  });

  it('that is made when another fails with the socket is sent on the next one', () => {
    const h = harness();
    h.ready();
    const again = () => h.gateway.request('get_statuses_by_ids').subscribe();
    h.gateway.request('get_statuses').subscribe({ error: again });
    h.socket().end();
    h.advance(100);
    h.socket().accept().pong();
    expect(h.socket().last('get_statuses_by_ids')).toBeDefined();
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
