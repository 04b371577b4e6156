import { AppError } from '../base/app-error.js';
import { toUser } from '../shapes/user.js';
import type { UserRow } from '../store/people.js';
import type { World } from '../world.js';

/** The fields of a new user. Missing ones get the defaults of the server. */
export interface NewUser {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly nickname?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly position?: string;
  readonly locale?: string;
  readonly roles?: string;
  readonly auth_service?: string;
  readonly auth_data?: string;
  readonly email_verified?: boolean;
  readonly props?: Readonly<Record<string, string>>;
  readonly notify_props?: Readonly<Record<string, string>>;
  readonly timezone?: Readonly<Record<string, string>>;
}

const reservedNames = new Set(['all', 'channel', 'matterbot', 'system', 'here']);

export const isUsername = (name: string): boolean => /^[a-z][a-z0-9._-]{2,63}$/.test(name) && !reservedNames.has(name);
export const isEmail = (email: string): boolean =>
  email.length <= 128 && /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(email) && email === email.toLowerCase();

/** Refuses a password that the settings do not allow. 11.6 names what is wrong, 5.37 at most which rules there are. */
export function checkPassword({ config, modern }: World, password: string, how: 'new' | 'changed' = 'new'): void {
  const rules = (
    [
      ['Lowercase', /[a-z]/],
      ['Uppercase', /[A-Z]/],
      ['Number', /\d/],
      ['Symbol', /[^A-Za-z0-9\s]/],
    ] as const
  ).filter(([rule]) => config.flag(`PasswordSettings.${rule}`));
  const missing = rules.filter(([, present]) => !present.test(password));
  const short = password.length < config.number('PasswordSettings.MinimumLength');
  const long = password.length > 72;
  if (!short && !long && missing.length === 0) return;
  const named = (list: typeof rules): string => list.map(([rule]) => `_${rule.toLowerCase()}`).join('');
  const what = modern ? (short ? '_min_length' : long ? '_max_length' : named(missing)) : named(rules);
  const id =
    modern || how === 'changed'
      ? `model.user.is_valid.pwd${what}.app_error`
      : 'api.user.check_user_password.invalid.app_error';
  throw new AppError(400, id, 'The password does not keep the rules of this server.');
}

/** Refuses names and addresses that are malformed or taken by another user. */
export function checkIdentity(
  { store }: World,
  { id, username, email }: Pick<UserRow, 'id' | 'username' | 'email'>,
): void {
  if (!isUsername(username))
    throw new AppError(400, 'model.user.is_valid.username.app_error', 'The username is not valid.');
  if (!isEmail(email))
    throw new AppError(400, 'model.user.is_valid.email.app_error', 'The e-mail address is not valid.');
  const taken = (kind: string): AppError =>
    new AppError(400, `app.user.save.${kind}_exists.app_error`, `That ${kind} is taken.`);
  const byName = store.userNamed(username);
  if (byName && byName.id !== id) throw taken('username');
  const byEmail = store.userOfEmail(email);
  if (byEmail && byEmail.id !== id) throw taken('email');
}

const defaultNotifyProps = (modern: boolean) => ({
  channel: 'true',
  comments: 'never',
  desktop: 'mention',
  desktop_sound: 'true',
  ...(modern ? { desktop_threads: 'all' } : {}),
  email: 'true',
  ...(modern ? { email_threads: 'all' } : {}),
  first_name: 'false',
  mention_keys: '',
  push: 'mention',
  push_status: modern ? 'online' : 'away',
  ...(modern ? { push_threads: 'all' } : {}),
});

/** Creates a user, with an event to everybody unless `silently`. */
export function addUser(world: World, fresh: NewUser, { silently = false } = {}): UserRow {
  const now = world.clock.now();
  const row: UserRow = {
    id: world.chance.id(),
    create_at: now,
    update_at: now,
    delete_at: 0,
    auth_data: '',
    auth_service: '',
    email_verified: false,
    nickname: '',
    first_name: '',
    last_name: '',
    position: '',
    roles: 'system_user',
    props: {},
    notify_props: defaultNotifyProps(world.modern),
    last_password_update: now,
    last_picture_update: 0,
    failed_attempts: 0,
    locale: 'en',
    timezone: { automaticTimezone: '', manualTimezone: '', useAutomaticTimezone: 'true' },
    mfa_active: false,
    mfa_secret: '',
    mfa_used: [],
    last_login: 0,
    ...fresh,
  };
  checkIdentity(world, row);
  world.store.users.put(row);
  for (const [category, name, value] of [
    ['recommended_next_steps', 'hide', 'false'],
    ['tutorial_step', row.id, '0'],
    ...(world.modern ? [['system_notice', 'GMasDM', 'true'] as const] : []),
  ] as const)
    world.store.preferences.put({ user_id: row.id, category, name, value });
  if (!silently) world.store.emit({ event: 'new_user', data: { user_id: row.id }, to: {} });
  return row;
}

/** Changes a user and the time of the last update. */
export function changeUser(world: World, id: string, change: Partial<UserRow>): UserRow {
  return world.store.users.patch(id, { ...change, update_at: world.clock.now() });
}

/** Sends a changed user: on 11.6 in a copy for admins, one for others and one for the user; on 5.37 the public copy to all. */
export function emitUserUpdated(world: World, user: UserRow): void {
  const { store, modern } = world;
  const event = 'user_updated';
  if (!modern) {
    store.emit({ event, data: { user: toUser(world, user, 'other') }, to: {} });
    return;
  }
  const omitUsers = [user.id];
  store.emit({ event, data: { user: toUser(world, user, 'admin') }, to: { omitUsers, copy: 'admins' } });
  store.emit({ event, data: { user: toUser(world, user, 'other') }, to: { omitUsers, copy: 'others' } });
  store.emit({ event, data: { user: toUser(world, user, 'self') }, to: { userId: user.id } });
}
