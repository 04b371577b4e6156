import { memberKey } from '../store/places.js';
import { mentionsAll } from '../posts/mentions.js';
import type { ChannelRow } from '../store/places.js';
import type { PostRow } from '../store/messages.js';
import type { World } from '../world.js';

/** Counts of what a user has not read in a channel. */
export interface Unread {
  readonly msg_count: number;
  readonly msg_count_root: number;
  readonly mention_count: number;
  readonly mention_count_root: number;
}

export function unreadOf({ store }: World, channel: ChannelRow, userId: string): Unread {
  const member = store.channelMembers.get(memberKey(channel.id, userId));
  const muted = member?.notify_props['mark_unread'] === 'mention';
  return {
    msg_count: member && !muted ? Math.max(0, channel.total_msg_count - member.msg_count) : 0,
    msg_count_root: member && !muted ? Math.max(0, channel.total_msg_count_root - member.msg_count_root) : 0,
    mention_count: member?.mention_count ?? 0,
    mention_count_root: member?.mention_count_root ?? 0,
  };
}

/** Marks channels as read up to their last post. Gives the times of these, and sends the events to the user's clients. */
export function viewChannels(
  world: World,
  userId: string,
  channelIds: readonly string[],
  collapsed: boolean,
): Readonly<Record<string, number>> {
  const { store, modern, config, clock } = world;
  const times: Record<string, number> = {};
  const changed: string[] = [];
  for (const id of channelIds) {
    const channel = store.channels.get(id);
    const member = channel && store.channelMembers.get(memberKey(id, userId));
    if (!channel || !member) continue;
    times[id] = channel.last_post_at;
    if (
      member.mention_count > 0 ||
      member.msg_count !== channel.total_msg_count ||
      member.last_viewed_at < channel.last_post_at
    )
      changed.push(id);
    store.channelMembers.put({
      ...member,
      last_viewed_at: Math.max(member.last_viewed_at, channel.last_post_at),
      last_update_at: channel.last_post_at,
      msg_count: channel.total_msg_count,
      msg_count_root: channel.total_msg_count_root,
      mention_count: 0,
      mention_count_root: 0,
    });
  }
  const announced = config.flag('ServiceSettings.EnableChannelViewedMessages');
  if (announced) {
    // 11.6 sends nothing about channels that were read already.
    if (modern && changed.length > 0)
      store.emit({ event: 'multiple_channels_viewed', data: { channel_times: times }, to: { userId } });
    if (!modern)
      for (const id of Object.keys(times))
        store.emit({ event: 'channel_viewed', data: { channel_id: id }, to: { userId } });
  }
  if (!collapsed)
    for (const channelId of modern ? changed : Object.keys(times)) {
      readThreadsOf(world, channelId, userId);
      store.emit({ event: 'thread_read_changed', data: { timestamp: clock.now() }, to: { userId, channelId } });
    }
  return times;
}

function readThreadsOf({ store, clock }: World, channelId: string, userId: string): void {
  for (const member of store.threadMembers.where('user', userId))
    if (store.posts.get(member.post_id)?.channel_id === channelId)
      store.threadMembers.put({ ...member, last_viewed: clock.now(), unread_mentions: 0 });
}

/**
 * Marks a post and all later ones as unread; with `collapsed` threads 5.37 leaves the count of root posts out of the event. Gives the answer of `set_unread`; `undefined` if the user is not a member.
 */
export function markUnread(world: World, post: PostRow, userId: string, collapsed: boolean) {
  const { store, modern } = world;
  const channel = store.channels.get(post.channel_id);
  const key = memberKey(post.channel_id, userId);
  const member = store.channelMembers.get(key);
  if (!channel || !member) return undefined;
  const later = store.posts
    .where('channel', channel.id)
    .filter(
      (row) =>
        row.delete_at === 0 &&
        row.create_at >= post.create_at &&
        !/^system_(join|leave|add_to|remove_from)_/.test(row.type),
    );
  const called = later.filter(
    (row) => row.user_id !== userId && row.message.includes(`@${store.users.get(userId)?.username ?? ' '}`),
  );
  const mentions = mentionsAll(world, channel) ? later.filter((row) => row.user_id !== userId) : called;
  const roots = (rows: readonly PostRow[]): number => rows.filter((row) => !row.root_id).length;
  const changed = store.channelMembers.put({
    ...member,
    last_viewed_at: post.create_at - 1,
    last_update_at: post.create_at - 1,
    msg_count: channel.total_msg_count - later.length,
    msg_count_root: channel.total_msg_count_root - roots(later),
    mention_count: mentions.length,
    mention_count_root: roots(mentions),
  });
  const counts = {
    msg_count: changed.msg_count,
    msg_count_root: changed.msg_count_root,
    mention_count: changed.mention_count,
    mention_count_root: changed.mention_count_root,
    last_viewed_at: changed.last_viewed_at,
    ...(modern ? { urgent_mention_count: 0 } : {}),
  };
  const { msg_count_root: _, ...withoutRoots } = counts;
  store.emit({
    event: 'post_unread',
    data: { ...(modern || !collapsed ? counts : withoutRoots), post_id: post.id },
    to: { userId, channelId: channel.id, teamId: channel.team_id },
  });
  return { team_id: channel.team_id, user_id: userId, channel_id: channel.id, ...counts };
}
