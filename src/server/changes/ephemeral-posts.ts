import { toJson } from '../base/to-json.js';
import type { World } from '../world.js';

/** Sends a user a post that is not stored. */
export function addEphemeralPost(
  world: World,
  userId: string,
  given: { readonly channel_id: string; readonly root_id?: string; readonly message: string; readonly author?: string },
) {
  const { chance, clock, store, modern } = world;
  const now = clock.now();
  const post = {
    id: chance.id(),
    create_at: now,
    update_at: now,
    edit_at: 0,
    delete_at: 0,
    is_pinned: false,
    user_id: given.author ?? '',
    channel_id: given.channel_id,
    root_id: given.root_id ?? '',
    ...(modern ? {} : { parent_id: given.root_id ?? '' }),
    original_id: '',
    message: given.message,
    type: 'system_ephemeral',
    props: {},
    hashtags: '',
    ...(modern ? { file_ids: null } : {}),
    pending_post_id: '',
    ...(modern ? { remote_id: '' } : {}),
    reply_count: 0,
    last_reply_at: 0,
    participants: null,
    metadata: {},
  };
  store.emit({
    event: 'ephemeral_message',
    data: { post: toJson(post) },
    to: { userId, channelId: given.channel_id },
  });
  return post;
}
