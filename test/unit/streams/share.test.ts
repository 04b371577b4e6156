import { Observable, retry, take, throwError, type Subscriber } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { share } from '../../../src/streams/share.js';
import { shareLatestBy } from '../../../src/streams/share-latest.js';

/** A source of which a test gives the values, and that counts its runs. */
function source() {
  const runs: Subscriber<number>[] = [];
  let open = 0;
  const values$ = new Observable<number>((subscriber) => {
    runs.push(subscriber);
    open++;
    return () => open--;
  });
  return { values$, runs, open: () => open };
}

const note = (seen: unknown[]) => ({
  next: (value: unknown) => seen.push(value),
  error: (error: unknown) => seen.push(error),
  complete: () => seen.push('complete'),
});

describe('a shared source', () => {
  it('runs once for all who are there, from the first to the last', () => {
    const { values$, runs, open } = source();
    let ended = 0;
    const shared$ = values$.pipe(share(() => ended++));
    const [a, b]: [unknown[], unknown[]] = [[], []];
    const first = shared$.subscribe(note(a));
    runs[0]!.next(1);
    const second = shared$.subscribe(note(b));
    runs[0]!.next(2);
    first.unsubscribe();
    runs[0]!.next(3);
    second.unsubscribe();
    expect({ a, b, runs: runs.length, open: open(), ended }).toEqual({
      a: [1, 2],
      b: [2, 3],
      runs: 1,
      open: 0,
      ended: 1,
    });
    shared$.subscribe().unsubscribe();
    expect({ runs: runs.length, open: open(), ended }).toEqual({ runs: 2, open: 0, ended: 2 });
  });

  it.each(['complete', 'error'] as const)(
    'that ends with %s has ended before it is told, so that who comes back begins anew',
    (how) => {
      const { values$, runs } = source();
      const shared$ = values$.pipe(share());
      const seen: unknown[] = [];
      const again = (): void => void shared$.subscribe(note(seen));
      shared$.subscribe({ complete: again, error: again });
      runs[0]![how]();
      expect(runs).toHaveLength(2);
      runs[1]!.next(7);
      expect(seen).toEqual([7]);
    },
  );

  it('gives all that it emits at once to who starts it, and its error', () => {
    const boom = new Error('boom');
    const seen: unknown[] = [];
    throwError(() => boom)
      .pipe(share())
      .subscribe(note(seen));
    new Observable<number>((subscriber) => {
      subscriber.next(1);
      subscriber.next(2);
      subscriber.complete();
    })
      .pipe(share())
      .subscribe(note(seen));
    expect(seen).toEqual([boom, 1, 2, 'complete']);
  });

  it('ends when who started it leaves within its first value', () => {
    const { values$, open } = source();
    const first$ = new Observable<number>((subscriber) => {
      subscriber.next(1);
      return values$.subscribe(subscriber);
    });
    const seen: number[] = [];
    first$.pipe(share(), take(1)).subscribe((value) => seen.push(value));
    expect({ seen, open: open() }).toEqual({ seen: [1], open: 0 });
  });
});

describe('what is shared by key', () => {
  it('gives a late subscriber the latest value, once', () => {
    const { values$, runs } = source();
    const of = shareLatestBy(() => values$);
    const [a, b]: [unknown[], unknown[]] = [[], []];
    of('x').subscribe(note(a));
    runs[0]!.next(1);
    runs[0]!.next(2);
    of('x').subscribe(note(b));
    runs[0]!.next(3);
    expect({ a, b, runs: runs.length }).toEqual({ a: [1, 2, 3], b: [2, 3], runs: 1 });
  });

  it('forgets its value with its run, and keys do not mix', () => {
    const { values$, runs, open } = source();
    const of = shareLatestBy(() => values$);
    const x = of('x').subscribe();
    of('y').subscribe();
    expect(runs).toHaveLength(2);
    runs[0]!.next(1);
    x.unsubscribe();
    expect(open()).toBe(1);
    const seen: unknown[] = [];
    of('x').subscribe(note(seen));
    expect({ seen, runs: runs.length }).toEqual({ seen: [], runs: 3 });
  });

  it('has one run for a key, also when one subscribes again at once on its error', () => {
    const { values$, runs, open } = source();
    const of = shareLatestBy(() => values$);
    of('x').pipe(retry()).subscribe();
    runs[0]!.error(new Error('lost'));
    of('x').subscribe();
    expect({ runs: runs.length, open: open() }).toEqual({ runs: 2, open: 1 });
  });
});
