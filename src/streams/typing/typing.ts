import {
  defer,
  filter,
  scan,
  share,
  startWith,
  Subject,
  takeUntil,
  type MonoTypeOperatorFunction,
  type Observable,
} from 'rxjs';
import type { StreamContext } from '../context.js';
import { shareLatestBy } from '../share-latest.js';
import { createTypingChanges, type GivenNotice } from './changes.js';
import { checkPlace, placeKey, placeOf, type TypingChange, type TypingOptions } from './place.js';
import { createThrottle, noticeWhile } from './publish.js';
import { createSender } from './send.js';
import { createSettingsReader } from './settings.js';

/**
 * Who is typing where: protocol §4. The server sends only that somebody types. Here that ends with a post of the same user in the same
 * place, or when the server's `TimeBetweenUserTypingUpdatesMilliseconds` and half a second have gone by without another notice: one that
 * types on sends the next notice with the first key after that time.
 *
 * The server does not tell users of their own typing. What is published through this client, by {@link Typing.publish}, {@link Typing.send}
 * or `users.publishUserTyping`, is shown as well, under the id of whom it was published for: leave your own id out where you render others.
 */
export interface Typing {
  /**
   * Ids of those who type in a channel, or in one of its threads. Shared by place; emits the present set at once, then a new one at each
   * change. Holds the socket open while subscribed; completes with the client; errors with `ValidationError` for a malformed id alone.
   *
   * @example
   * client.typing.in(channelId).subscribe((userIds) => render([...userIds].filter((id) => id !== me.id)));
   */
  in(channelId: string, options?: TypingOptions): Observable<ReadonlySet<string>>;
  /**
   * Everybody who begins or stops to type, in all channels of the user. Hot, shared, no replay. Holds the socket open while subscribed;
   * completes with the client; never errors.
   */
  readonly anywhere$: Observable<TypingChange>;
  /**
   * An operator that tells the server that the user types while values, such as key strokes, pass through it unchanged: at the first value,
   * and then not before the server's interval has gone by, counted for each channel and thread over all uses. It is silent where the
   * server's `EnableUserTypingMessages` is `false`. What goes wrong with a notice does not show; unsubscribing aborts one that is under way.
   *
   * `MaxNotificationsPerChannel` is not looked at: how many members a channel has would take a request to know.
   *
   * @example
   * keystrokes$.pipe(client.typing.publish(channelId)).subscribe();
   */
  publish<T>(channelId: string, options?: TypingOptions): MonoTypeOperatorFunction<T>;
  /**
   * Tells the server once that the user types. Cold: each subscription is one notice; emits once and completes. Goes over the socket if that is
   * ready (action `user_typing`, which also extends the session), else by `POST users/{user_id}/typing`; it does not open the socket.
   * Errors with `ActionError` or `ApiError` where the user may not post, `ValidationError` for a malformed id, and as any call does.
   */
  send(channelId: string, options?: TypingOptions): Observable<void>;
}

/** See {@link Typing}. */
export function createTyping(context: StreamContext): Typing {
  const { closed$, scheduler } = context;
  const sent = new Subject<GivenNotice>();
  const settings = createSettingsReader(context);
  const changesIn = createTypingChanges(context, settings, sent);
  const notify = createSender(context, settings, sent);
  const isDue = createThrottle(() => settings.current.intervalMs, scheduler);

  const userIdsIn = shareLatestBy((key) => {
    const { channelId, rootId } = placeOf(key);
    const nobody: ReadonlySet<string> = new Set();
    return changesIn(channelId).pipe(
      filter((change) => change.rootId === rootId),
      scan(withChange, nobody),
      startWith(nobody),
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
