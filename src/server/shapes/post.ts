import { filesOf } from '../files/of-post.js';
import { threadKey } from '../store/messages.js';
import type { PostRow, ReactionRow } from '../store/messages.js';
import type { World } from '../world.js';
import { toEmoji, toFileInfo } from './file.js';
import { toParticipants } from './participants.js';

export function toReaction({ modern }: World, row: ReactionRow) {
  return {
    user_id: row.user_id,
    post_id: row.post_id,
    emoji_name: row.emoji_name,
    create_at: row.create_at,
    update_at: row.update_at,
    delete_at: 0,
    remote_id: '',
    ...(modern ? { channel_id: row.channel_id } : {}),
  };
}

/** The post of this server that a text links to, if there is one: the server adds a preview of it. */
export function permalinkIn({ store, config }: World, text: string): PostRow | undefined {
  const site = config.text('ServiceSettings.SiteURL');
  const at = site ? text.indexOf(`${site}/`) : -1;
  const id = at < 0 ? undefined : /^[^/\s]+\/pl\/([a-z0-9]{26})/.exec(text.slice(at + site.length + 1))?.[1];
  return id === undefined ? undefined : store.posts.get(id);
}

/** The embeds of a post: the post or the page that it links to, or its message attachments. */
function embedsOf(world: World, row: PostRow): readonly unknown[] {
  const linked = world.modern ? permalinkIn(world, row.message) : undefined;
  const channel = linked && world.store.channels.get(linked.channel_id);
  if (linked && channel) {
    const data = {
      post_id: linked.id,
      post: toPost(world, linked),
      team_name: world.store.teams.get(channel.team_id)?.name ?? '',
      channel_display_name: channel.display_name,
      channel_type: channel.type,
      channel_id: channel.id,
    };
    return [{ type: 'permalink', data }];
  }
  if (row.props['attachments']) return [{ type: 'message_attachment' }];
  const url = /https?:\/\/[^\s<>()]+/.exec(row.message)?.[0];
  return url ? [{ type: 'link', url }] : [];
}

/** The custom emoji in the text of a post and in the reactions to it. */
function emojiOf({ store }: World, row: PostRow, reactions: readonly { readonly emoji_name: string }[]) {
  const named = Array.from(row.message.matchAll(/:([A-Za-z0-9+_-]+):/g), ([, name = '']) => name);
  const names = new Set([...named, ...reactions.map(({ emoji_name }) => emoji_name)]);
  return [...names].flatMap((name) => store.emoji.where('name', name).map(toEmoji));
}

/** The metadata of a post: embeds, emoji, files and reactions. */
function metadataOf(world: World, row: PostRow) {
  const reactions = world.store.reactions.where('post', row.id).map((reaction) => toReaction(world, reaction));
  const embeds = embedsOf(world, row);
  const emojis = emojiOf(world, row, reactions);
  const files = filesOf(world, row.id).map((file) => toFileInfo(world, file));
  return {
    ...(embeds.length > 0 ? { embeds } : {}),
    ...(emojis.length > 0 ? { emojis } : {}),
    ...(files.length > 0 ? { files } : {}),
    ...(reactions.length > 0 ? { reactions } : {}),
  };
}

export interface PostView {
  /** The key that the author sent. Only the first answer and the first event have it. */
  readonly pendingId?: string;
  /** With collapsed threads a root post has its participants, and whether the viewer follows it. */
  readonly collapsed?: { readonly viewerId: string; readonly extended: boolean } | undefined;
  readonly withMetadata?: boolean;
}

/** A post as on the wire. */
export function toPost(world: World, row: PostRow, view: PostView = {}) {
  const { modern, store } = world;
  const { pendingId = '', collapsed, withMetadata = true } = view;
  const root = row.root_id ? store.posts.get(row.root_id) : row;
  const rooted = row.root_id ? undefined : collapsed;
  const thread = row.reply_count === 0 ? undefined : rooted;
  const following = rooted && store.threadMembers.get(threadKey(row.id, rooted.viewerId))?.following === true;
  return {
    id: row.id,
    create_at: row.create_at,
    update_at: row.update_at,
    edit_at: row.edit_at,
    delete_at: row.delete_at,
    is_pinned: row.is_pinned,
    user_id: row.user_id,
    channel_id: row.channel_id,
    root_id: row.root_id,
    ...(modern ? {} : { parent_id: row.root_id }),
    original_id: row.original_id,
    message: row.message,
    type: row.type,
    props: row.props,
    hashtags: row.hashtags,
    ...(modern || row.file_ids?.length ? { file_ids: row.file_ids } : {}),
    pending_post_id: pendingId,
    ...(modern ? { remote_id: '' } : {}),
    ...(row.has_reactions ? { has_reactions: true } : {}),
    reply_count: root?.reply_count ?? 0,
    last_reply_at: thread ? row.last_reply_at : 0,
    participants: thread ? toParticipants(world, row, thread.extended, true) : null,
    // 5.37 says of every root post whether the user follows it.
    ...((modern ? thread && following : rooted) ? { is_following: following } : {}),
    ...(withMetadata ? { metadata: metadataOf(world, row) } : {}),
  };
}
