import { catchError, EMPTY, filter, map, merge, mergeMap, of, type Observable } from 'rxjs';
import type { Post } from '../../models/generated/entities.js';
import type { RestOutcome } from '../../models/rest-outcome.js';
import { textOf } from '../../models/text-of.js';
import type { StreamContext } from '../context.js';
import type { EventScope } from '../events/events.js';
import { expireNotices } from './expiry.js';
import type { TypingChange } from './place.js';
import type { SettingsReader } from './settings.js';

/** A notice that this client sent; of an outcome of REST, what says who types and where. */
export type SentNotice = Pick<RestOutcome, 'path' | 'body'>;

/** How much later than the server's interval a notice may arrive, in milliseconds. */
const slackMs = 500;

/**
 * Makes the function that gives the changes in one channel, or in all. Its result is cold, holds the socket open while subscribed, and never
 * errors.
 *
 * @param sent$ notices that this client sent over the socket. Those over REST are among the outcomes of calls.
 */
export function createTypingChanges(
  { events, rest, ownId$, scheduler }: StreamContext,
  settings: SettingsReader,
  sent$: Observable<SentNotice>,
): (scope?: Pick<EventScope, 'channelId'>) => Observable<TypingChange> {
  const published$ = rest.outcomes$.pipe(
    filter(({ operation, status }) => operation === 'publishUserTyping' && status === 200),
  );
  const local$ = merge(sent$, published$).pipe(
    mergeMap(({ path: [userId = ''], body }) => {
      const { channel_id, parent_id } = (body ?? {}) as { channel_id?: unknown; parent_id?: unknown };
      const place = { channelId: textOf(channel_id), rootId: textOf(parent_id) };
      const userId$ = userId === 'me' ? ownId$.pipe(catchError(() => EMPTY)) : of(userId);
      return userId$.pipe(map((id) => ({ ...place, userId: id, typing: true })));
    }),
  );
  const noticesIn = (scope: Pick<EventScope, 'channelId'>): Observable<TypingChange> => {
    const typing$ = events
      .on('typing', scope)
      .pipe(map((event) => ({ ...placeOfEvent(event, event.data.parent_id), typing: true })));
    const posted$ = events.on('posted', scope).pipe(
      map((event) => {
        // Whoever posts has stopped typing in that place.
        const { root_id } = (event.data.post as Partial<Post> | undefined) ?? {};
        return { ...placeOfEvent(event, root_id), typing: false };
      }),
    );
    const localHere$ = local$.pipe(filter(({ channelId }) => !scope.channelId || channelId === scope.channelId));
    return merge(typing$, posted$, localHere$, settings.follow$);
  };
  const lifetimeMs = (): number => settings.current.intervalMs + slackMs;
  return (scope = {}) =>
    noticesIn(scope).pipe(
      filter((notice) => !!notice.channelId && !!notice.userId),
      expireNotices(lifetimeMs, scheduler),
    );
}

function placeOfEvent(
  { channelId, userId }: { readonly channelId: string; readonly userId: string },
  rootId: unknown,
): Omit<TypingChange, 'typing'> {
  return { channelId, rootId: textOf(rootId), userId };
}
