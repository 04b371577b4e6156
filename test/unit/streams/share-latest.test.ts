import { Observable, retry, take, throwError, type Subscriber } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { shareLatest, shareLatestBy } from '../../../src/streams/share-latest.js';

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

describe.each<[string, (values$: Observable<number>) => Observable<number>]>([
  ['shareLatest', (values$) => values$.pipe(shareLatest())],
  ['shareLatestBy', (values$) => shareLatestBy(() => values$)('key')],
])('%s', (_, shared) => {
  it('runs the source once for all who are there, from the first to the last', () => {
    const { values$, runs, open } = source();
    const shared$ = shared(values$);
    const [a, b]: [unknown[], unknown[]] = [[], []];
    const first = shared$.subscribe(note(a));
    const second = shared$.subscribe(note(b));
    runs[0]!.next(1);
    first.unsubscribe();
    runs[0]!.next(2);
    second.unsubscribe();
    expect({ a, b, runs: runs.length, open: open() }).toEqual({ a: [1], b: [1, 2], runs: 1, open: 0 });
    shared$.subscribe().unsubscribe();
    expect({ runs: runs.length, open: open() }).toEqual({ runs: 2, open: 0 });
  });

  it('gives a late subscriber the latest value, once', () => {
    const { values$, runs } = source();
    const shared$ = shared(values$);
    const [a, b]: [unknown[], unknown[]] = [[], []];
    shared$.subscribe(note(a));
    runs[0]!.next(1);
    runs[0]!.next(2);
    shared$.subscribe(note(b));
    runs[0]!.next(3);
    expect({ a, b, runs: runs.length }).toEqual({ a: [1, 2, 3], b: [2, 3], runs: 1 });
  });

  it('drops the latest value with its run', () => {
    const { values$, runs } = source();
    const shared$ = shared(values$);
    const first = shared$.subscribe();
    runs[0]!.next(1);
    first.unsubscribe();
    const seen: unknown[] = [];
    shared$.subscribe(note(seen));
    expect({ seen, runs: runs.length }).toEqual({ seen: [], runs: 2 });
  });

  it.each(['complete', 'error'] as const)(
    'drops a run before it passes %s on, so that whoever subscribes within that starts the next run',
    (how) => {
      const { values$, runs, open } = source();
      const shared$ = shared(values$);
      const [a, b]: [unknown[], unknown[]] = [[], []];
      const again = (): void => void shared$.subscribe(note(a));
      shared$.subscribe({ complete: again, error: again });
      runs[0]!.next(1);
      runs[0]![how]();
      expect(runs).toHaveLength(2);
      runs[1]!.next(7);
      shared$.subscribe(note(b));
      expect({ a, b, runs: runs.length, open: open() }).toEqual({ a: [7], b: [7], runs: 2, open: 1 });
    },
  );

  it('gives all that the source emits at once to whoever starts it, and its error', () => {
    const boom = new Error('boom');
    const seen: unknown[] = [];
    shared(throwError(() => boom)).subscribe(note(seen));
    shared(
      new Observable<number>((subscriber) => {
        subscriber.next(1);
        subscriber.next(2);
        subscriber.complete();
      }),
    ).subscribe(note(seen));
    expect(seen).toEqual([boom, 1, 2, 'complete']);
  });

  it('ends the run when its only subscriber leaves within the first value', () => {
    const { values$, open } = source();
    const first$ = new Observable<number>((subscriber) => {
      subscriber.next(1);
      return values$.subscribe(subscriber);
    });
    const seen: number[] = [];
    shared(first$)
      .pipe(take(1))
      .subscribe((value) => seen.push(value));
    expect({ seen, open: open() }).toEqual({ seen: [1], open: 0 });
  });

  it('has one run, also when a subscriber subscribes again at once on its error', () => {
    const { values$, runs, open } = source();
    const shared$ = shared(values$);
    shared$.pipe(retry()).subscribe();
    runs[0]!.error(new Error('lost'));
    shared$.subscribe();
    expect({ runs: runs.length, open: open() }).toEqual({ runs: 2, open: 1 });
  });
});

describe('shareLatestBy', () => {
  it('keeps keys apart, and asks for a source once for each run of a key', () => {
    const { values$, runs, open } = source();
    const created: string[] = [];
    const of = shareLatestBy((key) => {
      created.push(key);
      return values$;
    });
    const x$ = of('x');
    expect(created).toEqual([]);
    const x = x$.subscribe();
    const y = of('y').subscribe();
    of('x').subscribe().unsubscribe();
    expect({ created, runs: runs.length }).toEqual({ created: ['x', 'y'], runs: 2 });
    x.unsubscribe();
    expect(open()).toBe(1);
    x$.subscribe();
    y.unsubscribe();
    expect({ created, open: open() }).toEqual({ created: ['x', 'y', 'x'], open: 1 });
  });
});
