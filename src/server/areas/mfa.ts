import { AppError, invalidBody, noSuchUser } from '../base/app-error.js';
import { changeUser } from '../changes/users.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { defaultPicture } from '../files/default-picture.js';
import { takeCode } from '../changes/mfa.js';
import { totpSecret } from '../auth/totp.js';

function needMfa(c: Context): void {
  if (!c.world.config.flag('ServiceSettings.EnableMultifactorAuthentication'))
    throw new AppError(501, 'mfa.mfa_disabled.app_error', 'Multi-factor authentication is disabled.');
}

/** The picture is no real QR code. Use the secret beside it. */
const generateMfaSecret: Handler = (c) => {
  const id = c.userId();
  c.needSelf(id);
  needMfa(c);
  const user = c.user(id, noSuchUser);
  const secret = totpSecret(c.world.chance);
  c.store.users.patch(user.id, { mfa_secret: secret });
  return json({ secret, qr_code: globalThis.btoa(String.fromCharCode(...defaultPicture(secret))) });
};

const updateUserMfa: Handler = (c) => {
  const id = c.userId();
  const { activate, code = '' } = c.fields('activate', { activate: 'boolean', code: 'string' });
  if (activate === undefined) throw invalidBody('activate');
  if (activate && !code) throw invalidBody('code');
  c.needSelf(id);
  const user = c.user(id, noSuchUser);
  if (activate) {
    needMfa(c);
    if (!takeCode(c.world, user, code))
      throw new AppError(401, 'mfa.activate.bad_token.app_error', 'The code is not valid.');
  }
  changeUser(c.world, user.id, { mfa_active: activate, ...(activate ? {} : { mfa_secret: '', mfa_used: [] }) });
  c.world.hub.invalidateUser(user.id);
  return ok();
};

/** 5.37 answers, without a session, whether a login needs a code. */
const checkUserMfa: Handler = (c) => {
  const loginId = (c.map()['login_id'] ?? '').toLowerCase();
  if (!loginId) throw invalidBody('login_id');
  const user = c.store.userNamed(loginId) ?? c.store.userOfEmail(loginId);
  return json({ mfa_required: user?.mfa_active === true });
};

export const mfaArea: Area = { handlers: { generateMfaSecret, updateUserMfa, checkUserMfa } };
