import { afterEach, describe, expect, it, vi } from 'vitest';
import { isOffline, networkChanges } from '../../../../src/streams/connection/network.js';
import { harness } from './kit.js';

afterEach(() => vi.unstubAllGlobals());

/** A browser's scope, whose network the test switches. */
function browser(onLine: boolean) {
  const listeners = new Map<string, Set<() => void>>([
    ['online', new Set()],
    ['offline', new Set()],
  ]);
  const navigator = { onLine };
  vi.stubGlobal('navigator', navigator);
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => listeners.get(type)?.add(listener));
  vi.stubGlobal('removeEventListener', (type: string, listener: () => void) => listeners.get(type)?.delete(listener));
  return {
    listening: () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0),
    turn(on: boolean) {
      navigator.onLine = on;
      for (const listener of [...listeners.get(on ? 'online' : 'offline')!]) listener();
    },
  };
}

describe('a platform that knows its network', () => {
  it('is listened to only while somebody is subscribed', () => {
    const { turn, listening } = browser(true);
    const seen: boolean[] = [];
    const changes = networkChanges().subscribe(() => seen.push(isOffline()));
    turn(false);
    turn(true);
    expect(seen).toEqual([true, false]);
    changes.unsubscribe();
    expect(listening()).toBe(0);
  });

  it('has an open socket asked at each change, and keeps it if it answers', () => {
    const { turn } = browser(true);
    const h = harness();
    const pings = (): number => h.socket().sent.filter(({ action }) => action === 'ping').length;
    h.ready();
    turn(false);
    expect(pings()).toBe(2);
    h.socket().pong();
    turn(true);
    expect(pings()).toBe(3);
    h.socket().pong();
    h.advance(20_000);
    expect(h.sockets).toHaveLength(1);
    expect(h.statuses().at(-1)).toBe('ready');
  });

  it('has an open socket that does not answer given up after 6 s', () => {
    const { turn } = browser(true);
    const h = harness();
    h.ready();
    turn(false);
    h.advance(5_999);
    expect(h.socket().closedWith).toBeUndefined();
    h.advance(1);
    expect(h.socket().closedWith).toBe(4000);
  });

  it('is waited for while it is off, in a state of its own, and connected to as soon as it is on', () => {
    const { turn } = browser(true);
    const h = harness();
    h.ready();
    turn(false);
    h.socket().end();
    expect(h.statuses().at(-1)).toBe('offline');
    h.advance(20_000);
    expect(h.sockets).toHaveLength(1);
    turn(true);
    expect(h.sockets).toHaveLength(2);
    h.socket().accept().pong();
    expect(h.states.at(-1)).toMatchObject({ status: 'ready', resumed: true });
  });

  it('is not trusted for ever: while it is off one attempt is made after each longest wait', () => {
    const { turn } = browser(true);
    const h = harness({ reconnect: { capMs: 1_000 } });
    h.ready();
    turn(false);
    h.socket().end();
    h.advance(999);
    expect(h.sockets).toHaveLength(1);
    h.advance(1);
    expect(h.sockets).toHaveLength(2);
  });

  it('cuts a wait short when it comes back', () => {
    const { turn } = browser(true);
    const h = harness({ random: () => 1, reconnect: { baseMs: 10_000 } });
    h.ready().end();
    h.advance(100);
    h.socket().end();
    expect(h.statuses().at(-1)).toBe('waiting');
    turn(true);
    expect(h.sockets).toHaveLength(3);
  });

  it('is not listened to by a closed client', () => {
    const { turn, listening } = browser(true);
    const h = harness();
    h.ready();
    expect(listening()).toBe(2);
    h.gateway.close();
    expect(listening()).toBe(0);
    turn(false);
    expect(h.statuses().at(-1)).toBe('closed');
  });
});

describe('a platform that knows nothing of its network', () => {
  it.each([undefined, {}])('is on, and never changes (navigator: %j)', (navigator) => {
    vi.stubGlobal('navigator', navigator);
    let completed = false;
    networkChanges().subscribe({ complete: () => (completed = true) });
    expect([isOffline(), completed]).toEqual([false, true]);
  });
});
