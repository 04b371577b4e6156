import {
  defer,
  distinctUntilChanged,
  filter,
  interval,
  map,
  mergeMap,
  share,
  startWith,
  switchMap,
  type Observable,
} from 'rxjs';
import type { Session } from '../../models/generated/entities.js';
import type { RestOutcome } from '../../models/rest-outcome.js';
import type { StreamContext } from '../context.js';
import { untilNextRound } from '../reread.js';
import { shareLatestBy } from '../share-latest.js';
import { sessionEffectOf } from './session-effects.js';

/** The live list of a user's sessions, shared by user: see `Sessions.list`. */
export function createSessionList(context: StreamContext): (userId: string) => Observable<readonly Session[]> {
  const { rest, self, scheduler, pollMs } = context;
  return shareLatestBy((userId) => {
    const mayChange = (outcome: RestOutcome): boolean => {
      const effect = sessionEffectOf(outcome, self.id);
      return !!effect && (!effect.userId || effect.userId === userId || userId === 'me');
    };
    // An answer that takes longer than a round serves the rounds that wait for it.
    const answer$ = defer(() => rest.sessions(userId)).pipe(untilNextRound(), share());
    const rounds$ = interval(pollMs, scheduler).pipe(
      startWith(undefined),
      mergeMap(() => answer$),
    );
    return rest.outcomes$.pipe(
      filter(mayChange),
      startWith(undefined),
      // An answer to a request from before a change may not show the change.
      switchMap(() => rounds$),
      map((sessions) => sessions.map(withoutSecrets)),
      distinctUntilChanged((before, now) => JSON.stringify(before) === JSON.stringify(now)),
    );
  });
}

function withoutSecrets({ props, ...session }: Session): Session {
  const { csrf: _, ...shown } = props;
  return { ...session, props: shown };
}
