import { findMentions } from '../../models/mentions/find-mentions.js';
import { everybody, keywordsOf, textsOf } from '../../models/mentions/keywords.js';
import type { PostRow } from '../store/messages.js';
import type { UserRow } from '../store/people.js';
import type { ChannelMemberRow, ChannelRow } from '../store/places.js';
import type { World } from '../world.js';

/** The users that a message mentions. */
export interface Mentions {
  /** Mentioned members of the channel, without the author. */
  readonly userIds: readonly string[];
  /** Names of mentioned users who are not in the channel. */
  readonly outsiders: readonly string[];
}

/** Posts about these changes quote what was written elsewhere, so `@channel` in them is only text. */
const quoting = new Set(['system_header_change', 'system_purpose_change']);

/** Whether every post of a channel mentions all its members: in direct channels, on 11.6 in group channels too. */
export const mentionsAll = ({ modern }: World, { type }: ChannelRow): boolean =>
  type === 'D' || (modern && type === 'G');

/** Who a post mentions: the others of a direct or, on 11.6, a group channel, a new member, and who its text mentions (protocol §3.5). */
export function mentionsOf(world: World, channel: ChannelRow, post: PostRow): Mentions {
  const { store } = world;
  const members = store.channelMembers.where('channel', channel.id);
  const found = channel.type === 'D' ? { userIds: [], names: [] } : inText(world, members, post);
  const mentioned = new Set(found.userIds);
  if (mentionsAll(world, channel)) for (const { user_id } of members) mentioned.add(user_id);
  const { addedUserId: added, from_webhook: fromWebhook } = post.props;
  if (post.type === 'system_add_to_channel' && typeof added === 'string') mentioned.add(added);
  if (fromWebhook !== 'true') mentioned.delete(post.user_id);
  const isActive = (id: string): boolean => store.users.get(id)?.delete_at === 0;
  return {
    userIds: members.map(({ user_id }) => user_id).filter((id) => mentioned.has(id) && isActive(id)),
    outsiders: post.type.startsWith('system_') ? [] : outsidersAmong(world, found.names),
  };
}

function outsidersAmong({ store }: World, names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => {
    const user = store.userNamed(name);
    return user?.username === name && user.delete_at === 0 && !store.bots.get(user.id);
  });
}

interface Found {
  readonly userIds: readonly string[];
  readonly names: readonly string[];
}

function inText(world: World, members: readonly ChannelMemberRow[], post: PostRow): Found {
  const { store, config } = world;
  const allowed =
    world.permissions.inChannel(post.user_id, post.channel_id, 'use_channel_mentions') &&
    !quoting.has(post.type) &&
    members.length < config.number('TeamSettings.MaxNotificationsPerChannel');
  const users = new Map<string, string[]>();
  for (const member of members) {
    const user = store.users.get(member.user_id);
    if (user?.delete_at !== 0) continue;
    for (const keyword of [...keywordsOf(user), ...(allowed ? forAll(world, user, member) : [])])
      users.set(keyword, [...(users.get(keyword) ?? []), user.id]);
  }
  const { keywords, names } = findMentions(textsOf(post), new Set(users.keys()));
  return { userIds: [...keywords].flatMap((keyword) => users.get(keyword) ?? []), names };
}

/** Which words for everybody mention a member: none where they are switched off, and `@here` only those who are online. */
function forAll({ store }: World, { id, notify_props }: UserRow, member: ChannelMemberRow): readonly string[] {
  const { ignore_channel_mentions: ignore, mark_unread: unread } = member.notify_props;
  const ignored = ignore === 'on' || (ignore === 'default' && unread === 'mention');
  if (notify_props['channel'] !== 'true' || ignored) return [];
  return everybody.filter((word) => word !== '@here' || store.statuses.get(id)?.status === 'online');
}
