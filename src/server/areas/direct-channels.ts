import { AppError, forbidden, invalidBody, noSuchUser } from '../base/app-error.js';
import { isId } from '../base/chance.js';
import { directChannel, groupChannel } from '../changes/direct-channels.js';
import { json } from '../rest/context.js';
import type { Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { toChannel } from '../shapes/place.js';

const createDirectChannel: Handler = (c) => {
  const ids = c.strings('user_ids');
  const [first = '', second = c.modern ? first : ''] = ids;
  if (ids.length > 2 || (!c.modern && ids.length !== 2)) throw invalidBody('user_ids');
  if (!isId(first) || !isId(second)) throw invalidBody('user_id');
  c.need('create_direct_channel');
  if (!ids.includes(c.me) && !c.can('manage_system')) throw forbidden();
  for (const id of ids) c.user(id, noSuchUser);
  return json(toChannel(c.world, directChannel(c.world, first, second)), 201);
};

const createGroupChannel: Handler = (c) => {
  const given = c.strings('user_ids');
  if (!given.every(isId)) throw invalidBody('user_id');
  c.need('create_group_channel');
  const ids = [...new Set([...given, c.me])];
  if (ids.length < 3 || ids.length > 8)
    throw new AppError(
      400,
      'api.channel.create_group.bad_size.app_error',
      'A group channel must have three to eight members.',
    );
  if (ids.some((id) => !c.store.users.get(id)))
    throw new AppError(400, 'api.channel.create_group.bad_user.app_error', 'All users must exist.');
  return json(toChannel(c.world, groupChannel(c.world, ids)), 201);
};

export const directChannelsArea: Area = { handlers: { createDirectChannel, createGroupChannel } };
