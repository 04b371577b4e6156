import fc from 'fast-check';
import { concat, defer, map, of, take, throwError, type Observable } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../src/models/backoff.js';
import { retryWithBackoff, type RetryWithBackoffOptions } from '../../../src/models/retry-with-backoff.js';

const marbles = (test: (helpers: RunHelpers) => void): void => {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(test);
};

describe('the backoff', () => {
  it('is a random part of a bound that doubles up to the cap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const ms = backoffMs(attempt, random, { baseMs: 100, capMs: 5_000 });
          expect(ms).toBeCloseTo(random * Math.min(5_000, 100 * 2 ** (attempt - 1)), 6);
          expect(ms).toBeLessThan(5_000);
        },
      ),
    );
    expect([1, 2, 3, 7, 8].map((attempt) => backoffMs(attempt, 1))).toEqual([250, 500, 1_000, 10_000, 10_000]);
  });
});

describe('retryWithBackoff', () => {
  const options: RetryWithBackoffOptions = { baseMs: 10, capMs: 40, random: () => 1 };

  it('subscribes again after waits that double up to the cap, and passes the last error on', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('--#');
      expectObservable(source.pipe(retryWithBackoff({ ...options, maxRetries: 4 }))).toBe('120ms #');
      expectSubscriptions(source.subscriptions).toBe(['^-!', '12ms ^-!', '34ms ^-!', '76ms ^-!', '118ms ^-!']);
    });
  });

  it('starts with short waits again once there was a value, unless it is told not to', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('a-#');
      expectObservable(source.pipe(retryWithBackoff({ ...options, maxRetries: 2 }), take(4))).toBe(
        'a 11ms a 11ms a 11ms (a|)',
      );
      const once = { ...options, maxRetries: 2, resetOnSuccess: false };
      expectObservable(source.pipe(retryWithBackoff(once))).toBe('a 11ms a 21ms a-#');
    });
  });

  it('asks whether an error is worth it, and takes a number for the wait, without jitter', () => {
    marbles(({ cold, expectObservable }) => {
      const asked: unknown[] = [];
      const source = cold('#', {}, 'busy');
      const verdicts: (boolean | number)[] = [true, 7, 0, false];
      const retried = source.pipe(
        retryWithBackoff({
          ...options,
          when: (error, attempt) => {
            asked.push([error, attempt]);
            return verdicts.shift()!;
          },
        }),
      );
      expectObservable(retried).toBe('17ms #', {}, 'busy');
      queueMicrotask(() => expect(asked).toHaveLength(4));
    });
  });

  it('ends with its subscriber, during a wait as well', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('--#');
      expectObservable(source.pipe(retryWithBackoff(options)), '5ms !').toBe('------');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
  });

  it('works with sources that fail at once, and never again', async () => {
    let subscriptions = 0;
    const flaky: Observable<string> = defer(() =>
      ++subscriptions < 4 ? throwError(() => new Error('no')) : of('yes'),
    );
    const values: string[] = [];
    await concat(flaky.pipe(retryWithBackoff({ baseMs: 0 })), of('after'))
      .pipe(map((value) => values.push(value)))
      .forEach(() => undefined);
    expect(values).toEqual(['yes', 'after']);
    expect(subscriptions).toBe(4);
  });
});
