import { defer, map, type Observable } from 'rxjs';
import { merge } from './merge.js';
import { share } from './share.js';

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
        const latest: T[] = [];
        const shared$ = create(key).pipe(
          map((value) => (latest[0] = value)),
          share(() => running.delete(key)),
        );
        // Whoever starts the run finds no value yet, and has all from the run itself.
        run$ = defer(() => merge(shared$, [...latest]));
        running.set(key, run$);
      }
      return run$;
    });
}
