import { AppError, invalidBody, invalidUrl, noSuchUser } from '../base/app-error.js';
import { takeMailToken } from '../changes/mails.js';
import { joinTeam } from '../changes/teams.js';
import { addUser, changeUser, checkIdentity, checkPassword, isEmail, emitUserUpdated } from '../changes/users.js';
import { json } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { changedUser, listedUser, toUser, userEtag, userFor } from '../shapes/user.js';
import type { UserRow } from '../store/people.js';

const profile = {
  username: 'string',
  email: 'string',
  password: 'string',
  nickname: 'string',
  first_name: 'string',
  last_name: 'string',
  position: 'string',
  locale: 'string',
  props: 'object',
  notify_props: 'object',
  timezone: 'object',
} as const;

const createUser: Handler = (c) => {
  const { store, world } = c;
  const { username = '', email = '', password = '', ...rest } = c.fields('user', profile);
  const { config } = world;
  const team = invitingTeam(c);
  if (!c.session && !team && store.users.size > 0) {
    if (!config.flag('TeamSettings.EnableUserCreation'))
      throw new AppError(501, 'api.user.create_user.signup_email_disabled.app_error', 'Sign-up is disabled.');
    if (!config.flag('TeamSettings.EnableOpenServer'))
      throw new AppError(403, 'api.user.create_user.no_open_server', 'Sign-up needs an invitation.');
  }
  checkPassword(world, password);
  const invited = c.query.has('t');
  const fresh = {
    ...(rest as Partial<UserRow>),
    username: username.trim().toLowerCase(),
    email: email.trim().toLowerCase(),
    password,
    // The first user of a server becomes its admin.
    roles: store.users.size === 0 ? 'system_admin system_user' : 'system_user',
    ...(invited ? { email_verified: true } : {}),
  };
  const user = addUser(world, fresh, { silently: invited });
  // If sign-up verifies the address, `user_updated` comes before `new_user`.
  if (invited) {
    emitUserUpdated(world, user);
    store.emit({ event: 'new_user', data: { user_id: user.id }, to: {} });
  }
  if (team) joinTeam(world, team, user.id);
  return json(toUser(world, user, 'self'), 201);
};

/** The team of an invitation, given by its invite id or by the code of a mail. */
function invitingTeam({ query, store, world }: Context) {
  const code = query.get('t');
  if (code !== null) {
    const taken = takeMailToken(world, 'team_invitation', code);
    const team = taken && !taken.expired ? store.teams.get(taken.row.about) : undefined;
    if (!team)
      throw new AppError(400, 'api.user.create_user.signup_link_invalid.app_error', 'The invitation is not valid.');
    return team;
  }
  const invite = query.get('iid');
  if (invite === null) return undefined;
  const [team] = store.teams.where('invite', invite);
  if (!team) throw new AppError(404, 'app.team.get_by_invite_id.finding.app_error', 'There is no such invitation.');
  return team;
}

const one = (c: Context, user: UserRow) => {
  if (c.session) c.world.hub.touch(c.me, c.session.token);
  return json(userFor(c.world, user, c.session));
};

const getUser: Handler = (c) => {
  const user = c.user(c.userId(), noSuchUser);
  return c.tagged(userEtag(c.world, user), () => one(c, user));
};

const getUserByUsername: Handler = (c) => {
  const user = c.store.userNamed(c.param('username'));
  if (!user) throw new AppError(404, 'app.user.get_by_username.app_error', 'There is no user with that name.');
  return c.tagged(userEtag(c.world, user), () => one(c, user));
};

const getUserByEmail: Handler = (c) => {
  const email = c.param('email').toLowerCase();
  if (!isEmail(email)) throw invalidUrl('email');
  const user = c.store.userOfEmail(email);
  if (!user) throw noSuchUser();
  return c.tagged(userEtag(c.world, user), () => one(c, user));
};

const getUsersByIds: Handler = (c) => {
  const ids = c.strings('user_ids');
  const since = c.number('since', 0);
  // 11.6 ignores repeated ids; 5.37 answers one row per repetition (protocol §9.2).
  const users = (c.modern ? [...new Set(ids)] : ids).flatMap((id) => c.store.users.get(id) ?? []);
  return json(users.filter(({ update_at }) => update_at > since).map((user) => listedUser(c.world, user, c.session)));
};

/** Changes a profile and sends the event. Users need their password to change their own address. */
function change(c: Context, user: UserRow, password: string | undefined, wanted: Partial<UserRow>) {
  const newMail = wanted.email !== undefined && wanted.email.toLowerCase() !== user.email;
  if (newMail && c.me === user.id && !c.can('manage_system')) {
    if (password === undefined) throw invalidBody('password');
    if (password !== user.password)
      throw new AppError(400, 'api.user.check_user_password.invalid.app_error', 'The password is wrong.');
  }
  const given = { ...user, ...wanted };
  const next = { ...given, username: given.username.toLowerCase(), email: given.email.toLowerCase() };
  checkIdentity(c.world, next);
  const changed = changeUser(c.world, user.id, next);
  emitUserUpdated(c.world, changed);
  return json(changedUser(c.world, changed, c.session));
}

const patchUser: Handler = (c) => {
  const id = c.userId();
  const { password, ...wanted } = c.fields('user', profile);
  c.needSelf(id);
  return change(c, c.user(id, noSuchUser), password, wanted as Partial<UserRow>);
};

/** Replaces the whole profile: missing fields are emptied. */
const updateUser: Handler = (c) => {
  const id = c.userId();
  const body = c.fields('user', { id: 'string', create_at: 'number', ...profile });
  const { id: given, create_at: createAt, password, ...wanted } = body;
  if (given !== id) throw invalidBody('user_id');
  c.needSelf(id);
  if (!c.modern && !createAt)
    throw new AppError(400, 'model.user.is_valid.create_at.app_error', '`create_at` must be given.');
  const empty = { nickname: '', first_name: '', last_name: '', position: '', props: {} };
  return change(c, c.user(id, noSuchUser), password, { ...empty, ...(wanted as Partial<UserRow>) });
};

export const usersArea: Area = {
  handlers: { createUser, getUser, getUserByUsername, getUserByEmail, getUsersByIds, patchUser, updateUser },
};
