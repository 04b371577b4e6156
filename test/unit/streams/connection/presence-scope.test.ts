import { describe, expect, it } from 'vitest';
import { ClosedError } from '../../../../src/models/errors.js';
import { presenceScope } from '../../../../src/streams/connection/presence-scope.js';
import { harness, type FakeSocket } from './kit.js';

const declared = (socket: FakeSocket): unknown[] =>
  socket.sent.filter(({ action }) => action === 'presence').map(({ data }) => data);

describe('the presence scope', () => {
  it('holds the socket open, and is sent once that is ready, and on each new one', () => {
    const h = harness();
    presenceScope(h.gateway, {
      channelId: 'c',
      teamId: 't',
      threadChannelId: '',
      threadViewChannelId: 'v',
    }).subscribe();
    h.socket().accept();
    expect(declared(h.socket())).toEqual([]);
    h.socket().hello();
    const all = [
      { channel_id: 'c' },
      { team_id: 't' },
      { thread_channel_id: '', is_thread_view: false },
      { thread_channel_id: 'v', is_thread_view: true },
    ];
    expect(declared(h.socket())).toEqual(all);
    h.socket().pong().end();
    h.advance(100);
    h.socket().accept().pong();
    expect(declared(h.socket())).toEqual(all);
    h.advance(60_000);
    expect(h.socket().closedWith).toBeUndefined();
  });

  it('is sent at once on a ready socket, and withdrawn by unsubscribing', () => {
    const h = harness({ idleCloseMs: 10 });
    h.gateway.hold()();
    h.socket().accept().hello().pong();
    const scope = presenceScope(h.gateway, { channelId: 'c' }).subscribe();
    expect(declared(h.socket())).toEqual([{ channel_id: 'c' }]);
    scope.unsubscribe();
    expect(declared(h.socket())).toEqual([{ channel_id: 'c' }, { channel_id: '<>' }]);
    h.advance(20_000);
    expect(h.socket().closedWith).toBe(1000);
  });

  it('that is unsubscribed while there is no socket sends nothing later', () => {
    const h = harness();
    const scope = presenceScope(h.gateway, { teamId: 't' }).subscribe();
    scope.unsubscribe();
    h.socket().accept().hello().pong();
    expect(declared(h.socket())).toEqual([]);
  });

  it('that the server refuses is no error', () => {
    const h = harness();
    let error: unknown;
    presenceScope(h.gateway, { channelId: 'c' }).subscribe({ error: (e: unknown) => (error = e) });
    h.socket().accept().hello().pong();
    h.socket().fail(h.socket().last('presence'), 'bad', 400);
    expect(error).toBeUndefined();
  });

  it('is sent once on a new socket, also when the session of the one before was lost', () => {
    const h = harness();
    presenceScope(h.gateway, { channelId: 'c' }).subscribe();
    h.socket().accept().hello().pong();
    h.socket().fail(h.socket().last('presence'), 'api.context.invalid_token.error', 401).end(1000);
    h.advance(100);
    h.socket().accept().hello('c2').pong();
    expect(h.sockets).toHaveLength(2);
    expect(declared(h.socket())).toEqual([{ channel_id: 'c' }]);
  });

  it('completes with the client, and errors after it', () => {
    const h = harness();
    const ends: unknown[] = [];
    const end = { complete: () => ends.push('done'), error: (error: unknown) => ends.push(error) };
    presenceScope(h.gateway, { channelId: 'c' }).subscribe(end);
    h.socket().accept().hello().pong();
    h.gateway.close();
    presenceScope(h.gateway, { channelId: 'c' }).subscribe(end);
    expect(ends).toEqual(['done', expect.any(ClosedError)]);
  });
});
