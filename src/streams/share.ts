import { Observable, Subject, takeUntil, type MonoTypeOperatorFunction } from 'rxjs';

/**
 * Shares one run of the source among all who subscribe to it at the same time. When the last one leaves, the run ends; whoever comes after
 * its end starts another. RxJS's own `share` brings half a kilobyte more into every bundle, for options that nothing here uses.
 *
 * @param ended called once in each run, before its end is told.
 */
export function share<T>(ended?: () => void): MonoTypeOperatorFunction<T> {
  return (source) => {
    let run: { readonly values: Subject<T>; readonly left: Subject<unknown> } | undefined;
    const end = (): void => {
      run = undefined;
      ended?.();
    };
    return new Observable((subscriber) => {
      const isFirst = !run;
      const { values, left } = (run ??= { values: new Subject<T>(), left: new Subject<unknown>() });
      values.subscribe(subscriber);
      subscriber.add(() => {
        if (!values.observed) left.next(undefined);
      });
      if (!isFirst) return;
      source.pipe(takeUntil(left)).subscribe({
        next: (value) => values.next(value),
        error(error: unknown) {
          end();
          values.error(error);
        },
        complete() {
          end();
          values.complete();
        },
      });
    });
  };
}
