import { AppError, invalidBody } from '../base/app-error.js';
import { json } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { listedUser } from '../shapes/user.js';

const services = new Set(['email', 'gitlab', 'saml', 'google', 'office365']);
const unlicensed = (what: string): AppError =>
  new AppError(501, `api.${what}.not_available.app_error`, 'That needs a licence.');

const migrateAuthToLdap: Handler = (c) => {
  const {
    from = '',
    force,
    match_field: field,
  } = c.fields('ldap', {
    from: 'string',
    force: 'boolean',
    match_field: 'string',
  });
  if (!services.has(from)) throw invalidBody('from');
  if (force === undefined) throw invalidBody('force');
  if (!field) throw invalidBody('match_field');
  c.need('manage_system');
  throw unlicensed('admin.ldap');
};

const migrateAuthToSaml: Handler = (c) => {
  const { from = '', auto, matches } = c.fields('saml', { from: 'string', auto: 'boolean', matches: 'object' });
  if (!services.has(from)) throw invalidBody('from');
  if (auto === undefined) throw invalidBody('auto');
  if (matches === undefined) throw invalidBody('matches');
  c.need('manage_system');
  throw unlicensed('admin.saml');
};

/** A switch to LDAP ends the sessions before it fails for want of a licence (protocol §11, trap 62). */
const switchAccountType: Handler = (c) => {
  const { current_service: from = '', new_service: to = '', email = '', password = '' } = c.map();
  if (!services.has(from) && from !== 'ldap') throw invalidBody('switch_request');
  if (to === 'ldap') {
    const user = accountOf(c, email, password);
    c.world.sessions.revokeAllOf(user.id);
    throw unlicensed('user.email_to_ldap');
  }
  if (from === 'email') {
    accountOf(c, email, password);
    return json({ follow_link: `${c.world.config.text('ServiceSettings.SiteURL')}/oauth/${to}/login` });
  }
  throw invalidBody('switch_request');
};

function accountOf(c: Context, email: string, password: string) {
  const user = c.store.userOfEmail(email);
  if (!user) throw new AppError(404, 'app.user.missing_account.const', 'There is no such user.');
  if (user.password !== password)
    throw new AppError(401, 'api.user.check_user_password.invalid.app_error', 'The password is wrong.');
  return user;
}

/** Users whose address is outside of the domains that may sign up. Refused while everybody may sign up. */
const getUsersWithInvalidEmails: Handler = (c) => {
  c.need('manage_system');
  const { config } = c.world;
  // The real server gives no id here (protocol §6.1).
  if (config.flag('TeamSettings.EnableOpenServer'))
    throw new AppError(400, '<untranslated>', 'Sign-up must be restricted to domains.');
  const domains = config
    .text('TeamSettings.RestrictCreationToDomains')
    .split(/[\s,]+/)
    .filter(Boolean);
  const foreign = c.store.users
    .all()
    .filter(({ email }) => domains.length > 0 && !domains.some((domain) => email.endsWith(`@${domain}`)));
  return json(c.page(foreign).map((user) => listedUser(c.world, user, c.session)));
};

export const loginServicesArea: Area = {
  handlers: { migrateAuthToLdap, migrateAuthToSaml, switchAccountType, getUsersWithInvalidEmails },
};
