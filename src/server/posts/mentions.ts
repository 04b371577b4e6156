import type { ChannelRow } from '../store/places.js';
import type { PostRow } from '../store/messages.js';
import type { World } from '../world.js';

/** Who a message calls. */
export interface Mentions {
  /** Members of the channel that it calls, its author left out. */
  readonly userIds: readonly string[];
  /** Names of users that it calls who are not in the channel. */
  readonly outsiders: readonly string[];
}

const everybody = new Set(['channel', 'all', 'here']);

/** Words after an at sign, with the dots and hyphens that end a sentence taken off. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/(?:^|[^\w@])@([a-z0-9][a-z0-9._-]*)/gi)].map(([, name = '']) =>
    name.toLowerCase().replace(/[._-]+$/, ''),
  );
}

/** Who a post calls: by name, all at once, by their own key words, or because a direct or group message is for them. */
export function mentionsOf({ store }: World, channel: ChannelRow, post: PostRow): Mentions {
  const called = new Set<string>();
  const outsiders = new Set<string>();
  const members = store.channelMembers.where('channel', channel.id).map(({ user_id }) => user_id);
  const added = post.props['addedUserId'];
  if (post.type.startsWith('system_')) {
    if (typeof added === 'string' && post.type === 'system_add_to_channel') called.add(added);
  } else {
    if (channel.type === 'D' || channel.type === 'G') for (const id of members) called.add(id);
    for (const name of namesIn(post.message)) {
      const user = store.userNamed(name);
      if (everybody.has(name)) for (const id of members) called.add(id);
      else if (user && members.includes(user.id)) called.add(user.id);
      else if (user) outsiders.add(user.username);
    }
    const words = new Set(post.message.toLowerCase().split(/[^\p{L}\p{N}@._-]+/u));
    for (const id of members) {
      const keys = (store.users.get(id)?.notify_props['mention_keys'] ?? '').toLowerCase().split(',');
      if (keys.some((key) => key && words.has(key.trim()))) called.add(id);
    }
  }
  called.delete(post.user_id);
  return { userIds: [...called].filter((id) => members.includes(id)), outsiders: [...outsiders] };
}
