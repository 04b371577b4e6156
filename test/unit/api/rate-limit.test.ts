import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRate } from '../../../src/api/http/rate-headers.js';
import { answer, getUser, setUp, watch } from './kit.js';

const rate = (remaining: string, reset: string, limit = '10'): Record<string, string> => ({
  'x-ratelimit-limit': limit,
  'x-ratelimit-remaining': remaining,
  'x-ratelimit-reset': reset,
});

describe('rate headers', () => {
  it('that come joined count by the smallest remaining and the largest reset', () => {
    expect(readRate(new Headers(rate('10, 8', '1, 4', '11, 10')))).toEqual({
      remaining: 8,
      retryAfterMs: 4_000,
      spacingMs: 400,
    });
  });

  it('name no wait where they say nothing, or nonsense', () => {
    for (const headers of [{}, rate('', ''), rate('soon', 'later', 'many'), { 'retry-after': 'whenever' }]) {
      expect(readRate(new Headers(headers)).retryAfterMs).toBeUndefined();
    }
  });

  it('of a proxy may name a date, which is taken by the clock of the server', () => {
    const date = { date: 'Wed, 21 Oct 2026 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2026 07:28:09 GMT' };
    expect(readRate(new Headers(date)).retryAfterMs).toBe(9_000);
  });

  it('are read from any text without a failure, and never as a negative or endless wait', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('retry-after', 'x-ratelimit-remaining', 'x-ratelimit-limit', 'x-ratelimit-reset', 'date'),
          fc.oneof(fc.string(), fc.nat().map(String)),
        ),
        (headers) => {
          const facts = readRate({ get: (name) => headers[name] ?? null, forEach: () => undefined });
          for (const value of Object.values(facts))
            expect(value === undefined || (value >= 0 && value < Infinity)).toBe(true);
        },
      ),
    );
  });
});

describe('the rate limit', () => {
  it('holds everybody back after a 429, then lets one after the other go, as fast as the bucket fills', () => {
    const { clock, wire, rest } = setUp();
    const calls = ['u0', 'u1', 'u2', 'u3'].map((id) => watch(rest.call(getUser, [id])));
    // 10 in 1 s: one more fits every 100 ms.
    wire.sent.forEach(({ respond }) => respond(answer('', 429, { 'retry-after': '2', ...rate('0', '1') })));
    const late = watch(rest.call(getUser, ['late']));
    clock.advance(1_999);
    expect(wire.sent).toHaveLength(4);
    clock.advance(401);
    expect(wire.sent.slice(4).map(({ atMs }) => atMs)).toEqual([2_000, 2_100, 2_200, 2_300, 2_400]);
    wire.sent.slice(4).forEach(({ respond }) => respond(answer({ ok: true }, 200, rate('0', '1'))));
    expect([...calls, late].every(({ completed }) => completed)).toBe(true);
  });

  it('begins with the last request that fits, before anything is refused', () => {
    const { clock, wire, rest } = setUp();
    watch(rest.call(getUser, ['u1']));
    wire.last.respond(answer({}, 200, rate('0', '5')));
    watch(rest.call(getUser, ['u2']));
    expect(wire.sent).toHaveLength(1);
    clock.advance(500);
    expect(wire.sent).toHaveLength(2);
  });

  it('ends as soon as an answer says that there is room', () => {
    const { clock, wire, rest } = setUp();
    watch(rest.call(getUser, ['u1']));
    wire.last.respond(answer({}, 200, rate('0', '5')));
    watch(rest.call(getUser, ['u2']));
    clock.advance(500);
    wire.last.respond(answer({}, 200, rate('7', '1')));
    watch(rest.call(getUser, ['u3']));
    watch(rest.call(getUser, ['u4']));
    expect(wire.sent).toHaveLength(4);
  });

  it('leaves those in peace who leave while they wait', () => {
    const { clock, wire, rest } = setUp();
    watch(rest.call(getUser, ['u1']));
    wire.last.respond(answer({}, 200, rate('0', '5')));
    watch(rest.call(getUser, ['u2'])).leave();
    clock.advance(60_000);
    expect(wire.sent).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('gives the turns of calls that are left to calls that are made later', () => {
    const { clock, wire, rest } = setUp();
    watch(rest.call(getUser, ['u0']));
    wire.last.respond(answer({}, 200, rate('0', '10')));
    const inLine = ['u1', 'u2', 'u3'].map((id) => watch(rest.call(getUser, [id])));
    inLine[1]!.leave();
    watch(rest.call(getUser, ['u4']));
    inLine[2]!.leave();
    inLine[0]!.leave();
    watch(rest.call(getUser, ['u5']));
    clock.advance(10_000);
    // u4 had come while u3 was still before it.
    expect(wire.sent.slice(1).map(({ request, atMs }) => [request.url.slice(-2), atMs])).toEqual([
      ['u4', 4_000],
      ['u5', 5_000],
    ]);
    watch(rest.call(getUser, ['u6']));
    watch(rest.call(getUser, ['u7'])).leave();
    watch(rest.call(getUser, ['u8']));
    clock.advance(1_000);
    expect(wire.urls.slice(-2)).toEqual(['/users/u6', '/users/u8']);
    expect(wire.last.atMs).toBe(11_000);
  });

  it('counts the turn of a request that has left the queue', () => {
    const { clock, wire, rest } = setUp();
    watch(rest.call(getUser, ['u0']));
    wire.last.respond(answer({}, 200, rate('0', '10')));
    watch(rest.call(getUser, ['u1']).with({ retry: false }));
    clock.advance(1_000);
    wire.last.fail(new Error('lost'));
    watch(rest.call(getUser, ['u2']));
    clock.advance(999);
    expect(wire.sent).toHaveLength(2);
    clock.advance(1);
    expect(wire.sent).toHaveLength(3);
  });

  it('sends at once what comes when the next turn is free', () => {
    const { clock, wire, rest } = setUp();
    watch(rest.call(getUser, ['u0']));
    wire.last.respond(answer({}, 200, rate('0', '10')));
    clock.advance(1_000);
    watch(rest.call(getUser, ['u1']));
    expect(wire.sent).toHaveLength(2);
    watch(rest.call(getUser, ['u2']));
    expect(wire.sent).toHaveLength(2);
    clock.advance(1_000);
    expect(wire.sent).toHaveLength(3);
  });

  it('lets at least a millisecond and at most half a minute lie between two requests', () => {
    for (const [headers, spacingMs] of [
      [rate('0', '0'), 1],
      [rate('0', '3600', '1'), 30_000],
    ] as const) {
      const { clock, wire, rest } = setUp({ retry: false, timeoutMs: 600_000 });
      watch(rest.call(getUser, ['u0']));
      wire.last.respond(answer({}, 200, headers));
      watch(rest.call(getUser, ['u1']));
      watch(rest.call(getUser, ['u2']));
      clock.advance(60_000);
      expect(wire.sent.map(({ atMs }) => atMs)).toEqual([0, spacingMs, 2 * spacingMs]);
    }
  });

  it('waits for a second where a 429 says nothing, and lets one request a second go then', () => {
    const { clock, wire, rest } = setUp({ retry: false });
    watch(rest.call(getUser, ['u0']));
    wire.last.respond(answer('', 429));
    watch(rest.call(getUser, ['u1']));
    watch(rest.call(getUser, ['u2']));
    clock.advance(10_000);
    expect(wire.sent.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_000]);
  });

  it('is not shortened by a second refusal that asks for less', () => {
    const { clock, wire, rest } = setUp({ retry: false });
    watch(rest.call(getUser, ['a']));
    watch(rest.call(getUser, ['b']));
    wire.sent[0]!.respond(answer('', 429, { 'retry-after': '9' }));
    wire.sent[1]!.respond(answer('', 429, { 'retry-after': '2' }));
    watch(rest.call(getUser, ['c']));
    clock.advance(20_000);
    expect(wire.last.atMs).toBe(9_000);
  });

  it('of a proxy outlasts answers that were under way when it began', () => {
    const { clock, wire, rest } = setUp({ retry: false });
    watch(rest.call(getUser, ['a']));
    watch(rest.call(getUser, ['b']));
    wire.sent[0]!.respond(answer('', 429, { 'retry-after': '2' }));
    clock.advance(1_999);
    wire.sent[1]!.respond(answer({}));
    watch(rest.call(getUser, ['c']));
    expect(wire.sent).toHaveLength(2);
    clock.advance(1);
    expect(wire.sent).toHaveLength(3);
    wire.last.respond(answer({}));
    watch(rest.call(getUser, ['d']));
    watch(rest.call(getUser, ['e']));
    expect(wire.sent).toHaveLength(5);
  });

  it('is looked for no more once an answer of the server itself has shown none, until a 429 comes', () => {
    const { clock, wire, rest } = setUp({ retry: false });
    const ask = (id: string, ...given: Parameters<typeof answer>): void => {
      watch(rest.call(getUser, [id]));
      wire.last.respond(answer(...given));
    };
    ask('u0', {});
    ask('u1', {}, 200, rate('0', '10'));
    ask('u2', '', 429, rate('0', '10'));
    clock.advance(10_000);
    ask('u3', {}, 200, rate('5', '10'));
    ask('u4', {}, 200, rate('0', '10'));
    expect(wire.sent.map(({ atMs }) => atMs)).toEqual([0, 0, 0, 10_000, 10_000]);
    watch(rest.call(getUser, ['u5']));
    expect(wire.sent).toHaveLength(5);
  });

  it.each([500, 502])('is looked for all the same after a %i, which a proxy may have sent', (status) => {
    const { wire, rest } = setUp({ retry: false });
    watch(rest.call(getUser, ['u0']));
    wire.last.respond(answer('', status));
    watch(rest.call(getUser, ['u1']));
    wire.last.respond(answer({}, 200, rate('0', '10')));
    watch(rest.call(getUser, ['u2']));
    expect(wire.sent).toHaveLength(2);
  });

  it('never holds back for longer than half a minute, whatever the server says', () => {
    const { clock, wire, rest } = setUp();
    watch(rest.call(getUser, ['u1']));
    wire.last.respond(answer('', 429, { 'retry-after': '86400' }));
    watch(rest.call(getUser, ['u2']));
    clock.advance(30_000);
    expect(wire.urls).toEqual(['/users/u1', '/users/u2']);
  });

  it('does not slow down a server that limits nobody', () => {
    const { wire, rest } = setUp();
    for (let n = 0; n < 50; n++) {
      watch(rest.call(getUser, [`u${n}`]));
      wire.last.respond(answer({}));
    }
    expect(wire.sent.every(({ atMs }) => atMs === 0)).toBe(true);
  });

  it('of a proxy that names no limit ends with the wait, too', () => {
    const { clock, wire, rest } = setUp();
    watch(rest.call(getUser, ['u0']));
    wire.last.respond(answer({}));
    watch(rest.call(getUser, ['u1']));
    wire.last.respond(answer('', 429, { 'retry-after': '2' }));
    clock.advance(2_000);
    wire.last.respond(answer({}));
    clock.advance(2_000);
    const { length } = wire.sent;
    for (const id of ['u2', 'u3', 'u4']) {
      watch(rest.call(getUser, [id]));
      wire.last.respond(answer({}));
    }
    expect(wire.sent.slice(length).map(({ atMs }) => atMs)).toEqual([clock.now(), clock.now(), clock.now()]);
  });
});
