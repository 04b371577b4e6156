import { AppError, forbidden, invalidUrl } from '../base/app-error.js';
import { followThread } from '../changes/threads.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { needRead } from '../rest/refusals.js';
import { toThread } from '../shapes/thread.js';
import type { PostRow, ThreadMemberRow } from '../store/messages.js';
import { threadKey } from '../store/messages.js';

/** The user of the path. Throws unless they make the request and are in the team. */
function owner(c: Context): string {
  const userId = c.userId();
  c.needSelf(userId);
  if (!c.world.permissions.inTeam(c.me, c.id('team_id'), 'view_team')) throw forbidden();
  return userId;
}

/** The root post of the path. Throws unless the requesting user may read it. */
function rootOf(c: Context): PostRow {
  const post = c.store.posts.get(c.id('thread_id'));
  const channel = post && c.store.channels.get(post.channel_id);
  if (!post || !channel) {
    if (c.modern) throw forbidden();
    throw new AppError(500, 'app.user.get_thread_membership_for_user.app_error', 'The thread cannot be read.');
  }
  needRead(c, channel);
  return post;
}

function membership(c: Context, postId: string, userId: string): ThreadMemberRow {
  const row = c.store.threadMembers.get(threadKey(postId, userId));
  if (row) return row;
  throw new AppError(
    c.modern ? 404 : 500,
    c.modern
      ? 'app.user.get_thread_membership_for_user.not_found'
      : 'app.user.get_thread_membership_for_user.app_error',
    'The user has no place in that thread.',
  );
}

interface Followed {
  readonly root: PostRow;
  readonly member: ThreadMemberRow;
}

/** Threads that a user follows in a team and in direct channels, newest reply first. */
const followed = (c: Context, userId: string): Followed[] =>
  c.store.threadMembers
    .where('user', userId)
    .filter(({ following }) => following)
    .flatMap((member) => {
      const root = c.store.posts.get(member.post_id);
      const channel = root && c.store.channels.get(root.channel_id);
      const here = channel?.team_id === c.id('team_id') || channel?.team_id === '';
      return root && here && (root.delete_at === 0 || c.flag('deleted')) ? [{ root, member }] : [];
    })
    .sort((a, b) => b.root.last_reply_at - a.root.last_reply_at);

const getUserThreads: Handler = (c) => {
  const userId = owner(c);
  const before = c.query.get('before') ?? '';
  const after = c.query.get('after') ?? '';
  const [totalsOnly, threadsOnly] = [c.modern && c.flag('totalsOnly'), c.modern && c.flag('threadsOnly')];
  if ((before && after) || (totalsOnly && threadsOnly))
    throw new AppError(400, 'api.getThreadsForUser.bad_params', 'These parameters exclude each other.');
  const all = followed(c, userId).map(({ root, member }) => ({
    root,
    thread: toThread(c.world, root, member, { extended: c.flag('extended') }),
  }));
  const unread = all.filter(({ thread }) => thread.unread_replies > 0);
  const cursor = before || after ? c.store.posts.get(before || after) : undefined;
  const since = c.number('since', 0);
  const perPage = c.number(c.modern ? 'per_page' : 'pageSize', c.modern ? 60 : 30) || 30;
  const chosen = (c.flag('unread') ? unread : all).filter(({ root }) => {
    if ((before || after) && (!cursor || cursor.root_id)) return false;
    if (before) return root.last_reply_at < (cursor?.last_reply_at ?? 0);
    if (after) return root.last_reply_at > (cursor?.last_reply_at ?? 0);
    return root.last_reply_at >= since;
  });
  if (after) chosen.reverse();
  const threads = chosen
    .slice(0, Math.min(perPage, 200))
    // 5.37 has `remote_id` in the posts of this list alone.
    .map(({ thread }) => ({ ...thread, post: { ...thread.post, remote_id: '' } }));
  const mentions = unread.reduce((sum, { thread }) => sum + thread.unread_mentions, 0);
  return json({
    total: threadsOnly ? 0 : c.flag('unread') ? unread.length : all.length,
    total_unread_threads: threadsOnly ? 0 : unread.length,
    total_unread_mentions: threadsOnly ? 0 : mentions,
    ...(c.modern ? { total_unread_urgent_mentions: 0 } : {}),
    threads: totalsOnly ? null : threads,
  });
};

const getUserThread: Handler = (c) => {
  const userId = owner(c);
  const root = rootOf(c);
  const member = membership(c, root.id, userId);
  if (c.modern && !member.following)
    throw new AppError(404, 'app.user.get_threads_for_user.not_found', 'The user does not follow that thread.');
  return json(toThread(c.world, root, member, { extended: c.flag('extended') }));
};

function changeFollowing(c: Context, root: PostRow, userId: string, following: boolean): void {
  followThread(c.world, root.id, userId, { following });
  c.store.emit({
    event: 'thread_follow_changed',
    data: { thread_id: root.id, state: following, reply_count: root.reply_count },
    to: { userId, teamId: c.id('team_id') },
  });
}

const follow =
  (following: boolean): Handler =>
  (c) => {
    const userId = owner(c);
    changeFollowing(c, rootOf(c), userId, following);
    return ok();
  };

/** Moves a user's place in a thread, and sends the event to their clients. */
function read(c: Context, userId: string, root: PostRow, lastViewed: number) {
  const old = membership(c, root.id, userId);
  const before = toThread(c.world, root, old);
  const name = c.store.users.get(userId)?.username ?? ' ';
  const unreadMentions = c.store.posts
    .where('root', root.id)
    .filter(
      (row) =>
        row.delete_at === 0 && row.create_at > lastViewed && row.user_id !== userId && row.message.includes(`@${name}`),
    ).length;
  const member = c.store.threadMembers.put({
    ...old,
    last_viewed: lastViewed,
    unread_mentions: unreadMentions,
    last_updated: c.now,
  });
  const now = toThread(c.world, root, member);
  c.store.emit({
    event: 'thread_read_changed',
    data: {
      thread_id: root.id,
      timestamp: lastViewed,
      unread_mentions: now.unread_mentions,
      unread_replies: now.unread_replies,
      ...(c.modern
        ? { previous_unread_mentions: before.unread_mentions, previous_unread_replies: before.unread_replies }
        : {}),
      channel_id: root.channel_id,
    },
    to: { userId, teamId: c.id('team_id') },
  });
  return json(now);
}

const updateThreadReadForUser: Handler = (c) => {
  const userId = owner(c);
  if (!/^\d+$/.test(c.param('timestamp'))) throw invalidUrl('timestamp');
  return read(c, userId, rootOf(c), Number(c.param('timestamp')));
};

const setThreadUnreadByPostId: Handler = (c) => {
  const userId = owner(c);
  const root = rootOf(c);
  const post = c.store.posts.get(c.id('post_id'));
  if (!post || (post.id !== root.id && post.root_id !== root.id)) throw forbidden();
  changeFollowing(c, root, userId, true);
  return read(c, userId, root, post.create_at - 1);
};

const updateThreadsReadForUser: Handler = (c) => {
  const userId = owner(c);
  for (const { member } of followed(c, userId))
    c.store.threadMembers.put({ ...member, last_viewed: c.now, unread_mentions: 0 });
  c.store.emit({ event: 'thread_read_changed', data: {}, to: { userId, teamId: c.id('team_id') } });
  return ok();
};

export const threadsArea: Area = {
  handlers: {
    getUserThreads,
    getUserThread,
    startFollowingThread: follow(true),
    stopFollowingThread: follow(false),
    updateThreadReadForUser,
    setThreadUnreadByPostId,
    updateThreadsReadForUser,
  },
};
