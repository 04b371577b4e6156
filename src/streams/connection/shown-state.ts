import { ReplaySubject, type Observable } from 'rxjs';
import type { ConnectionFacts, ConnectionState } from './state.js';

/** What a state says beside the facts. */
export type Status<S = ConnectionState> = S extends ConnectionFacts ? Omit<S, keyof ConnectionFacts> : never;

/** The state that users see. */
export interface ShownState {
  /** See `Connection.state$`. */
  readonly state$: Observable<ConnectionState>;
  readonly status: ConnectionState['status'];
  show(status: Status): void;
  complete(): void;
}

/** Makes a shown state that is `idle`. */
export function createShownState(facts: () => ConnectionFacts): ShownState {
  // Not a `BehaviorSubject`, which has no value any more once it has completed.
  const states = new ReplaySubject<ConnectionState>(1);
  let shown: ConnectionState['status'];
  const show = (status: Status): void => {
    shown = status.status;
    states.next({ ...status, ...facts() });
  };
  show({ status: 'idle' });
  return {
    state$: states.asObservable(),
    get status() {
      return shown;
    },
    show,
    complete: () => states.complete(),
  };
}
