import { describe, expect, it } from 'vitest';
import { createKit, noise } from './kit.js';

describe('resume', () => {
  const start = (version: '11.6' | '5.37' = '11.6') => {
    const kit = createKit(version);
    const user = kit.createUser({ username: 'alice' });
    const first = kit.open(user.token);
    return { kit, user, first, id: first.connectionId() };
  };
  const back = (kit: ReturnType<typeof createKit>, token: string, id: string, seq: number | string) =>
    kit.open(token, `?connection_id=${id}&sequence_number=${seq}`);

  it('continues without hello where the last event was the one before', () => {
    const { kit, user, first, id } = start();
    first.cut();
    noise(kit, user.id, 2);
    expect(back(kit, user.token, id, 2).events()).toEqual(['noise 2', 'noise 3', 'status_change 4']);
  });

  it('replays up to 128 written events, and refuses one more', () => {
    for (const [behind, resumed] of [
      [128, true],
      [129, false],
    ] as const) {
      const { kit, user, first, id } = start();
      noise(kit, user.id, 200);
      first.cut();
      const events = back(kit, user.token, id, 202 - behind).events();
      expect(events[0]).toBe(resumed ? `noise ${202 - behind}` : 'hello 0');
      expect(events).toHaveLength(resumed ? behind + 1 : 2);
    }
  });

  it('keeps 256 events for a cut connection, and removes it with the next', () => {
    for (const [missed, resumed] of [
      [256, true],
      [257, false],
    ] as const) {
      const { kit, user, first, id } = start();
      first.cut();
      noise(kit, user.id, missed);
      expect(back(kit, user.token, id, 2).events()[0]).toBe(resumed ? 'noise 2' : 'hello 0');
    }
  });

  it('a future number gets a new id and the queued events; 5.37 then sends everything twice', () => {
    const { kit, user, first, id } = start();
    first.cut();
    noise(kit, user.id, 1);
    const again = back(kit, user.token, id, 99);
    expect(again.events()).toEqual(['hello 0', 'noise 1', 'status_change 2']);
    expect(again.connectionId()).not.toBe(id);

    const old = start('5.37');
    old.first.cut();
    const twice = back(old.kit, old.user.token, old.id, 99);
    noise(old.kit, old.user.id, 1);
    expect(twice.events().filter((event) => /^(hello|noise)/.test(event))).toEqual([
      'hello 0',
      'hello 1',
      'noise 6',
      'noise 7',
    ]);
  });

  it('number 0 resumes without hello and counts from 0', () => {
    const { kit, user, first, id } = start();
    first.cut();
    noise(kit, user.id, 1);
    expect(back(kit, user.token, id, 0).events()).toEqual(['noise 0', 'status_change 1']);
  });

  it('an id that is live, unknown or of another user gets a new one', () => {
    const { kit, user, first, id } = start();
    const bob = kit.createUser({ username: 'bob' });
    expect(back(kit, user.token, id, 2).events()[0]).toBe('hello 0');
    first.cut();
    expect(back(kit, bob.token, id, 2).events()[0]).toBe('hello 0');
    expect(back(kit, user.token, 'z'.repeat(26), 2).events()[0]).toBe('hello 0');
  });

  it('a malformed id or number ends the socket at once', () => {
    const { kit, user, first, id } = start();
    first.cut();
    expect(back(kit, user.token, 'short', 1).ends).toEqual(['cut']);
    expect(back(kit, user.token, id, 'abc').ends).toEqual(['cut']);
    expect(kit.open(user.token, `?connection_id=${id}`).ends).toEqual(['cut']);
  });

  it('is removed at the first five-minute tick after five minutes without activity', () => {
    const { kit, user, first, id } = start();
    kit.pass(50_000);
    kit.call('GET', '/users/me', { as: user.token });
    first.cut();
    kit.pass(540_000);
    noise(kit, user.id, 1);
    expect(back(kit, user.token, id, 2).events()[0]).toBe('noise 2');

    const late = start();
    kit.pass(50_000);
    late.first.cut();
    late.kit.pass(610_000);
    expect(back(late.kit, late.user.token, late.id, 2).events()[0]).toBe('hello 0');
  });

  it('without reliable websockets 5.37 gives no id', () => {
    const kit = createKit('5.37', { ServiceSettings: { EnableReliableWebSockets: false } });
    const { token } = kit.createUser({ username: 'alice' });
    expect(kit.open(token, '?connection_id=short').connectionId()).toBe('');
  });
});
