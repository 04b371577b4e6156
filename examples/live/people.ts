import { type Client, type Post, notSelf } from 'matterstream';
import {
  type Observable,
  EMPTY,
  catchError,
  concat,
  concatMap,
  defer,
  delay,
  from,
  ignoreElements,
  merge,
  of,
  repeat,
  tap,
  timer,
} from 'rxjs';
import { answers, emojis, remarks } from './script.js';

/** One of the simulated people, with a client of their own. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly client: Client;
}

/** Milliseconds between two keys, and between two actions: the least, and how much more it may be. */
const keyMs = [15, 45] as const;
const thoughtMs = [300, 1_700] as const;

/**
 * The life of one person: listens, thinks, types, posts, answers, reacts, goes away and comes back. Emits each post as the server stored it;
 * never completes. Errors are ignored: any call may fail while a session has ended.
 */
export function live(person: Person, channelIds: readonly string[]): Observable<Post> {
  const { client, id } = person;
  let heard: Post | undefined;

  const listening$ = client.events.on('posted').pipe(
    notSelf(id),
    tap(({ data }) => (heard = data.post)),
    ignoreElements(),
  );

  /** Types the text key by key, which the others see, and posts it. */
  const say = (channelId: string, message: string, rootId = ''): Observable<Post> =>
    concat(
      from(message).pipe(
        concatMap((key) => of(key).pipe(delay(between(keyMs)))),
        client.typing.publish(channelId, { rootId }),
        ignoreElements(),
      ),
      client.posts.createPost({ channel_id: channelId, message, root_id: rootId }),
    );

  const remark = (): Observable<Post> => say(pick(channelIds), pick(remarks));

  const answer = ({ channel_id: channelId, root_id: rootId, id: postId }: Post): Observable<Post> =>
    say(channelId, pick(answers), rootId || postId);

  const react = ({ id: postId }: Post): Observable<never> =>
    client.reactions.saveReaction({ user_id: id, post_id: postId, emoji_name: pick(emojis) }).pipe(ignoreElements());

  const pause = (): Observable<never> =>
    concat(client.presence.set('away'), timer(between(thoughtMs)), client.presence.set('online')).pipe(
      ignoreElements(),
    );

  const deed$ = defer(() => {
    const chance = Math.random();
    if (chance > 0.94) return pause();
    if (!heard || chance < 0.5) return remark();
    return chance < 0.75 ? answer(heard) : react(heard);
  }).pipe(catchError(() => EMPTY));

  return merge(listening$, concat(timer(between(thoughtMs)).pipe(ignoreElements()), deed$).pipe(repeat()));
}

export function pick<T>(choices: readonly T[]): T {
  return choices[Math.floor(Math.random() * choices.length)] as T;
}

function between([least, more]: readonly [number, number]): number {
  return least + Math.random() * more;
}
