import { describe, expect, it } from 'vitest';
import { TimeoutError } from '../../../src/models/errors.js';
import { NEVER } from 'rxjs';
import type { Operation } from '../../../src/api/operation.js';
import { answer, createTeam, getUser, setUp, watch } from './kit.js';

describe('the deadline of an attempt', () => {
  it('gives a silent attempt up for the sake of the next', () => {
    const { clock, wire, rest } = setUp({ attemptTimeoutMs: 1_000 });
    const call = watch(rest.call(getUser, ['me']));
    clock.advance(1_000);
    expect(wire.sent[0]!.aborted).toBe(true);
    clock.advance(250);
    wire.last.respond(answer({ id: 'u1' }));
    expect(call.values).toEqual([{ id: 'u1' }]);
    expect(clock.pending).toBe(0);
  });

  it('fails a call that must not be repeated, with its operation, address and time', () => {
    const { clock, rest } = setUp();
    const call = watch(rest.call(createTeam, [], {}));
    clock.advance(30_000);
    expect(call.error).toBeInstanceOf(TimeoutError);
    expect(call.error).toMatchObject({ code: 'timeout', timeoutMs: 30_000 });
    expect((call.error as Error).message).toBe(
      'createTeam: POST http://mm.test/api/v4/teams: no answer within 30000 ms in this attempt',
    );
  });
});

describe('the deadline of a call', () => {
  it('is a minute unless the client says otherwise', () => {
    const { clock, rest } = setUp();
    const call = watch(rest.call(getUser, ['me']));
    clock.advance(59_999);
    expect(call.error).toBeUndefined();
    clock.advance(1);
    expect((call.error as Error).message).toBe(
      'getUser: GET http://mm.test/api/v4/users/me: no answer within 60000 ms',
    );
  });

  it('bounds all attempts and waits together', () => {
    const { clock, wire, rest } = setUp({ timeoutMs: 5_000, attemptTimeoutMs: 2_000, retry: { maxRetries: 99 } });
    const call = watch(rest.call(getUser, ['me']));
    clock.advance(4_999);
    expect(call.error).toBeUndefined();
    clock.advance(1);
    expect(call.error).toMatchObject({ timeoutMs: 5_000 });
    expect(wire.last.aborted).toBe(true);
    const { length } = wire.sent;
    clock.advance(60_000);
    expect(wire.sent).toHaveLength(length);
    expect(clock.pending).toBe(0);
  });

  it('bounds the wait for a credential, too', () => {
    const auth = { credential: () => NEVER, renew: () => NEVER };
    const { clock, rest } = setUp({ auth, timeoutMs: 3_000 });
    const call = watch(rest.call(getUser, ['me']));
    clock.advance(3_000);
    expect(call.error).toMatchObject({ timeoutMs: 3_000 });
  });

  it('can be set for one call, and lifted', () => {
    const { clock, wire, rest } = setUp();
    const short = watch(rest.call(getUser, ['me']).with({ timeoutMs: 10 }));
    clock.advance(10);
    expect(short.error).toMatchObject({ timeoutMs: 10 });
    const endless = watch(rest.call(getUser, ['me']).with({ timeoutMs: Infinity, attemptTimeoutMs: Infinity }));
    expect(clock.pending).toBe(0);
    clock.advance(3_600_000);
    wire.last.respond(answer({ id: 'u1' }));
    expect(endless.values).toEqual([{ id: 'u1' }]);
  });

  it.each<[string, Operation]>([
    ['goes down', { id: 'getProfileImage', method: 'GET', path: '/users/{user_id}/image', answer: 'blob' }],
    ['goes up', { id: 'setProfileImage', method: 'POST', path: '/users/{user_id}/image', form: 'image' }],
  ])('is that of the server where a file %s', async (_, operation) => {
    const { clock, wire, rest } = setUp();
    const call = watch(rest.call(operation, ['me'], operation.form && new Uint8Array(8)));
    await Promise.resolve();
    clock.advance(299_999);
    expect(wire.last.aborted).toBe(false);
    clock.advance(1);
    expect(call.error).toMatchObject({ timeoutMs: 300_000 });
  });

  it('of files leaves the attempt as long, unless its own is set', async () => {
    const picture: Operation = { id: 'getImage', method: 'GET', path: '/image', answer: 'blob' };
    const { clock, wire, rest } = setUp({ retry: false });
    const long = watch(rest.call(picture, []).with({ timeoutMs: 900_000 }));
    const short = watch(rest.call(picture, []).with({ attemptTimeoutMs: 1_000 }));
    const raw = watch(rest.call(getUser, ['me']).raw());
    clock.advance(1_000);
    expect(short.error).toMatchObject({ timeoutMs: 1_000 });
    clock.advance(298_999);
    expect(raw.error).toBeUndefined();
    clock.advance(600_000);
    expect(raw.error).toMatchObject({ timeoutMs: 300_000 });
    expect(long.error).toBeUndefined();
    clock.advance(1);
    expect(long.error).toMatchObject({ timeoutMs: 900_000 });
    expect(wire.sent.every(({ aborted }) => aborted)).toBe(true);
  });

  it('that is beyond the reach of timers leaves none when the call is left, whenever that is', () => {
    const year = 365 * 86_400_000;
    const { clock, rest } = setUp({ timeoutMs: year, attemptTimeoutMs: Infinity });
    const early = watch(rest.call(createTeam, [], {}));
    const late = watch(rest.call(createTeam, [], {}));
    early.leave();
    expect(clock.pending).toBe(1);
    clock.advance(60 * 86_400_000);
    expect(late.error).toBeUndefined();
    late.leave();
    expect(clock.pending).toBe(0);
  });

  it('may be later than timers can be set for', () => {
    const year = 365 * 86_400_000;
    const { clock, wire, rest } = setUp({ timeoutMs: year, attemptTimeoutMs: year });
    const delays: number[] = [];
    const schedule = clock.schedule.bind(clock);
    clock.schedule = (work, delay = 0, state) => {
      delays.push(delay);
      return schedule(work, delay, state);
    };
    const call = watch(rest.call(createTeam, [], {}));
    clock.advance(year - 1);
    expect(call.error).toBeUndefined();
    clock.advance(1);
    expect(call.error).toMatchObject({ timeoutMs: year });
    expect(wire.last.aborted).toBe(true);
    expect(Math.max(...delays)).toBeLessThan(2 ** 31);
  });
});

describe('deadlines of calls that are under way together', () => {
  it('are met one by one, and leave no timer', () => {
    const { clock, rest } = setUp({ retry: false });
    const spans = [700, 300, 500, 300, 900];
    const calls = spans.map((timeoutMs, n) => watch(rest.call(getUser, [`u${n}`]).with({ timeoutMs })));
    calls[4]!.leave();
    for (const nowMs of [299, 300, 499, 500, 699, 700]) {
      clock.advance(nowMs - clock.now());
      expect(calls.map(({ error }) => error !== undefined)).toEqual(spans.map((ms, n) => n < 4 && ms <= nowMs));
    }
    expect(clock.pending).toBe(0);
  });

  it('are met when one that is set meanwhile is earlier', () => {
    const { clock, rest } = setUp({ retry: false });
    const late = watch(rest.call(getUser, ['late']).with({ timeoutMs: 1_000 }));
    clock.advance(100);
    const early = watch(rest.call(getUser, ['early']).with({ timeoutMs: 200 }));
    clock.advance(200);
    expect([late.error, early.error]).toMatchObject([undefined, { timeoutMs: 200 }]);
    clock.advance(700);
    expect(late.error).toMatchObject({ timeoutMs: 1_000 });
  });
});
