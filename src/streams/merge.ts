import { defer, mergeMap, type Observable, type ObservableInput, type ObservedValueOf } from 'rxjs';

/**
 * What all sources emit, subscribed to in their order; an array emits at once. RxJS's own `merge`, like its `of`, `from`, `concat` and `startWith`,
 * brings half a kilobyte of scheduled sources into every bundle, which nothing here uses.
 */
export function merge<S extends readonly ObservableInput<unknown>[]>(
  ...sources: S
): Observable<ObservedValueOf<S[number]>> {
  return defer(() => sources as readonly ObservableInput<ObservedValueOf<S[number]>>[]).pipe(
    mergeMap((source) => source),
  );
}
