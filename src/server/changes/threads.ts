import { toJson } from '../base/to-json.js';
import { toThread } from '../shapes/thread.js';
import type { ThreadMemberRow } from '../store/messages.js';
import { threadKey } from '../store/messages.js';
import type { World } from '../world.js';

/** Makes a user follow a thread, unless they have unfollowed it. A mention makes them follow it again. */
export function followThread(
  { store, clock }: World,
  postId: string,
  userId: string,
  change: Partial<ThreadMemberRow> & { readonly mention?: boolean } = {},
): ThreadMemberRow {
  const { mention = false, ...fields } = change;
  const old = store.threadMembers.get(threadKey(postId, userId));
  return store.threadMembers.put({
    post_id: postId,
    user_id: userId,
    last_viewed: 0,
    ...old,
    following: old ? old.following || mention : true,
    unread_mentions: (old?.unread_mentions ?? 0) + (mention ? 1 : 0),
    last_updated: clock.now(),
    ...fields,
  });
}

/** Sends a follower the updated thread. */
export function emitThreadUpdated(world: World, postId: string, userId: string): void {
  const { store, modern } = world;
  const root = store.posts.get(postId);
  const channel = root && store.channels.get(root.channel_id);
  const member = store.threadMembers.get(threadKey(postId, userId));
  if (!root || !channel || !member) return;
  const thread = toThread(world, root, member, { extended: true });
  store.emit({
    event: 'thread_updated',
    data: {
      thread: toJson(thread),
      ...(modern
        ? {
            previous_unread_mentions: Math.max(0, thread.unread_mentions - 1),
            previous_unread_replies: Math.max(0, thread.unread_replies - 1),
          }
        : {}),
    },
    to: { userId, teamId: channel.team_id },
  });
}
