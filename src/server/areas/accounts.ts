import { AppError, invalidBody, noSuchUser } from '../base/app-error.js';
import { removeUser, setActive } from '../changes/accounts.js';
import { changeUser, emitUserUpdated } from '../changes/users.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { isRole } from '../auth/permissions.js';

/** Throws unless users may deactivate their own accounts. This 401 is not about the session (protocol §5.4). */
function checkOwnEnd(c: Context): void {
  if (!c.world.config.flag('TeamSettings.EnableUserDeactivation') && !c.can('manage_system'))
    throw new AppError(401, 'api.user.update_active.not_enable.app_error', 'Users may not deactivate themselves.');
}

const updateUserActive: Handler = (c) => {
  const id = c.userId();
  const { active } = c.fields('active', { active: 'boolean' });
  if (active === undefined) throw invalidBody('active');
  const own = c.me === id && !active;
  if (!own && !c.can('edit_other_users'))
    throw new AppError(
      403,
      'api.user.update_active.permissions.app_error',
      'This account is not permitted to do that.',
    );
  if (own) checkOwnEnd(c);
  setActive(c.world, c.user(id, noSuchUser).id, active);
  c.audit(`user_id=${id} active=${String(active)}`);
  c.store.emit({ event: 'user_activation_status_change', data: {}, to: {} });
  return ok();
};

const deleteUser: Handler = (c) => {
  const id = c.userId();
  c.needSelf(id);
  if (c.me === id) checkOwnEnd(c);
  const { id: userId } = c.user(id, noSuchUser);
  const forGood = c.flag('permanent');
  if (forGood && !(c.world.config.flag('ServiceSettings.EnableAPIUserDeletion') && c.can('manage_system')))
    throw new AppError(401, 'api.user.delete_user.not_enabled.app_error', 'Deleting users permanently is disabled.');
  setActive(c.world, userId, false);
  if (forGood) removeUser(c.world, userId);
  return ok();
};

const updateUserRoles: Handler = (c) => {
  const id = c.userId();
  const { roles = '' } = c.fields('roles', { roles: 'string' });
  const names = roles.split(' ').filter(Boolean);
  if (names.length === 0 || names.some((name) => !/^[a-z0-9_]+$/.test(name)) || names.join() === 'system_admin')
    throw invalidBody('roles');
  c.need('manage_roles');
  const user = c.user(id, noSuchUser);
  if (!names.every(isRole))
    throw new AppError(400, 'app.role.check_roles_exist.role_not_found', 'There is no such role.');
  changeUser(c.world, user.id, { roles: names.join(' ') });
  c.world.hub.invalidateUser(user.id);
  c.store.emit({
    event: 'user_role_updated',
    data: { user_id: user.id, roles: names.join(' ') },
    to: { userId: user.id },
  });
  return ok();
};

const promoteGuestToUser: Handler = (c) => {
  const user = c.user(c.userId(), noSuchUser);
  c.need('promote_guest');
  if (!user.roles.includes('system_guest'))
    throw new AppError(501, 'api.user.promote_guest_to_user.no_guest.app_error', 'The user must be a guest.');
  emitUserUpdated(c.world, changeUser(c.world, user.id, { roles: 'system_user' }));
  return ok();
};

const updateUserAuth: Handler = (c) => {
  const id = c.userId();
  c.need('edit_other_users');
  const { auth_data = '', auth_service = '' } = c.fields('user', { auth_data: 'string', auth_service: 'string' });
  if (!auth_data || !auth_service)
    throw new AppError(
      400,
      'api.user.update_user_auth.invalid_request',
      'The service and its data must both be given.',
    );
  changeUser(c.world, c.user(id, noSuchUser).id, { auth_data, auth_service, password: '' });
  return json({ auth_data, auth_service });
};

const getUserAudits: Handler = (c) => {
  const id = c.userId();
  c.needSelf(id);
  return audits(c, c.store.audits.where('user', id));
};

const getAudits: Handler = (c) => {
  c.need('read_audits');
  return audits(c, c.store.audits.all());
};

/** Newest first. 11.6 answers null for an empty list (protocol §7.1). */
function audits(c: Context, rows: ReturnType<Context['store']['audits']['all']>) {
  const page = c.page(rows.reverse());
  return json(page.length === 0 && c.modern ? null : page);
}

export const accountsArea: Area = {
  handlers: {
    updateUserActive,
    deleteUser,
    updateUserRoles,
    promoteGuestToUser,
    updateUserAuth,
    getUserAudits,
    getAudits,
  },
};
