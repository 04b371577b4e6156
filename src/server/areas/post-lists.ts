import { forbidden, invalidBody, invalidUrl, Panic } from '../base/app-error.js';
import { isId } from '../base/chance.js';
import { json } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { searchPosts } from '../posts/search.js';
import { changedSince, sliceOf } from '../posts/lists.js';
import { channelOf, mayRead, needRead, postOf } from '../rest/refusals.js';
import { toPost } from '../shapes/post.js';
import type { PostRow } from '../store/messages.js';
import { memberKey } from '../store/places.js';
import { releaseOf } from '../base/version.js';

interface ListView {
  readonly next?: string;
  readonly prev?: string;
  /** Posts that are not in `order`. */
  readonly siblings?: readonly PostRow[];
  readonly collapsed?: boolean;
  readonly hasNext?: boolean;
}

/** A list of posts as on the wire (protocol §7.4). */
export function toPostList(c: Context, rows: readonly PostRow[], view: ListView = {}) {
  const { next = '', prev = '', siblings = [], collapsed = false, hasNext } = view;
  const thread = collapsed ? { viewerId: c.me, extended: c.flag('collapsedThreadsExtended') } : undefined;
  const all = [...rows, ...siblings].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    order: rows.map(({ id }) => id),
    posts: Object.fromEntries(all.map((row) => [row.id, toPost(c.world, row, { collapsed: thread })])),
    next_post_id: next,
    prev_post_id: prev,
    ...(c.modern && hasNext !== undefined ? { has_next: hasNext } : {}),
    ...(c.modern ? { first_inaccessible_post_time: 0 } : {}),
  };
}

/** The posts that come with those of a page: their whole threads, or only the roots (protocol §7.4). */
function siblingsOf(c: Context, rows: readonly PostRow[]): PostRow[] {
  if (c.flag('collapsedThreads')) return [];
  const rootsOnly = c.flag('skipFetchThreads');
  const found = new Map<string, PostRow>();
  for (const row of rows) {
    const root = c.store.posts.get(row.root_id || row.id);
    if (!root) continue;
    for (const one of rootsOnly ? [root] : [root, ...c.store.posts.where('root', root.id)])
      if (one.delete_at === 0) found.set(one.id, one);
  }
  for (const { id } of rows) found.delete(id);
  return [...found.values()];
}

const channelTag = (c: Context, rows: readonly PostRow[]): string =>
  `${releaseOf(c.world.version)}.${rows.reduce((at, row) => Math.max(at, row.update_at), 0)}`;

function readChannel(c: Context) {
  const channel = c.store.channels.get(c.id('channel_id'));
  if (!channel) throw forbidden();
  needRead(c, channel);
  return channel;
}

const getPostsForChannel: Handler = (c) => {
  const { query } = c;
  for (const name of ['before', 'after']) if (query.get(name) && !isId(query.get(name) ?? '')) throw invalidUrl(name);
  const since = query.get('since') ?? '';
  if (since && !/^-?\d+$/.test(since)) throw invalidUrl('since');
  const channel = readChannel(c);
  if (c.flag('include_deleted') && c.modern) c.need('manage_system');
  const all = c.store.posts.where('channel', channel.id);
  const collapsed = c.flag('collapsedThreads');
  if (Number(since) > 0) {
    const history = all.flatMap((row) => c.store.posts.where('original', row.id));
    const changed = changedSince([...all, ...history], Number(since)).filter((row) => !(collapsed && row.root_id));
    return json(toPostList(c, changed, { siblings: siblingsOf(c, changed), collapsed }));
  }
  const before = query.get('before') || undefined;
  const after = query.get('after') || undefined;
  const list = () => {
    const anchor = c.store.posts.get((after ? after : before) ?? '');
    const deleted = c.flag('include_deleted') && c.modern;
    const pool = deleted ? all.map((row) => ({ ...row, delete_at: 0 })) : all;
    const slice = sliceOf(
      pool,
      {
        page: c.number('page', 0),
        perPage: Math.min(c.number('per_page', 60), 200),
        // `before` is ignored if both are given (protocol §7.3).
        ...(after ? { after } : before ? { before } : {}),
        rootsOnly: collapsed,
      },
      anchor,
    );
    const rows = slice.rows.flatMap(({ id }) => c.store.posts.get(id) ?? []);
    return json(toPostList(c, rows, { next: slice.next, prev: slice.prev, siblings: siblingsOf(c, rows), collapsed }));
  };
  return c.tagged(channelTag(c, all), list);
};

const getPostsAroundLastUnread: Handler = (c) => {
  const userId = c.userId();
  c.needSelf(userId);
  const channel = channelOf(c);
  needRead(c, channel);
  const limitAfter = c.query.get('limit_after');
  if (limitAfter === '0') throw invalidUrl('limit_after');
  const before = Math.min(c.number('limit_before', 60), 200);
  const after = Math.min(c.number('limit_after', 60), 200);
  const collapsed = c.flag('collapsedThreads');
  const viewed = c.store.channelMembers.get(memberKey(channel.id, userId))?.last_viewed_at ?? 0;
  const alive = c.store.posts
    .where('channel', channel.id)
    .filter((row) => row.delete_at === 0 && !(collapsed && row.root_id))
    .sort((a, b) => a.create_at - b.create_at);
  const first = alive.findIndex((row) => row.create_at > viewed);
  if (first < 0) {
    const rows = alive.slice(-60).reverse();
    return c.tagged(channelTag(c, alive), () =>
      json(toPostList(c, rows, { siblings: siblingsOf(c, rows), collapsed, prev: alive.at(-61)?.id ?? '' })),
    );
  }
  const from = Math.max(0, first - before);
  const rows = alive.slice(from, first + after).reverse();
  return json(
    toPostList(c, rows, {
      next: alive[first + after]?.id ?? '',
      prev: alive[from - 1]?.id ?? '',
      siblings: siblingsOf(c, rows),
      collapsed,
    }),
  );
};

const getPostThread: Handler = (c) => {
  const text = c.query.get('perPage') ?? '';
  if (c.modern && text) {
    if (/^-\d+$/.test(text)) throw new Panic();
    if (!/^\d+$/.test(text) || Number(text) > 200) throw invalidUrl('perPage');
  }
  const post = postOf(c);
  needRead(c, channelOf(c, post.channel_id));
  const root = post.root_id ? (c.store.posts.get(post.root_id) ?? post) : post;
  const collapsed = c.flag('collapsedThreads');
  const replies = c.store.posts
    .where('root', root.id)
    .filter(({ delete_at }) => delete_at === 0)
    .sort((a, b) => a.create_at - b.create_at || (a.id < b.id ? -1 : 1));
  const tag = `${releaseOf(c.world.version)}.${root.id}.${[root, ...replies].reduce((at, row) => Math.max(at, row.update_at), 0)}`;
  if (!c.modern) return c.tagged(tag, () => json(toPostList(c, [root, root, ...replies], { collapsed })));
  const down = c.query.get('direction') !== 'up';
  const byUpdate = c.query.has('fromUpdateAt');
  const fromTime = c.number(byUpdate ? 'fromUpdateAt' : 'fromCreateAt', 0);
  const fromPost = c.query.get('fromPost') ?? '';
  const timeOf = (row: PostRow): number => (byUpdate ? row.update_at : row.create_at);
  const beyond = (row: PostRow): boolean => {
    if (fromTime === 0) return true;
    const delta = timeOf(row) - fromTime || (fromPost ? (row.id > fromPost ? 1 : row.id < fromPost ? -1 : 0) : 0);
    return down ? delta > 0 : delta < 0;
  };
  const pool = (down ? replies : [...replies].reverse()).filter(beyond);
  const perPage = Number(text) || pool.length + 1;
  const take = fromTime === 0 && down ? perPage - 1 : perPage;
  const rows = pool.slice(0, take);
  return c.tagged(tag, () => json(toPostList(c, [root, ...rows], { collapsed, hasNext: pool.length > rows.length })));
};

const getPinnedPosts: Handler = (c) => {
  const channel = channelOf(c);
  needRead(c, channel);
  const pinned = c.store.posts.where('channel', channel.id).filter((row) => row.is_pinned && row.delete_at === 0);
  return c.tagged(channelTag(c, pinned), () =>
    json(
      toPostList(
        c,
        pinned.sort((a, b) => a.create_at - b.create_at),
      ),
    ),
  );
};

const getFlaggedPostsForUser: Handler = (c) => {
  const userId = c.userId();
  c.needSelf(userId);
  const inChannel = c.query.get('channel_id');
  const inTeam = c.query.get('team_id');
  const rows = c.store.preferences
    .where('user', userId)
    .filter(({ category }) => category === 'flagged_post')
    .flatMap(({ name }) => c.store.posts.get(name) ?? [])
    .filter((row) => {
      const channel = c.store.channels.get(row.channel_id);
      if (!channel || row.delete_at > 0 || !mayRead(c, channel)) return false;
      return (
        (!inChannel || channel.id === inChannel) && (!inTeam || channel.team_id === inTeam || channel.team_id === '')
      );
    })
    .sort((a, b) => b.create_at - a.create_at);
  return json(toPostList(c, c.page(rows)));
};

/** A search in the database gives at most 100 posts; page 1 is empty (protocol §7.1). */
const search =
  (everywhere: boolean): Handler =>
  (c) => {
    const {
      terms = '',
      is_or_search = false,
      page = 0,
    } = c.fields('body', {
      terms: 'string',
      is_or_search: 'boolean',
      page: 'number',
    });
    if (!terms) throw invalidBody('terms');
    const teamId = everywhere ? undefined : c.id('team_id');
    if (teamId && !c.store.inTeam(teamId, c.me) && !c.can('manage_system')) throw forbidden();
    const rows = page > 0 ? [] : searchPosts(c.world, { userId: c.me, teamId, terms, any: is_or_search });
    return json({ ...toPostList(c, rows), matches: null });
  };

export const postListsArea: Area = {
  handlers: {
    getPostsForChannel,
    getPostsAroundLastUnread,
    getPostThread,
    getPinnedPosts,
    getFlaggedPostsForUser,
    searchPosts: search(false),
    searchPostsInAllTeams: search(true),
  },
};
