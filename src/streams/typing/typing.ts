import {
  catchError,
  defer,
  EMPTY,
  filter,
  map,
  mergeMap,
  Observable,
  Subject,
  Subscription,
  take,
  takeUntil,
  type MonoTypeOperatorFunction,
} from 'rxjs';
import { textOf } from '../../models/decode.js';
import { ClosedError, isMattermostError } from '../../models/errors.js';
import type { Post } from '../../models/generated/entities.js';
import { checkId } from '../../models/check-id.js';
import type { StreamContext } from '../context.js';
import type { RestOutcome } from '../../models/rest-outcome.js';
import { merge } from '../merge.js';
import { shareLatestBy } from '../share-latest.js';
import { share } from '../share.js';

/** Which part of a channel is meant. */
export interface TypingOptions {
  /** Root post of a thread. @default the channel itself, outside its threads */
  readonly rootId?: string | undefined;
}

/** Somebody began or stopped to type. */
export interface TypingChange {
  readonly channelId: string;
  /** Root post of the thread; empty for the channel itself. */
  readonly rootId: string;
  readonly userId: string;
  readonly typing: boolean;
}

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

type Place = Omit<TypingChange, 'userId' | 'typing'>;
type Config = Readonly<Record<string, string | undefined>>;

const slackMs = 500;

/** See {@link Typing}. The server's settings are read once per connection, when first needed, and kept up to date by `config_changed`. */
export function createTyping(context: StreamContext): Typing {
  const { events, connection, signals$, rest, request, ownId$, closed$, scheduler } = context;
  /** Notices that were sent over the socket, as the outcomes of REST have the others. */
  const sent = new Subject<Pick<RestOutcome, 'path' | 'body'>>();
  /** When the last notice for a place was given, oldest first. */
  const published = new Map<string, number>();
  let enabled = true;
  let intervalMs = 5_000;
  let readFor: string | undefined;

  const apply = (config: Config | undefined): void => {
    enabled = config?.['EnableUserTypingMessages'] !== 'false';
    // The server's own minimum and default: protocol §4.2.
    intervalMs = Math.max(1_000, Number(config?.['TimeBetweenUserTypingUpdatesMilliseconds'])) || 5_000;
  };

  /** Emits once when the settings are those of this connection, or cannot be had. Who asks meanwhile shares the request. */
  const settings = shareLatestBy<unknown>((connectionId) =>
    connectionId === readFor
      ? merge([0])
      : rest.clientConfig().pipe(
          map((config) => {
            readFor = connectionId;
            apply(config);
          }),
          catchError(() => [0]),
        ),
  );

  const following$ = merge(
    merge(
      connection.state$.pipe(
        take(1),
        filter(({ status }) => status === 'ready'),
      ),
      signals$.pipe(filter((signal) => signal.type === 'ready')),
    ).pipe(mergeMap(({ connectionId }) => settings(connectionId))),
    events.on('config_changed').pipe(map(({ data }) => apply(data.config))),
  ).pipe(
    mergeMap(() => EMPTY),
    share(),
  );

  const own$ = ownId$.pipe(catchError(() => EMPTY));
  const local$ = merge(
    sent,
    rest.outcomes$.pipe(filter(({ operation, status }) => operation === 'publishUserTyping' && status === 200)),
  ).pipe(
    mergeMap(({ path: [whose = ''], body }) => {
      const { channel_id, parent_id } = (body ?? {}) as { channel_id?: unknown; parent_id?: unknown };
      return (whose === 'me' ? own$ : merge([whose])).pipe(
        map((userId) => ({ channelId: textOf(channel_id), rootId: textOf(parent_id), userId, typing: true })),
      );
    }),
  );

  const changes = (channelId?: string): Observable<TypingChange> => {
    const scope = channelId === undefined ? undefined : { channelId };
    const notices$: Observable<TypingChange> = merge(
      following$,
      events
        .on('typing', scope)
        .pipe(
          map(({ channelId, userId, data }) => ({ channelId, rootId: textOf(data.parent_id), userId, typing: true })),
        ),
      events.on('posted', scope).pipe(
        map(({ channelId, userId, data }) => {
          const { root_id } = (data.post as Partial<Post> | undefined) ?? {};
          return { channelId, rootId: textOf(root_id), userId, typing: false };
        }),
      ),
      local$.pipe(filter((notice) => channelId === undefined || notice.channelId === channelId)),
    );
    return new Observable((subscriber) => {
      const ends = new Map<string, Subscription>();
      subscriber.add(() => ends.forEach((end) => end.unsubscribe()));
      const isChange = (notice: TypingChange): boolean => {
        const { userId, typing } = notice;
        const key = `${keyOf(notice)}/${userId}`;
        const running = ends.get(key);
        running?.unsubscribe();
        ends.delete(key);
        if (typing) {
          const stop = (): void => {
            ends.delete(key);
            subscriber.next({ ...notice, typing: false });
          };
          ends.set(key, scheduler.schedule(stop, intervalMs + slackMs));
        }
        return typing === !running;
      };
      return notices$
        .pipe(filter((notice) => !!notice.channelId && !!notice.userId && isChange(notice)))
        .subscribe(subscriber);
    });
  };

  const setOf = shareLatestBy((key) => {
    const [channelId, rootId] = key.split('/');
    let userIds: ReadonlySet<string> = new Set();
    return merge(
      [userIds],
      changes(channelId).pipe(
        filter((change) => change.rootId === rootId),
        map(({ userId, typing }) => {
          const others = [...userIds].filter((id) => id !== userId);
          userIds = new Set(typing ? [...others, userId] : others);
          return userIds;
        }),
      ),
    );
  });

  const overRest = ({ channelId, rootId }: Place): Observable<unknown> =>
    ownId$.pipe(mergeMap((userId) => rest.publishTyping(userId, channelId, rootId)));

  const overSocket = (place: Place): Observable<unknown> => {
    const body = { channel_id: place.channelId, parent_id: place.rootId };
    return request('user_typing', body).pipe(
      map(() => sent.next({ path: ['me'], body })),
      catchError((error: unknown) => {
        // The socket has ended meanwhile: whether the notice arrived is unknown, and a second one does no harm.
        if (isMattermostError(error) && /^(closed|timeout)$/.test(error.code)) return overRest(place);
        throw error as Error;
      }),
    );
  };

  /** One notice, on the way that is better now; `unless` can call it off once the settings are known. */
  const notify = (place: Place, unless: () => boolean): Observable<void> =>
    connection.state$.pipe(
      take(1),
      mergeMap(({ status, connectionId }) => {
        if (status === 'closed') throw new ClosedError();
        const ready = status === 'ready';
        // Without a session the server shows only a part of its settings, so the login comes first.
        return merge(ready ? [0] : ownId$).pipe(
          mergeMap(() => settings(connectionId)),
          mergeMap(() => (unless() ? EMPTY : (ready ? overSocket : overRest)(place))),
        );
      }),
      map(() => undefined),
    );

  /** True if a notice for the place is due; it counts as given then. */
  const isDue = (place: Place): boolean => {
    const key = keyOf(place);
    const now = scheduler.now();
    for (const [old, at] of published) {
      if (now - at < intervalMs) break;
      published.delete(old);
    }
    return !published.has(key) && !!published.set(key, now);
  };

  const checked = <T>(
    method: string,
    channelId: string,
    { rootId = '' }: TypingOptions = {},
    then: (place: Place) => Observable<T>,
  ): Observable<T> =>
    defer(() => {
      checkId(`typing.${method}: channelId`, channelId);
      if (rootId) checkId(`typing.${method}: rootId`, rootId);
      return then({ channelId, rootId });
    });

  return {
    in: (channelId, options) =>
      checked('in', channelId, options, (place) => setOf(keyOf(place))).pipe(takeUntil(closed$)),
    anywhere$: changes().pipe(share(), takeUntil(closed$)),
    publish:
      <T>(channelId: string, options?: TypingOptions) =>
      (source: Observable<T>) =>
        checked(
          'publish',
          channelId,
          options,
          (place) =>
            new Observable<T>((subscriber) => {
              const sending = new Subscription();
              subscriber.add(sending);
              return source.subscribe({
                next(value) {
                  if (isDue(place)) sending.add(quietly(notify(place, () => !enabled)));
                  subscriber.next(value);
                },
                error: (error: unknown) => subscriber.error(error),
                complete() {
                  // What the last value caused is let go on; only who leaves early aborts it.
                  subscriber.remove(sending);
                  subscriber.complete();
                },
              });
            }),
        ),
    send: (channelId, options) => checked('send', channelId, options, (place) => notify(place, () => false)),
  };
}

function keyOf({ channelId, rootId }: Place): string {
  return `${channelId}/${rootId}`;
}

/** Does what a source is for, whatever comes of it. */
function quietly(source: Observable<unknown>): Subscription {
  return source.subscribe({ error: () => undefined });
}
