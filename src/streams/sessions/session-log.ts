import { EMPTY, map, merge, mergeMap, of, startWith, switchMap, take, type Observable } from 'rxjs';
import type { RestOutcome } from '../../models/rest-outcome.js';
import type { StreamContext } from '../context.js';
import { changeOfOutcome, changeOfSignal, lastExpiryIn, ownIdIn, type Known } from './own-changes.js';
import type { CurrentSession, SessionChange } from './session-change.js';
import { sessionEffectOf } from './session-effects.js';
import { initialState, restarted, stateAfter } from './session-state.js';
import { userChanges } from './user-changes.js';

/** Finds out what happens to sessions. */
export interface SessionLog {
  /** State of the own session after the latest change of `run$`. */
  readonly current: CurrentSession;
  /**
   * Emits `undefined` at the start, for the state that `current` has then, and after that each change that was not known. Cold, for one
   * subscriber at a time. Holds the socket open while subscribed; completes with the client; never errors.
   */
  readonly run$: Observable<SessionChange | undefined>;
}

/** See {@link SessionLog}. */
export function createSessionLog({ connection, events, rest, signals$, self, scheduler }: StreamContext): SessionLog {
  let state = initialState;
  const known = (): Known => ({ state, ownId: self.id, nowMs: scheduler.now() });

  const readOutcome = (outcome: RestOutcome): SessionChange | undefined => {
    self.id = ownIdIn(outcome) ?? self.id;
    const lastExpiryMs = lastExpiryIn(outcome, self.id);
    if (lastExpiryMs !== undefined) state = { ...state, lastExpiryMs };
    return changeOfOutcome(outcome, known());
  };
  const own$ = rest.outcomes$.pipe(map((outcome) => sessionEffectOf(outcome, self.id)));
  const news$ = merge(
    rest.outcomes$.pipe(map(readOutcome)),
    signals$.pipe(map((signal) => changeOfSignal(signal, known()))),
    userChanges(events, own$, (userId) => state.deactivated.has(userId), scheduler),
  ).pipe(
    mergeMap((change) => {
      const next = change && stateAfter(state, change);
      if (!next) return EMPTY;
      state = next;
      return of(change);
    }),
  );

  return {
    get current() {
      return state.current;
    },
    run$: connection.state$.pipe(
      take(1),
      switchMap(({ status }) => {
        state = restarted(state, status === 'ready', self.id);
        return news$.pipe(startWith(undefined));
      }),
    ),
  };
}
