import { AppError } from '../base/app-error.js';
import { clearedCookie, loginCookies } from '../rest/credential.js';
import type { Context, Handler } from '../rest/context.js';
import { json, ok } from '../rest/context.js';
import type { Area } from './area.js';
import { takeCode } from '../changes/mfa.js';
import type { UserRow } from '../store/people.js';
import { oneself } from '../shapes/user.js';

/** The error id depends on what users may log in with. */
function badCredentials({ world: { config } }: Context): AppError {
  const ways = ['email', 'username'].filter((way) =>
    config.flag(`EmailSettings.EnableSignInWith${way === 'email' ? 'Email' : 'Username'}`),
  );
  const id = `api.user.login.invalid_credentials_${ways.join('_')}`;
  return new AppError(401, id, 'The login name or the password is wrong.');
}

const refusal = (what: string, text: string): AppError => new AppError(401, what, text);

/** The account of a login name, which is a username or an e-mail address. */
function accountOf({ store, world: { config } }: Context, loginId: string): UserRow | undefined {
  const named = config.flag('EmailSettings.EnableSignInWithUsername') ? store.userNamed(loginId) : undefined;
  return named ?? (config.flag('EmailSettings.EnableSignInWithEmail') ? store.userOfEmail(loginId) : undefined);
}

/** Checks a login. Most failures have the same error id (protocol §5.1). */
function check(c: Context, fields: Readonly<Record<string, string>>): UserRow {
  const { id = '', login_id: loginId = '', password = '', token = '' } = fields;
  const { config } = c.world;
  if (!password) throw new AppError(400, 'api.user.login.blank_pwd.app_error', 'The password must not be empty.');
  const user = id ? c.store.users.get(id) : accountOf(c, loginId.trim().toLowerCase());
  if (!user || user.auth_service) throw badCredentials(c);
  if (user.delete_at > 0) throw refusal('api.user.login.inactive.app_error', 'The account has been deactivated.');
  if (c.store.bots.get(user.id)) throw refusal('api.user.login.bot_login_forbidden.app_error', 'Bots cannot log in.');
  const most = config.number('ServiceSettings.MaximumLoginAttempts');
  if (most > 0 && user.failed_attempts >= most)
    throw refusal('api.user.check_user_login_attempts.too_many.app_error', 'Too many logins have failed.');
  const failed = (error: AppError): AppError => {
    c.store.users.patch(user.id, { failed_attempts: user.failed_attempts + 1 });
    return error;
  };
  if (user.password !== password) throw failed(badCredentials(c));
  if (user.mfa_active) {
    if (!/^\d{6}$/.test(token))
      throw refusal('mfa.validate_token.authenticate.app_error', 'A code of the authenticator is needed.');
    if (!takeCode(c.world, user, token))
      throw failed(refusal('api.user.check_user_mfa.bad_code.app_error', 'The code is not valid.'));
  }
  if (config.flag('EmailSettings.RequireEmailVerification') && !user.email_verified)
    throw refusal('api.user.login.not_verified.app_error', 'The address has not been verified.');
  // Guests need a licence.
  if (user.roles.includes('system_guest')) throw badCredentials(c);
  return user;
}

const login: Handler = (c) => {
  const fields = c.map();
  const user = check(c, fields);
  c.audit('authenticated', user.id);
  const session = c.world.sessions.open(user.id, {
    deviceId: fields['device_id'] ?? '',
    userAgent: c.request.headers['user-agent'] ?? '',
  });
  if (user.failed_attempts > 0) c.store.users.patch(user.id, { failed_attempts: 0 });
  c.audit(`success session_user=${user.id}`, user.id);
  const byScript = c.request.headers['x-requested-with'] === 'XMLHttpRequest';
  return {
    // This answer still has the count of failed logins.
    ...json(oneself(c.world, user)),
    headers: { Token: session.token, ...(byScript ? { 'Set-Cookie': loginCookies(c.world, c.request, session) } : {}) },
  };
};

const logout: Handler = (c) => {
  if (c.session) c.world.sessions.revoke(c.session);
  return { ...ok(), ...(c.session ? { headers: { 'Set-Cookie': [clearedCookie(c.world)] } } : {}) };
};

export const loginArea: Area = { handlers: { login, logout } };
