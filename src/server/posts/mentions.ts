import type { ChannelRow } from '../store/places.js';
import type { PostRow } from '../store/messages.js';
import type { World } from '../world.js';

/** The users that a message mentions. */
export interface Mentions {
  /** Mentioned members of the channel, without the author. */
  readonly userIds: readonly string[];
  /** Names of mentioned users who are not in the channel. */
  readonly outsiders: readonly string[];
}

const everybody = new Set(['channel', 'all', 'here']);

/** Words after an at sign, without punctuation at their end. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/(?:^|[^\w@])@([a-z0-9][a-z0-9._-]*)/gi)].map(([, name = '']) =>
    name.toLowerCase().replace(/[._-]+$/, ''),
  );
}

/** Whether every post of a channel mentions all its members: in direct channels, on 11.6 in group channels too. */
export const mentionsAll = ({ modern }: World, { type }: ChannelRow): boolean =>
  type === 'D' || (modern && type === 'G');

/** Who a post mentions: by name, with `@channel` and the like, by a user's own keywords, or all members of the channel. */
export function mentionsOf(world: World, channel: ChannelRow, post: PostRow): Mentions {
  const { store } = world;
  const mentioned = new Set<string>();
  const outsiders = new Set<string>();
  const members = store.channelMembers.where('channel', channel.id).map(({ user_id }) => user_id);
  if (mentionsAll(world, channel)) for (const id of members) mentioned.add(id);
  const added = post.props['addedUserId'];
  if (post.type.startsWith('system_')) {
    if (typeof added === 'string' && post.type === 'system_add_to_channel') mentioned.add(added);
  } else {
    for (const name of namesIn(post.message)) {
      const user = store.userNamed(name);
      if (everybody.has(name)) for (const id of members) mentioned.add(id);
      else if (user && members.includes(user.id)) mentioned.add(user.id);
      else if (user) outsiders.add(user.username);
    }
    const words = new Set(post.message.toLowerCase().split(/[^\p{L}\p{N}@._-]+/u));
    for (const id of members) {
      const keys = (store.users.get(id)?.notify_props['mention_keys'] ?? '').toLowerCase().split(',');
      if (keys.some((key) => key && words.has(key.trim()))) mentioned.add(id);
    }
  }
  mentioned.delete(post.user_id);
  return { userIds: [...mentioned].filter((id) => members.includes(id)), outsiders: [...outsiders] };
}
