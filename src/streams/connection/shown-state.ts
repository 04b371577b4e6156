import { concatMap, defer, of, ReplaySubject, skipWhile, Subject, type Observable } from 'rxjs';
import type { ConnectionFacts, ConnectionState } from './state.js';

/** What a state says beside the facts. */
export type Status<S = ConnectionState> = S extends ConnectionFacts ? Omit<S, keyof ConnectionFacts> : never;

/** The state that users see. */
export interface ShownState {
  /** See `Connection.state$`. */
  readonly state$: Observable<ConnectionState>;
  /** Status of the latest state, also while subscribers are still getting the one before. */
  readonly status: ConnectionState['status'];
  show(status: Status): void;
  complete(): void;
}

/** Makes a shown state that is `idle`. */
export function createShownState(facts: () => ConnectionFacts): ShownState {
  let latest: ConnectionState;
  const changes = new Subject<ConnectionState>();
  // Not a `BehaviorSubject`, which has no value any more once it has completed.
  const states = new ReplaySubject<ConnectionState>(1);
  changes.subscribe((state) => (latest = state));
  // A change that a subscriber causes waits until all others have got the state before it.
  changes.pipe(concatMap((state) => of(state))).subscribe(states);
  const show = (status: Status): void => changes.next({ ...status, ...facts() });
  show({ status: 'idle' });
  return {
    state$: defer(() => {
      const first = latest;
      return states.pipe(skipWhile((state) => state !== first));
    }),
    get status() {
      return latest.status;
    },
    show,
    complete: () => changes.complete(),
  };
}
