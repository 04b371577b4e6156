import type { BotRow, SessionRow, StatusRow, UserRow } from '../store/people.js';
import { releaseOf } from '../base/version.js';
import type { World } from '../world.js';

/**
 * How much of a user is shown. `self`: everything that is ever sent; `admin`: the same without the time of the password; `other`: what
 * the privacy settings allow.
 */
export type UserView = 'self' | 'admin' | 'other';

/** A user as on the wire, without password and secrets. For the leaks of 5.37 see `leakedUser`. */
export function toUser({ version, modern, config, store }: World, user: UserRow, view: UserView) {
  const other = view === 'other';
  // 5.37 shows admins no more than others, except for hidden names.
  const full = view === 'self' || (view === 'admin' && modern);
  const bot = store.bots.get(user.id);
  const shown = (path: string): boolean => !other || config.flag(path);
  const fullName = shown('PrivacySettings.ShowFullName');
  return {
    id: user.id,
    create_at: user.create_at,
    update_at: user.update_at,
    delete_at: user.delete_at,
    username: user.username,
    ...(version === '5.37' || other ? { auth_data: '' } : {}),
    auth_service: user.auth_service,
    email: shown('PrivacySettings.ShowEmailAddress') ? user.email : '',
    ...(user.email_verified && full ? { email_verified: true } : {}),
    nickname: user.nickname,
    first_name: fullName ? user.first_name : '',
    last_name: fullName ? user.last_name : '',
    position: user.position,
    roles: user.roles,
    ...(Object.keys(user.props).length > 0 ? { props: user.props } : {}),
    ...(full ? { notify_props: user.notify_props } : {}),
    ...(view === 'self' ? { last_password_update: user.last_password_update } : {}),
    ...(user.last_picture_update === 0 ? {} : { last_picture_update: user.last_picture_update }),
    ...(user.failed_attempts > 0 && full ? { failed_attempts: user.failed_attempts } : {}),
    locale: user.locale,
    timezone: user.timezone,
    ...(user.mfa_active && full ? { mfa_active: true } : {}),
    ...(modern ? { remote_id: '' } : {}),
    ...(bot ? { is_bot: true, bot_description: bot.description } : {}),
    disable_welcome_email: false,
  };
}

type Viewer = SessionRow | undefined;
const isAdmin = ({ permissions }: World, viewer: Viewer): boolean => permissions.ofSession(viewer, 'manage_system');

/** A user in a list, where viewers see no more of themselves than of others. */
export const listedUser = (world: World, user: UserRow, viewer: Viewer) =>
  toUser(world, user, isAdmin(world, viewer) ? 'admin' : 'other');

/** Users as they see themselves, with the terms of service that they have accepted. */
export function oneself(world: World, user: UserRow) {
  const terms = world.store.acceptedTerms.get(user.id);
  return {
    ...toUser(world, user, 'self'),
    ...(terms ? { terms_of_service_id: terms.terms_of_service_id, terms_of_service_create_at: terms.create_at } : {}),
  };
}

/** A single user, not in a list. */
export const userFor = (world: World, user: UserRow, viewer: Viewer) =>
  viewer?.user_id === user.id ? oneself(world, user) : listedUser(world, user, viewer);

/** A user after a change, in full for those who may change it. */
export const changedUser = (world: World, user: UserRow, viewer: Viewer) =>
  toUser(world, user, viewer?.user_id === user.id || isAdmin(world, viewer) ? 'self' : 'other');

/** A user as 5.37 sends it in four answers, with the hash of the password (protocol §10). */
export function leakedUser(world: World, user: UserRow) {
  const { auth_data: _, ...rest } = toUser(world, user, 'self');
  return { ...rest, password: `$2a$10$${user.id}${user.id}x` };
}

/** The ETag of a single user (protocol §6.6). */
export function userEtag({ version, config }: World, user: UserRow): string {
  const { ShowFullName, ShowEmailAddress } = config.all['PrivacySettings'] ?? {};
  return `${releaseOf(version)}.${user.id}.${user.update_at}..0.${String(ShowFullName)}.${String(ShowEmailAddress)}.0`;
}

export const toStatus = ({ user_id, status, manual, last_activity_at, dnd_end_time }: StatusRow) => ({
  user_id,
  status,
  manual,
  last_activity_at,
  dnd_end_time,
});

/** A session without its token. */
export const toSession = (session: SessionRow, roles: string) => ({
  id: session.id,
  token: '',
  create_at: session.create_at,
  expires_at: session.expires_at,
  last_activity_at: session.last_activity_at,
  user_id: session.user_id,
  device_id: session.device_id,
  roles,
  is_oauth: session.is_oauth,
  expired_notify: false,
  props: { ...session.props, csrf: session.csrf },
  team_members: [],
  local: false,
});

/** A bot as on the wire. Empty texts are left out. */
export const toBot = ({ display_name, description, ...bot }: BotRow) => ({
  user_id: bot.user_id,
  username: bot.username,
  ...(display_name ? { display_name } : {}),
  ...(description ? { description } : {}),
  owner_id: bot.owner_id,
  create_at: bot.create_at,
  update_at: bot.update_at,
  delete_at: bot.delete_at,
});
