import { defer, filter, type MonoTypeOperatorFunction } from 'rxjs';
import type { Post } from '../../models/generated/entities.js';
import { postOf, type PostEvent } from './post-of.js';

/** Lets through posts of one thread, its root included, and events with such a post. */
export const inThread = <T extends PostEvent | Post>(rootId: string): MonoTypeOperatorFunction<T> =>
  filter((item) => {
    const { id, root_id: root } = postOf(item);
    return id === rootId || root === rootId;
  });

/**
 * Lets each state of a post, or of the post of an event, through once: one change may come as several events, and a recovered event may repeat one that was seen (protocol
 * §11, trap 19). Each subscriber starts with an empty memory, which holds the last `size` posts.
 */
export function dedupePosts<T extends PostEvent | Post>(size = 1_000): MonoTypeOperatorFunction<T> {
  return (source) =>
    defer(() => {
      const seen = new Map<string, string>();
      return source.pipe(
        filter((item) => {
          const { id, update_at: updatedAt, delete_at: deletedAt } = postOf(item);
          if (!id) return true;
          const key = 'event' in item ? `${item.event} ${id}` : id;
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
