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

/** Emits whenever the network comes or goes, where the platform tells (browsers do). Cold; never ends; unsubscribing removes the listeners. */
export function networkChanges(): Observable<void> {
  const scope = globalThis as unknown as NetworkScope;
  if (scope.navigator?.onLine === undefined) return EMPTY;
  return new Observable((subscriber) => {
    const tell = (): void => subscriber.next();
    scope.addEventListener('online', tell);
    scope.addEventListener('offline', tell);
    return () => {
      scope.removeEventListener('online', tell);
      scope.removeEventListener('offline', tell);
    };
  });
}
