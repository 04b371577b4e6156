import type { PostRow, ThreadMemberRow } from '../store/messages.js';
import type { World } from '../world.js';
import { toParticipants } from './participants.js';
import { toPost } from './post.js';

/** A thread as one user sees it. `extended` gives its participants in full. */
export function toThread(
  world: World,
  root: PostRow,
  member: ThreadMemberRow,
  { extended = false }: { readonly extended?: boolean } = {},
) {
  const { store, modern } = world;
  const unread = store.posts
    .where('root', root.id)
    .filter((row) => row.delete_at === 0 && row.create_at > member.last_viewed && row.user_id !== member.user_id);
  return {
    id: root.id,
    reply_count: root.reply_count,
    last_reply_at: root.last_reply_at,
    last_viewed_at: member.last_viewed,
    participants: toParticipants(world, root, extended),
    post: toPost(world, root, { withMetadata: false }),
    unread_replies: unread.length,
    unread_mentions: member.unread_mentions,
    ...(modern ? { is_urgent: false, delete_at: 0 } : {}),
  };
}
