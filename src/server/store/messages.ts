import { Table } from './table.js';

/** A post as it is stored. Times are milliseconds since the epoch. */
export interface PostRow {
  readonly id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly edit_at: number;
  readonly delete_at: number;
  readonly is_pinned: boolean;
  readonly user_id: string;
  readonly channel_id: string;
  readonly root_id: string;
  /** Of an older version: the id of its post. Empty for a post itself. */
  readonly original_id: string;
  readonly message: string;
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly hashtags: string;
  readonly has_reactions: boolean;
  /** `null` if ids were given and none of them could be attached. */
  readonly file_ids: readonly string[] | null;
  /** Number of replies that are not deleted. Only of a root. */
  readonly reply_count: number;
  readonly last_reply_at: number;
  /** Ids of the authors of replies, the latest last. Only of a root. */
  readonly participants: readonly string[];
}

export interface ReactionRow {
  readonly user_id: string;
  readonly post_id: string;
  readonly emoji_name: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly channel_id: string;
}

/** A user's place in a thread. */
export interface ThreadMemberRow {
  readonly post_id: string;
  readonly user_id: string;
  readonly following: boolean;
  readonly last_viewed: number;
  readonly unread_mentions: number;
  readonly last_updated: number;
}

/** A key that identifies a repeated `POST posts` (protocol §9.1). */
export interface PendingPostRow {
  readonly key: string;
  readonly post_id: string;
  readonly expires_at: number;
}

export interface CategoryRow {
  readonly id: string;
  readonly user_id: string;
  readonly team_id: string;
  readonly sort_order: number;
  readonly sorting: string;
  /** `favorites`, `channels`, `direct_messages` or `custom`. */
  readonly type: string;
  readonly display_name: string;
  readonly muted: boolean;
  readonly collapsed: boolean;
  readonly channel_ids: readonly string[];
}

export interface DraftRow {
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly user_id: string;
  readonly channel_id: string;
  readonly root_id: string;
  readonly message: string;
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
}

export const reactionKey = (postId: string, userId: string, emoji: string): string => `${postId} ${userId} ${emoji}`;
export const threadKey = (postId: string, userId: string): string => `${postId} ${userId}`;
export const draftKey = (userId: string, channelId: string, rootId: string): string =>
  `${userId} ${channelId} ${rootId}`;

export const messageTables = () => ({
  posts: new Table<PostRow, 'channel' | 'root' | 'original'>(({ id }) => id, {
    channel: (row) => (row.original_id ? undefined : row.channel_id),
    root: (row) => (row.original_id ? undefined : row.root_id || undefined),
    original: (row) => row.original_id || undefined,
  }),
  reactions: new Table<ReactionRow, 'post'>((row) => reactionKey(row.post_id, row.user_id, row.emoji_name), {
    post: (row) => row.post_id,
  }),
  threadMembers: new Table<ThreadMemberRow, 'post' | 'user'>((row) => threadKey(row.post_id, row.user_id), {
    post: (row) => row.post_id,
    user: (row) => row.user_id,
  }),
  pendingPosts: new Table<PendingPostRow>(({ key }) => key),
  categories: new Table<CategoryRow, 'owner'>(({ id }) => id, { owner: (row) => `${row.user_id} ${row.team_id}` }),
  drafts: new Table<DraftRow, 'user'>((row) => draftKey(row.user_id, row.channel_id, row.root_id), {
    user: (row) => row.user_id,
  }),
});
