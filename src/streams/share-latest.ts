import { BehaviorSubject, defer, filter, finalize, share, type Observable } from 'rxjs';

/**
 * Shares one run of `create` per key among all who subscribe to it at the same time. A late subscriber gets the latest value at once;
 * when the last one leaves, the run and its key are gone.
 */
export function shareLatestBy<T>(create: (key: string) => Observable<T>): (key: string) => Observable<T> {
  const running = new Map<string, Observable<T>>();
  return (key) =>
    defer(() => {
      let run$ = running.get(key);
      if (!run$) {
        run$ = create(key).pipe(
          finalize(() => running.delete(key)),
          share({ connector: () => new BehaviorSubject<T | undefined>(undefined) as BehaviorSubject<T> }),
          filter((value) => value !== undefined),
        );
        running.set(key, run$);
      }
      return run$;
    });
}
