import { AppError, invalidBody, noSuchUser } from '../base/app-error.js';
import { mailToken, mailTokenLength, takeMailToken } from '../changes/mails.js';
import { changeUser, checkPassword, emitUserUpdated } from '../changes/users.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { leakedUser, userFor } from '../shapes/user.js';

/** Sets a new password. With `TerminateSessionsOnPasswordChange` all other sessions end (protocol §5.5). */
function setPassword(c: Context, userId: string, password: string): void {
  checkPassword(c.world, password, 'changed');
  const { store, world } = c;
  changeUser(world, userId, { password, last_password_update: c.now, failed_attempts: 0 });
  if (!world.config.flag('ServiceSettings.TerminateSessionsOnPasswordChange')) return;
  for (const session of store.sessions.where('user', userId))
    if (session.id !== c.session?.id && session.access_token_id === undefined) world.sessions.revoke(session);
}

const updateUserPassword: Handler = (c) => {
  const id = c.userId();
  const { current_password: current, new_password: password = '' } = c.fields('password', {
    current_password: 'string',
    new_password: 'string',
    already_hashed: 'string',
  });
  c.audit('attempted');
  if (c.me !== id) {
    if (!c.can('edit_other_users'))
      throw new AppError(
        403,
        'api.user.update_password.context.app_error',
        'The password of another user cannot be changed.',
      );
    setPassword(c, c.user(id, noSuchUser).id, password);
  } else {
    if (!current) throw invalidBody('current_password');
    if (c.user(id, noSuchUser).password !== current)
      throw new AppError(400, 'api.user.update_password.incorrect.app_error', 'The current password is wrong.');
    setPassword(c, id, password);
  }
  c.audit('completed');
  return ok();
};

const sendPasswordResetEmail: Handler = (c) => {
  const email = (c.map()['email'] ?? '').toLowerCase();
  if (!email) throw invalidBody('email');
  const user = c.store.userOfEmail(email);
  // The answer must not show whether an address is known.
  if (user) mailToken(c.world, 'password_recovery', user.id, user.email);
  return ok();
};

const resetPassword: Handler = (c) => {
  const { token = '', new_password: password = '' } = c.map();
  if (token.length !== mailTokenLength) throw invalidBody('token');
  const taken = takeMailToken(c.world, 'password_recovery', token);
  if (!taken) throw new AppError(400, 'api.user.reset_password.invalid_link.app_error', 'The code is not valid.');
  if (taken.expired) throw new AppError(400, 'api.user.reset_password.link_expired.app_error', 'The code has expired.');
  setPassword(c, c.user(taken.row.about, noSuchUser).id, password);
  return ok();
};

const resetPasswordFailedAttempts: Handler = (c) => {
  c.need('manage_system');
  c.store.users.patch(c.user(c.userId(), noSuchUser).id, { failed_attempts: 0 });
  return ok();
};

const sendVerificationEmail: Handler = (c) => {
  const email = (c.map()['email'] ?? '').toLowerCase();
  if (!email) throw invalidBody('email');
  const user = c.store.userOfEmail(email);
  if (user) mailToken(c.world, 'verify_email', user.id, user.email);
  return ok();
};

const verifyUserEmail: Handler = (c) => {
  const { token = '' } = c.map();
  if (token.length !== mailTokenLength) throw invalidBody('token');
  const taken = takeMailToken(c.world, 'verify_email', token);
  if (!taken) throw new AppError(400, 'api.user.verify_email.bad_link.app_error', 'The code is not valid.');
  if (taken.expired) throw new AppError(400, 'api.user.verify_email.link_expired.app_error', 'The code has expired.');
  verify(c, taken.row.about);
  return ok();
};

function verify(c: Context, userId: string): void {
  emitUserUpdated(c.world, changeUser(c.world, c.user(userId, noSuchUser).id, { email_verified: true }));
}

const verifyUserEmailWithoutToken: Handler = (c) => {
  c.need('manage_system');
  const before = c.user(c.userId(), noSuchUser);
  verify(c, before.id);
  // The answer is the user before the change.
  return json(c.modern ? userFor(c.world, before, c.session) : leakedUser(c.world, before));
};

export const passwordsArea: Area = {
  handlers: {
    updateUserPassword,
    sendPasswordResetEmail,
    resetPassword,
    resetPasswordFailedAttempts,
    sendVerificationEmail,
    verifyUserEmail,
    verifyUserEmailWithoutToken,
  },
};
