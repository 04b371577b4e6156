import { forbidden, invalidBody } from '../base/app-error.js';
import { loginCookies } from '../rest/credential.js';
import { isId } from '../base/chance.js';
import { markUnread, unreadOf, viewChannels } from '../changes/reading.js';
import { parseJson } from '../rest/body.js';
import { json } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { channelOf, needInChannel } from '../rest/refusals.js';

/** Records activity of the session, which keeps its connections resumable and may extend it (protocol §2.1, §5.3). */
export function noteActivity(c: Context): Readonly<Record<string, readonly string[]>> {
  const { session, world } = c;
  if (!session) return {};
  world.hub.touch(c.me, session.token);
  return world.sessions.extend(session) ? { 'Set-Cookie': loginCookies(world, c.request, session) } : {};
}

const viewChannel: Handler = (c) => {
  const userId = c.userId();
  const body = c.fields('channel_view', {
    channel_id: 'string',
    prev_channel_id: 'string',
    collapsed_threads_supported: 'boolean',
  });
  const { channel_id = '', prev_channel_id = '', collapsed_threads_supported = false } = body;
  for (const id of [channel_id, prev_channel_id]) if (id && !isId(id)) throw invalidBody('channel_id');
  c.needSelf(userId);
  const ids = [...new Set([channel_id, prev_channel_id])].filter(Boolean);
  const times = viewChannels(c.world, userId, ids, collapsed_threads_supported);
  return { ...json({ status: 'OK', last_viewed_at_times: times }), headers: noteActivity(c) };
};

const readMultipleChannels: Handler = (c) => {
  const userId = c.userId();
  const ids = c.strings('channel_ids');
  c.needSelf(userId);
  return json({ status: 'OK', last_viewed_at_times: viewChannels(c.world, userId, ids, true) });
};

const getChannelUnread: Handler = (c) => {
  const userId = c.userId();
  c.needSelf(userId);
  const channel = channelOf(c);
  needInChannel(c, channel.id, 'read_channel');
  const unread = unreadOf(c.world, channel, userId);
  return json({
    team_id: channel.team_id,
    channel_id: channel.id,
    msg_count: unread.msg_count,
    mention_count: unread.mention_count,
    mention_count_root: unread.mention_count_root,
    ...(c.modern ? { urgent_mention_count: 0 } : {}),
    msg_count_root: unread.msg_count_root,
  });
};

const setPostUnread: Handler = (c) => {
  const userId = c.userId();
  const post = c.store.posts.get(c.id('post_id'));
  c.needSelf(userId);
  if (!post) throw forbidden();
  needInChannel(c, post.channel_id, 'read_channel');
  const body = parseJson(c.bodyText) as { readonly collapsed_threads_supported?: unknown } | null | undefined;
  const marked = markUnread(c.world, post, userId, body?.collapsed_threads_supported === true);
  if (!marked) throw forbidden();
  return json(marked);
};

export const readingArea: Area = { handlers: { viewChannel, readMultipleChannels, getChannelUnread, setPostUnread } };
