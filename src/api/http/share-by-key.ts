import { share, tap, type Observable } from 'rxjs';

/** Gives the run of a key that is under way, or the one that `create` makes. */
export type SharedByKey<T> = (key: string, create: () => Observable<T>) => Observable<T>;

/**
 * Shares one run of a source per key among all who ask before its first value. A run is over for newcomers before its value, error or end is
 * delivered, so that a subscriber who asks again from within the answer starts another one. It ends when its last subscriber leaves.
 */
export function shareByKey<T>(): SharedByKey<T> {
  const running = new Map<string, Observable<T>>();
  return (key, create) => {
    const known$ = running.get(key);
    if (known$) return known$;
    const forget = (): void => {
      if (running.get(key) === run$) running.delete(key);
    };
    const run$: Observable<T> = create().pipe(
      tap({
        subscribe: () => running.set(key, run$),
        next: forget,
        error: forget,
        complete: forget,
        finalize: forget,
      }),
      share(),
    );
    return run$;
  };
}
