import { defer, filter, type MonoTypeOperatorFunction } from 'rxjs';
import type { TypedEvent } from '../../models/events.js';
import type { Post } from '../../models/generated/entities.js';

/** Events that carry a post, such as `posted` and `post_edited`. */
export type PostEvent = TypedEvent<'posted' | 'post_edited' | 'post_deleted' | 'ephemeral_message'>;

/** The post of an event. Where the server's JSON was broken it is a string, which has none of the fields. */
const postOf = ({ data: { post } }: PostEvent) => (post as Partial<Post> | null | undefined) ?? {};

/** Lets through posts of one thread, its root included. */
export const inThread = <E extends PostEvent>(rootId: string): MonoTypeOperatorFunction<E> =>
  filter((event) => {
    const { id, root_id: root } = postOf(event);
    return id === rootId || root === rootId;
  });

/** The user that {@link mentioning} looks for. */
export interface MentionTarget {
  readonly id: string;
  readonly username: string;
}

/** Names that mention everybody in the channel. */
const everybody = ['@channel', '@all', '@here'];

/**
 * Lets through posts that mention a user: by what the server says (`mentions`), by the user's name in the text, or by `@channel`, `@all` and
 * `@here`. The server names only users who are connected (protocol §3.3), so the text is read as well. The key words that a user has set count
 * only where the server names the user.
 */
export function mentioning<E extends TypedEvent<'posted'>>({
  id,
  username,
}: MentionTarget): MonoTypeOperatorFunction<E> {
  const names = new Set([`@${username.toLowerCase()}`, ...everybody]);
  return filter((event) => {
    if (event.data.mentions?.includes(id)) return true;
    const mentions = postOf(event).message?.match(/(?<![\w@])@[a-z0-9][\w.-]*/gi);
    return !!mentions?.some((name) => names.has(name.toLowerCase().replace(/[.-]+$/, '')));
  });
}

/**
 * Lets each state of a post through once: one change may come as several events, and a recovered event may repeat one that was seen (protocol
 * §11, trap 19). Each subscriber starts with an empty memory, which holds the last `size` posts.
 */
export function dedupePosts<E extends PostEvent>(size = 1_000): MonoTypeOperatorFunction<E> {
  return (source) =>
    defer(() => {
      const seen = new Map<string, string>();
      return source.pipe(
        filter((event) => {
          const { id, update_at: updatedAt, delete_at: deletedAt } = postOf(event);
          if (!id) return true;
          const key = `${event.event} ${id}`;
          const state = `${updatedAt} ${deletedAt}`;
          if (seen.get(key) === state) return false;
          seen.delete(key);
          seen.set(key, state);
          for (const oldest of seen.keys()) {
            if (seen.size <= size) break;
            seen.delete(oldest);
          }
          return true;
        }),
      );
    });
}
