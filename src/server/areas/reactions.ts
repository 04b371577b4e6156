import { toJson } from '../base/to-json.js';
import { AppError, forbidden, invalidBody } from '../base/app-error.js';
import { isId } from '../base/chance.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { isSystemEmoji } from '../files/system-emoji.js';
import { channelOf, mayRead, needInChannel, needRead, postOf } from '../rest/refusals.js';
import { toReaction } from '../shapes/post.js';
import type { PostRow, ReactionRow } from '../store/messages.js';
import { reactionKey } from '../store/messages.js';

const isEmoji = (c: Context, name: string): boolean => isSystemEmoji(name) || c.store.emoji.count('name', name) > 0;

/** Reactions change the update time of their post, but nothing in its channel. */
function emitReaction(c: Context, event: 'reaction_added' | 'reaction_removed', post: PostRow, row: ReactionRow): void {
  c.store.posts.patch(post.id, { update_at: c.now, has_reactions: c.store.reactions.count('post', post.id) > 0 });
  c.store.emit({ event, data: { reaction: toJson(toReaction(c.world, row)) }, to: { channelId: post.channel_id } });
}

const saveReaction: Handler = (c) => {
  const { user_id, post_id, emoji_name } = c.fields('reaction', {
    user_id: 'string',
    post_id: 'string',
    emoji_name: 'string',
  });
  if (!isId(user_id) || !isId(post_id) || !emoji_name)
    throw new AppError(400, 'api.reaction.save_reaction.invalid.app_error', 'The reaction is not valid.');
  if (user_id !== c.me)
    throw new AppError(
      403,
      'api.reaction.save_reaction.user_id.app_error',
      'The reaction must be of the requesting user.',
    );
  const post = c.store.posts.get(post_id);
  if (!post || post.delete_at > 0) throw forbidden();
  needInChannel(c, post.channel_id, 'add_reaction');
  if (c.modern && !isEmoji(c, emoji_name))
    throw new AppError(404, 'app.emoji.get_by_name.no_result', 'There is no such emoji.');
  const old = c.store.reactions.get(reactionKey(post_id, user_id, emoji_name));
  const row = c.store.reactions.put({
    user_id,
    post_id,
    emoji_name,
    create_at: old?.create_at ?? c.now,
    update_at: c.now,
    channel_id: post.channel_id,
  });
  emitReaction(c, 'reaction_added', post, row);
  return json(toReaction(c.world, row));
};

const deleteReaction: Handler = (c) => {
  const userId = c.userId();
  const post = postOf(c);
  const emojiName = c.param('emoji_name');
  needInChannel(c, post.channel_id, 'remove_reaction');
  if (userId !== c.me) c.need('remove_others_reactions');
  const key = reactionKey(post.id, userId, emojiName);
  const row = c.store.reactions.get(key) ?? {
    user_id: userId,
    post_id: post.id,
    emoji_name: emojiName,
    create_at: 0,
    update_at: c.now,
    channel_id: post.channel_id,
  };
  c.store.reactions.delete(key);
  emitReaction(c, 'reaction_removed', post, row);
  return ok();
};

const reactionsOf = (c: Context, postId: string) =>
  c.store.reactions.where('post', postId).map((row) => toReaction(c.world, row));

const getReactions: Handler = (c) => {
  const post = postOf(c);
  needRead(c, channelOf(c, post.channel_id));
  const rows = reactionsOf(c, post.id);
  return json(rows.length > 0 || !c.modern ? rows : null);
};

const getBulkReactions: Handler = (c) => {
  const ids = c.strings('post_ids');
  for (const id of ids) {
    const post = c.store.posts.get(id);
    const channel = post && c.store.channels.get(post.channel_id);
    if (!channel || !mayRead(c, channel)) throw forbidden();
  }
  if (ids.some((id) => !isId(id))) throw invalidBody('post_ids');
  return json(Object.fromEntries(ids.map((id) => [id, reactionsOf(c, id)])));
};

export const reactionsArea: Area = { handlers: { saveReaction, deleteReaction, getReactions, getBulkReactions } };
