import { AppError, invalidBody, invalidUrl } from '../base/app-error.js';
import { loginCookies } from '../rest/credential.js';
import { json, ok } from '../rest/context.js';
import type { Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { toSession } from '../shapes/user.js';

const getSessions: Handler = (c) => {
  const id = c.userId();
  c.needSelf(id);
  const roles = c.store.users.get(id)?.roles ?? '';
  const rows = c.store.sessions.where('user', id).sort((a, b) => b.last_activity_at - a.last_activity_at);
  return json(rows.map((session) => toSession(session, roles)));
};

const revokeSession: Handler = (c) => {
  const id = c.userId();
  c.needSelf(id);
  const { session_id: sessionId = '' } = c.map();
  if (!sessionId) throw invalidBody('session_id');
  const session = c.store.sessions.get(sessionId);
  if (!session) throw new AppError(400, 'app.session.get.app_error', 'There is no such session.');
  if (session.user_id !== id) throw invalidUrl('user_id');
  c.world.sessions.revoke(session);
  c.audit('');
  return ok();
};

const revokeAllSessions: Handler = (c) => {
  const id = c.userId();
  c.needSelf(id);
  c.world.sessions.revokeAllOf(id);
  c.audit('');
  return ok();
};

const revokeSessionsFromAllUsers: Handler = (c) => {
  c.need('manage_system');
  c.world.sessions.revokeEveryone();
  return ok();
};

/** Sets the device of a session. It becomes a mobile session, and other sessions with that device end. */
const attachDeviceExtraProps: Handler = (c) => {
  const {
    device_id: deviceId = '',
    device_notification_disabled: muted,
    mobile_version: mobile,
  } = c.modern
    ? c.fields('device', {
        device_id: 'string',
        device_notification_disabled: 'string',
        mobile_version: 'string',
      })
    : c.map();
  if (!c.modern && !deviceId) throw invalidBody('device_id');
  if (c.modern && muted !== undefined && !/^(true|false)$/.test(muted))
    throw invalidBody('device_notification_disabled');
  if (c.modern && mobile !== undefined && !/^\d+\.\d+\.\d+/.test(mobile)) throw invalidBody('mobile_version');
  const { session } = c;
  if (!session) return ok();
  c.audit('');
  const props = {
    ...session.props,
    ...(c.modern && muted !== undefined ? { device_notification_disabled: muted } : {}),
    ...(c.modern && mobile !== undefined ? { mobile_version: mobile } : {}),
  };
  if (!deviceId) {
    c.store.sessions.patch(session.id, { props });
    return ok();
  }
  const changed = c.world.sessions.attachDevice({ ...session, props }, deviceId);
  return { ...ok(), headers: { 'Set-Cookie': loginCookies(c.world, c.request, changed).slice(0, 1) } };
};

export const userSessionsArea: Area = {
  handlers: { getSessions, revokeSession, revokeAllSessions, revokeSessionsFromAllUsers, attachDeviceExtraProps },
};
