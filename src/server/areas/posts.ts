import { runes } from '../base/text.js';
import { AppError, forbidden, invalidBody, noSuchUser } from '../base/app-error.js';
import { addEphemeralPost } from '../changes/ephemeral-posts.js';
import { addPost, deletePost, editPost, emitViewed, pinPost } from '../changes/posts.js';
import { setOnline } from '../changes/status.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { channelOf, mayRead, needInChannel, needRead, postOf } from '../rest/refusals.js';
import { filesOf } from '../files/of-post.js';
import { withAttachments } from '../posts/attachments.js';
import { toFileInfo } from '../shapes/file.js';
import { toPost } from '../shapes/post.js';
import type { PostRow } from '../store/messages.js';
import { releaseOf } from '../base/version.js';
import { noteActivity } from './reading.js';

const postFields = {
  id: 'string',
  channel_id: 'string',
  root_id: 'string',
  message: 'string',
  type: 'string',
  props: 'object',
  file_ids: 'strings',
  pending_post_id: 'string',
  create_at: 'number',
  is_pinned: 'boolean',
  has_reactions: 'boolean',
  metadata: 'object',
} as const;

/** How long a key is remembered, from the start of its request (protocol §9.1). */
const pendingMs = 30_000;

/** The post that was created with a key, if there is one and the requesting user may read it. */
function repeated(c: Context, key: string): PostRow | undefined {
  const known = c.store.pendingPosts.get(key);
  if (!known || known.expires_at <= c.now) return undefined;
  const post = c.store.posts.get(known.post_id);
  if (!post || post.delete_at > 0)
    throw new AppError(
      500,
      'api.post.deduplicate_create_post.failed_to_get',
      'The post with that key has been deleted.',
    );
  const channel = c.store.channels.get(post.channel_id);
  return !c.modern || (channel && mayRead(c, channel)) ? post : undefined;
}

function checkMessage(c: Context, message: string, props: object): void {
  const most = c.world.config.client(true)['MaxPostSize'];
  if (runes(message) > Number(most ?? 16_383))
    throw new AppError(
      400,
      c.modern ? 'model.post.is_valid.message_length.app_error' : 'model.post.is_valid.msg.app_error',
      'The message is too long.',
    );
  if (runes(JSON.stringify(props)) > (c.modern ? 800_000 : 8_000))
    throw new AppError(400, 'model.post.is_valid.props.app_error', 'The props are too large.');
}

const createPost: Handler = (c) => {
  const body = c.fields('post', postFields);
  const { channel_id = '', root_id = '', message = '', type = '', pending_post_id: key = '', create_at = 0 } = body;
  const { props = {}, file_ids = [], metadata } = body;
  needInChannel(c, channel_id, 'create_post');
  const channel = channelOf(c, channel_id);
  if (c.modern && metadata?.['priority'])
    throw new AppError(501, 'license_error.feature_unavailable', 'Priorities need a licence.');
  if (type && type !== 'me' && !type.startsWith('custom_'))
    throw new AppError(400, 'api.context.invalid_param.app_error', 'That type is reserved for the server.');
  const old = key ? repeated(c, key) : undefined;
  // The answer for a repeated key has neither the key nor metadata.
  if (old) {
    if (!c.modern) emitViewed(c.world, old);
    return json(toPost(c.world, old, { withMetadata: false }), 201);
  }
  if (channel.delete_at > 0)
    throw new AppError(400, 'api.post.create_post.can_not_post_to_deleted.error', 'The channel is archived.');
  const root = root_id ? c.store.posts.get(root_id) : undefined;
  if (root_id && (!root || root.root_id || root.channel_id !== channel.id || root.delete_at > 0))
    throw new AppError(400, 'api.post.create_post.root_id.app_error', 'There is no such root post.');
  if (file_ids.length > 10)
    throw new AppError(400, 'model.post.is_valid.file_ids.app_error', 'A post must have at most 10 files.');
  checkMessage(c, message, props);
  const bot = c.store.bots.get(c.me);
  const post = addPost(c.world, {
    channel_id: channel.id,
    user_id: c.me,
    root_id,
    message,
    type,
    props: withAttachments(bot ? { ...props, from_bot: 'true' } : props),
    fileIds: file_ids,
    ...(create_at > 0 && c.can('manage_system') ? { create_at } : {}),
    pendingId: key,
    setOnline: c.query.get('set_online') !== 'false',
  });
  if (key) c.store.pendingPosts.put({ key, post_id: post.id, expires_at: c.now + pendingMs });
  if (c.query.get('set_online') !== 'false') setOnline(c.world, c.me);
  return { ...json(toPost(c.world, post, { pendingId: key }), 201), headers: noteActivity(c) };
};

const createPostEphemeral: Handler = (c) => {
  const { user_id = '', post } = c.fields('body', { user_id: 'string', post: 'object' });
  if (!user_id || !post) throw invalidBody('user_id');
  c.need('create_post_ephemeral');
  const text = (name: string): string => (typeof post[name] === 'string' ? post[name] : '');
  c.user(user_id, noSuchUser);
  const made = addEphemeralPost(c.world, user_id, {
    channel_id: channelOf(c, text('channel_id')).id,
    root_id: text('root_id'),
    message: text('message'),
    author: c.me,
  });
  const { remote_id: _, ...shown } = { remote_id: '', ...made };
  return json({ ...shown, update_at: 0 }, 201);
};

/** The post of the path. Throws unless the requesting user may read it. */
function readable(c: Context): PostRow {
  const post = postOf(c);
  needRead(c, channelOf(c, post.channel_id));
  return post;
}

const postTag = (c: Context, post: PostRow): string => `${releaseOf(c.world.version)}.${post.id}.${post.update_at}`;

const getPost: Handler = (c) => {
  // 5.37 does not know the parameter.
  const any = c.modern && c.flag('include_deleted');
  if (any) c.need('manage_system');
  const post = (any ? c.store.posts.get(c.id('post_id')) : undefined) ?? readable(c);
  return c.tagged(postTag(c, post), () => json(toPost(c.world, post)));
};

const getPostsByIds: Handler = (c) => {
  const ids = c.strings('post_ids');
  if (ids.length > 1000)
    throw new AppError(400, 'api.post.posts_by_ids.invalid_body.request_error', 'There must be at most 1000 ids.');
  const posts = [...new Set(ids)].flatMap((id) => {
    const post = c.store.posts.get(id);
    const channel = post && c.store.channels.get(post.channel_id);
    return post && channel && !post.original_id && mayRead(c, channel) ? [post] : [];
  });
  if (posts.length === 0) throw new AppError(404, 'app.post.get.app_error', 'There are no such posts.');
  return json(posts.sort((a, b) => b.create_at - a.create_at).map((post) => toPost(c.world, post)));
};

const getPostInfo: Handler = (c) => {
  const post = postOf(c);
  const channel = channelOf(c, post.channel_id);
  const team = c.store.teams.get(channel.team_id);
  if (!mayRead(c, channel)) throw new AppError(404, 'app.post.get.app_error', 'There is no such post.');
  return json({
    channel_id: channel.id,
    channel_type: channel.type,
    channel_display_name: channel.display_name,
    has_joined_channel: c.store.inChannel(channel.id, c.me),
    ...(team
      ? {
          team_id: team.id,
          team_type: team.type,
          team_display_name: team.display_name,
          has_joined_team: c.store.inTeam(team.id, c.me),
        }
      : {}),
  });
};

/** Whether the requesting user may change a post. Own posts and posts of others need different permissions. */
function needEdit(c: Context, post: PostRow): void {
  needInChannel(c, post.channel_id, post.user_id === c.me ? 'edit_post' : 'edit_others_posts');
}

const updatePost: Handler = (c) => {
  const { id, message, props, is_pinned } = c.fields('post', postFields);
  if (id !== c.id('post_id')) throw invalidBody('id');
  const post = postOf(c);
  needEdit(c, post);
  checkMessage(c, message ?? '', props ?? {});
  const change = { message: message ?? '', ...(props && { props }), ...(is_pinned === undefined ? {} : { is_pinned }) };
  return json(toPost(c.world, editPost(c.world, post, change)));
};

const patchPost: Handler = (c) => {
  const { message, props, is_pinned, has_reactions } = c.fields('post', postFields);
  const post = postOf(c);
  needEdit(c, post);
  checkMessage(c, message ?? '', props ?? {});
  const change = {
    ...(message === undefined ? {} : { message }),
    ...(props && { props }),
    ...(is_pinned === undefined ? {} : { is_pinned }),
    ...(has_reactions === undefined ? {} : { has_reactions }),
  };
  return json(toPost(c.world, editPost(c.world, post, change)));
};

const remove: Handler = (c) => {
  const id = c.id('post_id');
  const post = c.modern ? postOf(c) : c.store.posts.get(id);
  if (!post || post.delete_at > 0) throw forbidden();
  needInChannel(c, post.channel_id, post.user_id === c.me ? 'delete_post' : 'delete_others_posts');
  deletePost(c.world, post, c.me);
  return ok();
};

const pin =
  (pinned: boolean): Handler =>
  (c) => {
    const post = readable(c);
    needInChannel(c, post.channel_id, 'read_channel_content');
    pinPost(c.world, post, pinned);
    return ok();
  };

const getEditHistoryForPost: Handler = (c) => {
  const post = postOf(c);
  if (post.user_id !== c.me) throw forbidden();
  const versions = c.store.posts.where('original', post.id).sort((a, b) => b.update_at - a.update_at);
  if (versions.length === 0) throw new AppError(404, 'app.post.get.app_error', 'The post was never edited.');
  return json(versions.map((row) => toPost(c.world, row)));
};

const restorePostVersion: Handler = (c) => {
  const post = postOf(c);
  if (post.user_id !== c.me) throw forbidden();
  const version = c.store.posts.get(c.id('restore_version_id'));
  if (version?.original_id !== post.id)
    throw new AppError(404, 'app.post.restore_post_version.not_an_history_item.app_error', 'There is no such version.');
  return json(toPost(c.world, editPost(c.world, post, { message: version.message })));
};

const getFileInfosForPost: Handler = (c) => {
  const post = readable(c);
  const files = filesOf(c.world, post.id);
  const latest = Math.max(...files.map(({ update_at }) => update_at));
  const tag = releaseOf(c.world.version) + (files.length > 0 ? `.${post.id}.${latest}` : '');
  const headers = { 'Cache-Control': 'max-age=2592000, private' };
  return c.tagged(tag, () => ({ ...json(files.map((file) => toFileInfo(c.world, file))), headers }));
};

const notBurnOnRead =
  (verb: string): Handler =>
  (c) => {
    readable(c);
    throw new AppError(400, `app.${verb}_post.not_burn_on_read.app_error`, 'The post must be one that burns on read.');
  };

const setPostReminder: Handler = (c) => {
  const post = readable(c);
  const { target_time } = c.fields('target_time', { target_time: 'number' });
  if (target_time === undefined) throw invalidBody('target_time');
  addEphemeralPost(c.world, c.userId(), {
    channel_id: post.channel_id,
    message: 'You will be reminded of this message.',
  });
  return ok();
};

export const postsArea: Area = {
  handlers: {
    createPost,
    createPostEphemeral,
    getPost,
    getPostsByIds,
    getPostInfo,
    updatePost,
    patchPost,
    deletePost: remove,
    pinPost: pin(true),
    unpinPost: pin(false),
    getEditHistoryForPost,
    restorePostVersion,
    getFileInfosForPost,
    setPostReminder,
    revealPost: notBurnOnRead('reveal'),
    burnPost: notBurnOnRead('burn'),
  },
};
