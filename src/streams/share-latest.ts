// RxJS 9 has no `share` with a connector, so this file alone uses it.
import { defer, of, ReplaySubject, share, type MonoTypeOperatorFunction, type Observable } from 'rxjs';

/**
 * Shares one run of the source among all who subscribe to it at the same time; a late subscriber gets the latest value at once. A run ends
 * with its source or its last subscriber. It is dropped with its value before its end is passed on, so that whoever subscribes within a callback
 * for that end starts the next run.
 */
export function shareLatest<T>(): MonoTypeOperatorFunction<T> {
  return share({ connector: () => new ReplaySubject<T>(1) });
}

/** Shares as {@link shareLatest} does, one run of `create` for each key. A key lasts as long as its run. */
export function shareLatestBy<T>(create: (key: string) => Observable<T>): (key: string) => Observable<T> {
  const running = new Map<string, Observable<T>>();
  const start = (key: string): Observable<T> => {
    const drop = (): Observable<unknown> => {
      // RxJS asks again when the subscribers of a run that has ended leave. By then the key may have its next run.
      if (running.get(key) === run$) running.delete(key);
      return of(undefined);
    };
    const run$ = create(key).pipe(
      share({
        connector: () => new ReplaySubject<T>(1),
        resetOnComplete: drop,
        resetOnError: drop,
        resetOnRefCountZero: drop,
      }),
    );
    running.set(key, run$);
    return run$;
  };
  return (key) => defer(() => running.get(key) ?? start(key));
}
