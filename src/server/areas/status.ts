import { AppError, invalidBody, noSuchUser, Panic } from '../base/app-error.js';
import { isId } from '../base/chance.js';
import { clearCustomStatus, forgetRecentStatus, never, setCustomStatus } from '../changes/custom-status.js';
import type { CustomStatus } from '../changes/custom-status.js';
import { chooseStatus, setActiveStatus, statusOf } from '../changes/status.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { invalidParam } from '../socket/actions.js';
import type { Action } from '../socket/actions.js';
import { toStatus } from '../shapes/user.js';

/** Unknown users are offline (protocol §9.2). */
const getUserStatus: Handler = (c) => json(toStatus(statusOf(c.world, c.userId())));

const getUsersStatusesByIds: Handler = (c) => {
  const ids = c.strings('user_ids');
  if (!ids.every(isId)) throw invalidBody('user_ids');
  // 5.37 answers one row per repetition (protocol §9.2).
  return json((c.modern ? [...new Set(ids)] : ids).map((id) => toStatus(statusOf(c.world, id))));
};

const choices = ['online', 'away', 'dnd', 'offline'];

const updateUserStatus: Handler = (c) => {
  const id = c.userId();
  const {
    status = '',
    user_id: userId,
    dnd_end_time: endsAt,
  } = c.fields('status', { user_id: 'string', status: 'string', dnd_end_time: 'number' });
  if (userId !== id) throw invalidBody('user_id');
  c.needSelf(id);
  if (!choices.includes(status)) throw invalidBody('status');
  return json(toStatus(chooseStatus(c.world, id, status, endsAt)));
};

const durations = /^(thirty_minutes|one_hour|four_hours|today|this_week|date_and_time)$/;

/** The body of the custom status operations; `undefined` if it is not valid. */
function customStatus(c: Context): CustomStatus | undefined {
  const given = c.fields('custom_status', {
    emoji: 'string',
    text: 'string',
    duration: 'string',
    expires_at: 'string',
  });
  const { emoji = '', text = '', duration = '', expires_at = never } = given;
  return emoji || text
    ? { emoji: emoji || 'speech_balloon', text: text.slice(0, 100), duration, expires_at }
    : undefined;
}

function needCustomStatuses(c: Context): void {
  if (!c.world.config.flag('TeamSettings.EnableCustomUserStatuses'))
    throw new AppError(501, 'api.custom_status.disabled', 'Custom statuses are disabled.');
}

const updateUserCustomStatus: Handler = (c) => {
  const id = c.userId();
  needCustomStatuses(c);
  const status = customStatus(c);
  const endless = status?.duration === '' && status.expires_at === never;
  const timed = status && durations.test(status.duration) && Date.parse(status.expires_at) > c.now;
  if (!status || !(endless || timed)) throw invalidBody('custom_status');
  c.needSelf(id);
  setCustomStatus(c.world, c.user(id, noSuchUser), status);
  return ok();
};

const unsetUserCustomStatus: Handler = (c) => {
  const id = c.userId();
  needCustomStatuses(c);
  c.needSelf(id);
  clearCustomStatus(c.world, c.user(id, noSuchUser));
  return ok();
};

const removeRecentCustomStatus: Handler = (c) => {
  const id = c.userId();
  needCustomStatuses(c);
  const status = customStatus(c);
  if (!status) throw invalidBody('recent_custom_status');
  c.needSelf(id);
  if (!forgetRecentStatus(c.world, id, status)) {
    const error = 'api.custom_status.recent_custom_statuses.delete.app_error';
    throw new AppError(400, error, 'There is no such recent status.');
  }
  return ok();
};

/** The cached statuses of all users, without those who are offline. */
const getStatuses: Action = ({ world }) =>
  Object.fromEntries(
    world.store.statuses.all().flatMap(({ user_id, status }) => (status === 'offline' ? [] : [[user_id, status]])),
  );

const getStatusesByIds: Action = ({ world, data }) => {
  const ids = data['user_ids'];
  if (!Array.isArray(ids) || ids.length === 0) throw invalidParam('user_ids');
  return Object.fromEntries(ids.map((id) => [String(id), statusOf(world, String(id)).status]));
};

const userUpdateActiveStatus: Action = ({ world, session, data }) => {
  const { user_is_active: active, manual } = data;
  if (typeof active !== 'boolean') throw invalidParam('user_is_active');
  setActiveStatus(world, session.user_id, active, manual === true);
  return {};
};

/** Only for statistics. A member that should be a text and is not crashes the server's handler (protocol §1.7). */
const postedNotifyAck: Action = ({ data }) => {
  for (const name of ['status', 'reason'])
    if (data[name] !== undefined && data[name] !== null && typeof data[name] !== 'string') throw new Panic(name);
  return {};
};

export const statusArea: Area = {
  handlers: {
    getUserStatus,
    getUsersStatusesByIds,
    updateUserStatus,
    updateUserCustomStatus,
    unsetUserCustomStatus,
    removeRecentCustomStatus,
    postUserRecentCustomStatusDelete: removeRecentCustomStatus,
  },
  actions: {
    get_statuses: getStatuses,
    get_statuses_by_ids: getStatusesByIds,
    user_update_active_status: userUpdateActiveStatus,
    posted_notify_ack: postedNotifyAck,
  },
};
