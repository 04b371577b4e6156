import {
  defer,
  filter,
  map,
  share,
  startWith,
  Subject,
  takeUntil,
  type MonoTypeOperatorFunction,
  type Observable,
} from 'rxjs';
import type { StreamContext } from '../context.js';
import { shareLatestBy } from '../share-latest.js';
import { createTypingChanges, type SentNotice } from './changes.js';
import { checkPlace, placeKey, placeOf, type TypingChange, type TypingOptions } from './place.js';
import { createThrottle, noticeWhile } from './publish.js';
import { createSender } from './send.js';
import { createSettingsReader } from './settings.js';

/**
 * Who is typing where: protocol §4. The server only sends notices that somebody types. Typing ends with a post of the same user in the same
 * place, or when the server's `TimeBetweenUserTypingUpdatesMilliseconds` and half a second have passed without another notice: the client of a
 * user who goes on typing sends the next notice with the first key after that time.
 *
 * The server does not send users their own typing. Notices that this client sends, by {@link Typing.publish}, {@link Typing.send} or
 * `users.publishUserTyping`, are shown as well, under the id of the user that they were sent for: leave out your own id where you show others.
 */
export interface Typing {
  /**
   * Ids of the users who type in a channel, or in one of its threads. Shared by place; emits the present set at once, then a new one at each
   * change. Holds the socket open while subscribed; completes with the client; its only error is a `ValidationError` for a malformed id.
   *
   * @example
   * client.typing.in(channelId).subscribe((userIds) => render([...userIds].filter((id) => id !== me.id)));
   */
  in(channelId: string, options?: TypingOptions): Observable<ReadonlySet<string>>;
  /**
   * Each start and end of typing in all channels of the user. Hot, shared, no replay. Holds the socket open while subscribed;
   * completes with the client; never errors.
   */
  readonly anywhere$: Observable<TypingChange>;
  /**
   * An operator that passes values, such as key strokes, through unchanged and tells the server meanwhile that the user types: at the first
   * value, and then at most once in the server's interval, counted for each channel and thread over all uses. It sends nothing where the
   * server's `EnableUserTypingMessages` is `false`. Errors of notices are dropped; unsubscribing aborts a notice that is under way.
   *
   * The server's `MaxNotificationsPerChannel` is not applied: the number of members of a channel would take a request.
   *
   * @example
   * keystrokes$.pipe(client.typing.publish(channelId)).subscribe();
   */
  publish<T>(channelId: string, options?: TypingOptions): MonoTypeOperatorFunction<T>;
  /**
   * Tells the server once that the user types. Cold: each subscription is one notice; emits once and completes. Goes over the socket if that is
   * ready (action `user_typing`, which also extends the session), else by `POST users/{user_id}/typing`; it does not open the socket. Errors
   * with `ActionError` or `ApiError` where the user may not post, with `ValidationError` for a malformed id, and as every call does.
   * Unsubscribing aborts it.
   */
  send(channelId: string, options?: TypingOptions): Observable<void>;
}

/** See {@link Typing}. */
export function createTyping(context: StreamContext): Typing {
  const { closed$, scheduler } = context;
  const sent = new Subject<SentNotice>();
  const settings = createSettingsReader(context);
  const changesIn = createTypingChanges(context, settings, sent);
  const notify = createSender(context, settings, sent);
  const isDue = createThrottle(() => settings.current.intervalMs, scheduler);

  const userIdsIn = shareLatestBy((key) => {
    const { channelId, rootId } = placeOf(key);
    let userIds: ReadonlySet<string> = new Set();
    return changesIn({ channelId }).pipe(
      filter((change) => change.rootId === rootId),
      map((change) => (userIds = withChange(userIds, change))),
      startWith(userIds),
    );
  });

  return {
    in: (channelId, options) =>
      defer(() => userIdsIn(placeKey(checkPlace('typing.in', channelId, options)))).pipe(takeUntil(closed$)),
    anywhere$: changesIn().pipe(share(), takeUntil(closed$)),
    publish:
      <T>(channelId: string, options?: TypingOptions) =>
      (source: Observable<T>) =>
        defer(() => {
          const place = checkPlace('typing.publish', channelId, options);
          const notice$ = notify(place, () => settings.current.enabled);
          return source.pipe(noticeWhile<T>(() => isDue(place), notice$));
        }),
    send: (channelId, options) => defer(() => notify(checkPlace('typing.send', channelId, options), () => true)),
  };
}

function withChange(userIds: ReadonlySet<string>, { userId, typing }: TypingChange): ReadonlySet<string> {
  const changed = new Set(userIds);
  if (typing) changed.add(userId);
  else changed.delete(userId);
  return changed;
}
