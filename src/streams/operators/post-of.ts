import type { TypedEvent } from '../../models/events.js';
import type { Post } from '../../models/generated/entities.js';

/** Events that carry a post, such as `posted` and `post_edited`. */
export type PostEvent = TypedEvent<'posted' | 'post_edited' | 'post_deleted' | 'ephemeral_message'>;

/** The post of an event, or the post itself. It is empty where the server's JSON was broken, which stays a string. */
export function postOf(item: PostEvent | Post): Partial<Post> {
  if (!('data' in item)) return item;
  const { post } = item.data as { readonly post?: Partial<Post> | string | null };
  return typeof post === 'object' && post ? post : {};
}
