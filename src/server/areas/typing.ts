import { AppError, forbidden, serverBusy } from '../base/app-error.js';
import { ok } from '../rest/context.js';
import type { Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { invalidParam } from '../socket/actions.js';
import type { Action } from '../socket/actions.js';
import { isId } from '../base/chance.js';
import type { World } from '../world.js';

/** Sends one event to the channel, except to the typist's own sockets. Without throttle or settings (protocol §4). */
function emitTyping({ store }: World, userId: string, channelId: string, parentId: string): void {
  store.emit({
    event: 'typing',
    data: { parent_id: parentId, user_id: userId },
    to: { channelId, omitUsers: [userId] },
  });
}

const publishUserTyping: Handler = (c) => {
  const userId = c.userId();
  if (c.world.isBusy()) throw serverBusy();
  const { channel_id = '', parent_id = '' } = c.fields('typing_request', { channel_id: 'string', parent_id: 'string' });
  c.needSelf(userId, 'manage_system');
  if (!c.world.permissions.inChannel(userId, channel_id, 'create_post')) throw forbidden();
  emitTyping(c.world, userId, channel_id, parent_id);
  return ok();
};

const userTyping: Action = ({ world, session, data }) => {
  if (world.isBusy()) throw new AppError(503, 'api.websocket_handler.server_busy.app_error', 'The server is busy.');
  world.sessions.extend(session);
  const { channel_id: channelId, parent_id: parentId } = data;
  if (!isId(channelId) || !world.permissions.inChannel(session.user_id, channelId, 'create_post'))
    throw invalidParam('channel_id');
  emitTyping(world, session.user_id, channelId, typeof parentId === 'string' ? parentId : '');
  return {};
};

export const typingArea: Area = { handlers: { publishUserTyping }, actions: { user_typing: userTyping } };
