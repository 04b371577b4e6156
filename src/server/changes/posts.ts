import { toJson } from '../base/to-json.js';
import { mentionsOf } from '../posts/mentions.js';
import { permalinkIn, toPost } from '../shapes/post.js';
import type { ChannelRow } from '../store/places.js';
import { memberKey } from '../store/places.js';
import type { PostRow } from '../store/messages.js';
import type { Hook } from '../store/draft.js';
import type { World } from '../world.js';
import { filesOf } from '../files/of-post.js';
import { attachable, attachFiles, deleteFilesOf } from './files.js';
import { addEphemeralPost } from './ephemeral-posts.js';
import { followThread, emitThreadUpdated } from './threads.js';

/** A post to create. */
export interface NewPost extends Partial<Omit<PostRow, 'channel_id' | 'user_id'>> {
  readonly channel_id: string;
  readonly user_id: string;
  readonly pendingId?: string;
  /** Files to attach. Those that cannot be attached are dropped. */
  readonly fileIds?: readonly string[];
  /** Whether clients should show the author as online. @default true */
  readonly setOnline?: boolean;
}

/** Posts about members are not counted as messages, so they make nothing unread. */
const uncounted = /^system_(join|leave|add_to|remove_from)_/;

const hashtagsIn = (message: string): string =>
  (message.match(/(?<=^|\s)#[\p{L}][\p{L}\p{N}_-]{2,}/gu) ?? []).join(' ');

/** Creates a post and sends its events in the order of the server (protocol §9.1, and the recordings). */
export function addPost(world: World, given: NewPost): PostRow {
  const { store, clock, chance } = world;
  const { pendingId, setOnline = true, fileIds = [], ...fields } = given;
  const now = fields.create_at ?? clock.now();
  const attached = attachable(world, fields.user_id, fileIds);
  const row: PostRow = store.posts.put({
    id: chance.id(),
    update_at: now,
    edit_at: 0,
    delete_at: 0,
    is_pinned: false,
    root_id: '',
    original_id: '',
    message: '',
    type: '',
    has_reactions: false,
    file_ids: attached.length > 0 || fileIds.length === 0 ? attached : null,
    reply_count: 0,
    last_reply_at: 0,
    participants: [],
    ...fields,
    create_at: now,
    props: withPreview(world, fields.message ?? '', fields.props ?? {}),
    hashtags: hashtagsIn(fields.message ?? ''),
  });
  attachFiles(world, attached, row);
  const channel = count(world, row);
  const mentions = mentionsOf(world, channel, row);
  countMentions(world, row, mentions.userIds);
  const followers = row.root_id ? addReply(world, row, mentions.userIds) : [];
  emitPosted(world, channel, row, { pendingId, setOnline, mentioned: mentions.userIds, followers });
  for (const userId of row.root_id ? followersOf(world, row.root_id) : [])
    emitThreadUpdated(world, row.root_id, userId);
  if (world.modern && !row.root_id) emitViewed(world, row);
  for (const name of channel.type === 'O' || channel.type === 'P' ? mentions.outsiders : [])
    addEphemeralPost(world, row.user_id, {
      channel_id: row.channel_id,
      root_id: row.root_id,
      message: `@${name} did not get notified by this mention because they are not in the channel.`,
    });
  if (!world.modern) emitViewed(world, row);
  return store.posts.get(row.id) ?? row;
}

/** Adds the id of the post that a message links to. */
function withPreview(world: World, message: string, props: PostRow['props']): PostRow['props'] {
  const linked = world.modern ? permalinkIn(world, message) : undefined;
  return linked ? { ...props, previewed_post: linked.id } : props;
}

/** Updates the counters of the channel, and of the author's membership. */
function count({ store }: World, row: PostRow): ChannelRow {
  const channel = store.channels.get(row.channel_id);
  if (!channel) throw new Error(`no channel ${row.channel_id}`);
  const one = uncounted.test(row.type) ? 0 : 1;
  const root = row.root_id ? 0 : one;
  const changed = store.channels.patch(channel.id, {
    last_post_at: Math.max(channel.last_post_at, row.create_at),
    last_root_post_at: row.root_id ? channel.last_root_post_at : Math.max(channel.last_root_post_at, row.create_at),
    total_msg_count: channel.total_msg_count + one,
    total_msg_count_root: channel.total_msg_count_root + root,
  });
  const own = memberKey(channel.id, row.user_id);
  if (one && store.channelMembers.get(own))
    store.channelMembers.patch(own, {
      last_viewed_at: row.create_at,
      last_update_at: row.create_at,
      msg_count: changed.total_msg_count,
      msg_count_root: changed.total_msg_count_root,
      mention_count: 0,
      mention_count_root: 0,
    });
  return changed;
}

function countMentions({ store }: World, row: PostRow, userIds: readonly string[]): void {
  for (const userId of userIds) {
    const member = store.channelMembers.get(memberKey(row.channel_id, userId));
    if (!member) continue;
    store.channelMembers.put({
      ...member,
      mention_count: member.mention_count + 1,
      mention_count_root: member.mention_count_root + (row.root_id ? 0 : 1),
      last_update_at: row.create_at,
    });
  }
}

/** Whether a follower gets desktop notifications of a reply: their settings for the channel decide, else those for all channels. */
function isNotified({ store }: World, row: PostRow, userId: string, mentioned: boolean): boolean {
  const inChannel = store.channelMembers.get(memberKey(row.channel_id, userId))?.notify_props ?? {};
  const own = inChannel['desktop'] !== undefined && inChannel['desktop'] !== 'default';
  const { desktop, desktop_threads } = own ? inChannel : (store.users.get(userId)?.notify_props ?? {});
  return desktop !== 'none' && (mentioned || desktop === 'all' || desktop_threads === 'all');
}

/** Adds a reply to its thread. Gives the followers that `posted` names: those who are notified, without the author. */
function addReply(world: World, row: PostRow, mentioned: readonly string[]): readonly string[] {
  const { store } = world;
  const root = store.posts.get(row.root_id);
  if (!root) return [];
  store.posts.put({
    ...root,
    update_at: Math.max(root.update_at, row.create_at),
    reply_count: root.reply_count + 1,
    last_reply_at: Math.max(root.last_reply_at, row.create_at),
    participants: [...root.participants.filter((id) => id !== row.user_id), row.user_id],
  });
  followThread(world, root.id, row.user_id, { last_viewed: row.create_at, unread_mentions: 0 });
  if (!root.type.startsWith('system_')) followThread(world, root.id, root.user_id);
  for (const userId of mentioned) followThread(world, root.id, userId, { mention: true });
  return followersOf(world, root.id).filter(
    (id) => id !== row.user_id && isNotified(world, row, id, mentioned.includes(id)),
  );
}

const followersOf = ({ store }: World, postId: string): string[] =>
  store.threadMembers
    .where('post', postId)
    .filter(({ following }) => following)
    .map(({ user_id }) => user_id);

interface Posted {
  readonly pendingId: string | undefined;
  readonly setOnline: boolean;
  readonly mentioned: readonly string[];
  readonly followers: readonly string[];
}

/** On 11.6 `mentions` names only the recipient; on 5.37 it names all mentioned users to everybody (protocol §10). */
function emitPosted(world: World, channel: ChannelRow, row: PostRow, about: Posted): void {
  const { store, modern } = world;
  const author = store.users.get(row.user_id);
  const { mentioned, followers, pendingId = '', setOnline } = about;
  const list = (ids: readonly string[]): string => toJson(ids);
  const files = filesOf(world, row.id);
  const data = {
    channel_display_name: channel.display_name,
    channel_name: channel.name,
    channel_type: channel.type,
    ...(files.some(({ mime_type }) => mime_type.startsWith('image/')) ? { image: 'true' } : {}),
    ...(files.length > 0 ? { otherFile: 'true' } : {}),
    post: toJson(toPost(world, row, { pendingId })),
    sender_name: row.type.startsWith('system_') ? 'System' : `@${author?.username ?? ''}`,
    set_online: setOnline,
    team_id: channel.team_id,
    ...(!modern && mentioned.length > 0 ? { mentions: list(mentioned) } : {}),
  };
  const hook: Hook = (plain, { userId, postedAck }) => {
    const more = {
      ...(mentioned.includes(userId) ? { mentions: list([userId]) } : {}),
      ...(followers.includes(userId) ? { followers: list([userId]) } : {}),
      ...(postedAck && userId !== row.user_id ? { should_ack: true } : {}),
    };
    return Object.keys(more).length > 0 ? { ...plain, ...more } : plain;
  };
  store.emit({ event: 'posted', data, to: { channelId: channel.id }, ...(modern ? { hook } : {}) });
}

/** A person's post counts as viewing the channel: the author's clients get the event of that. On 11.6 authors must be members for it. */
export function emitViewed({ store, modern, config }: World, row: PostRow): void {
  if (!config.flag('ServiceSettings.EnableChannelViewedMessages')) return;
  if (row.type.startsWith('system_') || store.bots.get(row.user_id)) return;
  if (modern && !store.inChannel(row.channel_id, row.user_id)) return;
  const to = { userId: row.user_id };
  if (modern)
    store.emit({ event: 'multiple_channels_viewed', data: { channel_times: { [row.channel_id]: row.create_at } }, to });
  else store.emit({ event: 'channel_viewed', data: { channel_id: row.channel_id }, to });
}

/** Edits a post and keeps the old version as history. */
export function editPost(world: World, post: PostRow, change: Partial<PostRow>): PostRow {
  const { store, clock, chance } = world;
  const now = clock.now();
  const edited = change.message !== undefined && change.message !== post.message;
  store.posts.put({ ...post, id: chance.id(), original_id: post.id, delete_at: now, update_at: now });
  const row = store.posts.put({
    ...post,
    ...change,
    ...(change.message === undefined ? {} : { hashtags: hashtagsIn(change.message) }),
    update_at: now,
    edit_at: edited ? now : post.edit_at,
  });
  touchChannel(world, row.channel_id, now);
  emitEdited(world, row);
  return row;
}

/** Pins or unpins a post. The update time changes; no history is kept. */
export function pinPost(world: World, post: PostRow, is_pinned: boolean): PostRow {
  const now = world.clock.now();
  const row = world.store.posts.put({ ...post, is_pinned, update_at: now });
  touchChannel(world, row.channel_id, now);
  emitEdited(world, row);
  return row;
}

/** Edits and pins change the time of the channel's last post too. */
function touchChannel({ store }: World, channelId: string, now: number): void {
  store.channels.patch(channelId, { last_post_at: now });
}

function emitEdited(world: World, row: PostRow): void {
  world.store.emit({
    event: 'post_edited',
    data: { post: toJson(toPost(world, row)) },
    to: { channelId: row.channel_id },
  });
}

/** Deletes a post with its replies. Admins get an event of their own (protocol §3.3). */
export function deletePost(world: World, post: PostRow, byId: string): void {
  const { store, clock } = world;
  const now = clock.now();
  const shown = toJson(toPost(world, post));
  for (const row of [post, ...store.posts.where('root', post.id)])
    if (row.delete_at === 0) {
      store.posts.put({ ...row, delete_at: now, update_at: now, message: '', file_ids: [], props: { deleteBy: byId } });
      deleteFilesOf(world, row.id);
    }
  const root = post.root_id ? store.posts.get(post.root_id) : undefined;
  if (root)
    store.posts.put({
      ...root,
      reply_count: Math.max(0, root.reply_count - 1),
      ...(world.modern ? { update_at: now } : {}),
    });
  const to = { channelId: post.channel_id };
  const event = 'post_deleted';
  store.emit({ event, data: { post: shown }, to: { ...to, copy: 'others' } });
  store.emit({ event, data: { post: shown, delete_by: byId }, to: { ...to, copy: 'admins' } });
}
