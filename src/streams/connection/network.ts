import { EMPTY, Observable } from 'rxjs';

interface NetworkScope {
  readonly navigator?: { readonly onLine?: boolean };
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** Whether the platform knows that there is no network. */
export function isOffline(): boolean {
  return (globalThis as Partial<NetworkScope>).navigator?.onLine === false;
}

/**
 * Emits when the network comes or goes. Cold; unsubscribing removes the listeners. Never ends, but where the platform knows nothing of its
 * network (all but browsers) it completes at once.
 */
export function networkChanges(): Observable<void> {
  const scope = globalThis as unknown as NetworkScope;
  if (scope.navigator?.onLine === undefined) return EMPTY;
  return new Observable((subscriber) => {
    const emit = (): void => subscriber.next();
    scope.addEventListener('online', emit);
    scope.addEventListener('offline', emit);
    return () => {
      scope.removeEventListener('online', emit);
      scope.removeEventListener('offline', emit);
    };
  });
}
