import { inspect } from 'node:util';
import type { Observable } from 'rxjs';
import { onTestFinished } from 'vitest';

/** What a stream emitted since the tape was started, and ways to wait for more. */
export interface Tape<T> {
  readonly items: readonly T[];
  /** How the stream ended, if it did. */
  readonly end: { readonly kind: 'complete' } | { readonly kind: 'error'; readonly error: unknown } | undefined;
  /** The first item, recorded or still to come, that passes; rejects after the patience of the tape, naming `what`. */
  find(what: string, test: (item: T) => boolean): Promise<T>;
  /** Resolves as soon as everything recorded passes as a whole. */
  when(what: string, test: (items: readonly T[]) => boolean): Promise<void>;
  /** Resolves when the stream has ended. */
  ended(what: string): Promise<void>;
  stop(): void;
}

/** Subscribes at once, until the test is over. */
export function record<T>(stream$: Observable<T>, patienceMs: number): Tape<T> {
  const items: T[] = [];
  const waiters = new Set<() => void>();
  let end: Tape<T>['end'];
  const look = (): void => waiters.forEach((waiter) => waiter());
  const subscription = stream$.subscribe({
    next: (item) => {
      items.push(item);
      look();
    },
    error: (error: unknown) => {
      end = { kind: 'error', error };
      look();
    },
    complete: () => {
      end = { kind: 'complete' };
      look();
    },
  });
  onTestFinished(() => subscription.unsubscribe());

  const met = (what: string, holds: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        waiters.delete(waiter);
      };
      const fail = (why: string): void => {
        stop();
        reject(new Error(`${what}: ${why}; seen: ${brief(items)}`));
      };
      const waiter = (): void => {
        if (holds()) {
          stop();
          resolve();
        } else if (end) {
          fail(end.kind === 'error' ? `the stream failed with ${String(end.error)}` : 'the stream completed');
        }
      };
      const timer = setTimeout(() => fail(`nothing within ${patienceMs} ms`), patienceMs);
      waiters.add(waiter);
      waiter();
    });

  return {
    items,
    get end() {
      return end;
    },
    async find(what, test) {
      let found: { readonly item: T } | undefined;
      let looked = 0;
      await met(what, () => {
        while (!found && looked < items.length) {
          const item = items[looked++] as T;
          if (test(item)) found = { item };
        }
        return found !== undefined;
      });
      return (found as unknown as { readonly item: T }).item;
    },
    when: (what, test) => met(what, () => test(items)),
    ended: (what) => met(what, () => end !== undefined),
    stop: () => subscription.unsubscribe(),
  };
}

function brief(items: readonly unknown[]): string {
  const shown = items.slice(-8).map((item) => inspect(item, { depth: 2, breakLength: Infinity, maxStringLength: 120 }));
  return `${items.length} item(s)${shown.length > 0 ? `, the last: ${shown.join(' | ')}` : ''}`;
}
