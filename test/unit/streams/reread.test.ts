import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { FeatureDisabledError, NetworkError, ServerError } from '../../../src/models/errors.js';
import { untilAnswered, untilNextRound } from '../../../src/streams/reread.js';

const marbles = (test: (helpers: RunHelpers, scheduler: TestScheduler) => void): void => {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((helpers) => test(helpers, scheduler));
};
const details = { id: 'x', message: '', method: 'GET', url: 'https://mm.test' };
const lost = new NetworkError('cut');
const busy = new ServerError({ ...details, status: 502 });
const disabled = new FeatureDisabledError({ ...details, status: 501 });

describe('untilNextRound', () => {
  it.each([lost, busy])('completes on an error that passes by itself: %s', (error) =>
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a-#', undefined, error).pipe(untilNextRound())).toBe('a-|');
    }),
  );

  it('lets other errors and values through', () =>
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a-#', undefined, disabled).pipe(untilNextRound())).toBe('a-#', undefined, disabled);
      expectObservable(cold('a-|').pipe(untilNextRound())).toBe('a-|');
    }));
});

describe('untilAnswered', () => {
  it('asks again after the same wait each time, however often that takes', () =>
    marbles(({ cold, expectSubscriptions, expectObservable }, scheduler) => {
      const asked = cold('-#', undefined, lost);
      expectObservable(asked.pipe(untilAnswered(10, scheduler)), '80ms !').toBe('80ms -');
      const starts = [0, 11, 22, 33, 44, 55, 66, 77];
      expectSubscriptions(asked.subscriptions).toBe(starts.map((ms) => `${ms > 0 ? `${ms}ms ` : ''}^!`));
    }));

  it('lets other errors through at once', () =>
    marbles(({ cold, expectObservable }, scheduler) => {
      expectObservable(cold('a#', undefined, disabled).pipe(untilAnswered(10, scheduler))).toBe(
        'a#',
        undefined,
        disabled,
      );
    }));
});
