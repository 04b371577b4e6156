import { utf8Text } from '../base/text.js';
import { AppError } from '../base/app-error.js';
import { changeUser } from '../changes/users.js';
import { ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { partOf } from '../rest/multipart.js';
import { toUser } from '../shapes/user.js';
import { botOf } from './bots.js';

/** Icons of bots: only on 5.37, and only SVG. */
const getBotIconImage: Handler = (c) => {
  const { icon, icon_update_at: at = 0 } = botOf(c, 'read');
  if (!icon) throw new AppError(404, 'api.bot.get_bot_icon_image.read.app_error', 'The bot has no icon.');
  const headers = { 'Cache-Control': 'max-age=86400, private' };
  return c.tagged(String(at), () => ({ status: 200, body: icon, type: 'image/svg+xml', headers }));
};

const setBotIconImage: Handler = (c) => {
  const bot = botOf(c, 'manage');
  const icon = partOf(c.request, 'image');
  if (!icon)
    throw new AppError(400, 'api.bot.set_bot_icon_image.no_file.app_error', 'The form must have a field `image`.');
  if (!utf8Text(icon).includes('<svg'))
    throw new AppError(400, 'api.bot.set_bot_icon_image.parse.app_error', 'The image must be an SVG.');
  c.store.bots.put({ ...bot, icon, icon_update_at: c.now });
  return emitIcon(c, bot.user_id);
};

const deleteBotIconImage: Handler = (c) => {
  const { icon: _, icon_update_at: __, ...bot } = botOf(c, 'manage');
  c.store.bots.put(bot);
  return emitIcon(c, bot.user_id);
};

function emitIcon(c: Context, userId: string) {
  const user = changeUser(c.world, userId, { last_picture_update: c.now });
  c.store.emit({ event: 'user_updated', data: { user: toUser(c.world, user, 'other') }, to: {} });
  return ok();
}

export const botIconsArea: Area = { handlers: { getBotIconImage, setBotIconImage, deleteBotIconImage } };
