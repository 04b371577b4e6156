import { expect } from 'vitest';
import {
  BadRequestError,
  FeatureDisabledError,
  ForbiddenError,
  NotFoundError,
  UnauthorizedError,
} from '../../../src/index.js';
import { refusal, refusedWith } from '../kit/refusal.js';
import { authenticator, totp } from '../kit/totp.js';
import { unknownId } from '../kit/names.js';
import type { OperationRules } from './names.js';

type Credentials =
  | 'checkUserMfa'
  | 'generateMfaSecret'
  | 'login'
  | 'loginByCwsToken'
  | 'logout'
  | 'resetPassword'
  | 'sendPasswordResetEmail'
  | 'sendVerificationEmail'
  | 'updateUserMfa'
  | 'updateUserPassword'
  | 'verifyUserEmail'
  | 'verifyUserEmailWithoutToken';

export const credentials: OperationRules<Credentials> = {
  login: [
    'answers the user and the token in a header; refuses a wrong password and a blank one',
    async ({ nobody, alice }) => {
      const answer = await nobody.users.login({ login_id: alice.username, password: alice.password }).response();
      expect(answer.data.id).toBe(alice.id);
      expect(answer.headers.get('token')).toMatch(/^[a-z0-9]{26}$/);
      const wrong = await refusal(
        'login',
        nobody.users.login({ login_id: alice.username, password: 'wrong' }),
        UnauthorizedError,
      );
      expect(wrong.id).toMatch(/^api\.user\.login\.invalid_credentials/);
      const blank = await refusal(
        'login',
        nobody.users.login({ login_id: alice.username, password: '' }),
        BadRequestError,
      );
      expect(blank.id).toBe('api.user.login.blank_pwd.app_error');
    },
  ],
  loginByCwsToken: [
    'is refused without a cloud licence',
    async ({ nobody, needUnlicensed }) => {
      needUnlicensed();
      const call = nobody.users.loginByCwsToken({ login_id: 'nobody', cws_token: unknownId() });
      const error = await refusal('loginByCwsToken', call, FeatureDisabledError);
      expect(error.id).toBe('api.user.login_cws.license.error');
    },
  ],
  logout: [
    'ends the session, and succeeds without one as well',
    async ({ nobody, alice, login }) => {
      const { client } = await login(alice);
      await client.users.logout();
      await refusal('getUser', client.users.getUser('me'), UnauthorizedError);
      expect(await nobody.users.logout()).toEqual({ status: 'OK' });
    },
  ],
  updateUserPassword: [
    'changes the own password; refuses a wrong current one, and others; an admin needs none',
    async ({ admin, bob, nobody, person, needAdmin }) => {
      const someone = await person();
      const next = 'Conf-Pass-2!next';
      const change = someone.client.users.updateUserPassword(someone.id, {
        current_password: someone.password,
        new_password: next,
      });
      expect(await change).toEqual({ status: 'OK' });
      expect((await nobody.users.login({ login_id: someone.username, password: next })).id).toBe(someone.id);
      const wrong = await refusal(
        'updateUserPassword',
        someone.client.users.updateUserPassword(someone.id, { current_password: 'wrong', new_password: next }),
        BadRequestError,
      );
      expect(wrong.id).toBe('api.user.update_password.incorrect.app_error');
      await refusal(
        'updateUserPassword',
        bob.client.users.updateUserPassword(someone.id, { new_password: next }),
        ForbiddenError,
      );
      needAdmin();
      await admin.users.updateUserPassword(someone.id, { new_password: someone.password });
      expect((await nobody.users.login({ login_id: someone.username, password: someone.password })).id).toBe(
        someone.id,
      );
    },
  ],
  sendPasswordResetEmail: [
    'does not show whether an address is known; 400 without one',
    async ({ nobody, need, config }) => {
      need(config['EnableSignInWithEmail'] !== 'false', 'no login by e-mail');
      const answer = await nobody.users.sendPasswordResetEmail({ email: 'nobody@example.test' });
      expect(answer).toEqual({ status: 'OK' });
      await refusal(
        'sendPasswordResetEmail',
        nobody.users.sendPasswordResetEmail({} as { email: string }),
        BadRequestError,
      );
    },
  ],
  resetPassword: [
    'refuses an unknown and a malformed token',
    async ({ nobody }) => {
      const token = `${unknownId()}${unknownId()}${unknownId()}`.slice(0, 64);
      const unknown = await refusal(
        'resetPassword',
        nobody.users.resetPassword({ token, new_password: 'Conf-Pass-2!' }),
        BadRequestError,
      );
      expect(unknown.id).toBe('api.user.reset_password.invalid_link.app_error');
      await refusal(
        'resetPassword',
        nobody.users.resetPassword({ token: 'short', new_password: 'Conf-Pass-2!' }),
        BadRequestError,
      );
      await refusal(
        'resetPassword',
        nobody.users.resetPassword({ code: 'short', new_password: 'Conf-Pass-2!' }),
        BadRequestError,
      );
    },
  ],
  sendVerificationEmail: [
    'does not show whether an address is known; 400 without one',
    async ({ nobody }) => {
      expect(await nobody.users.sendVerificationEmail({ email: 'nobody@example.test' })).toEqual({ status: 'OK' });
      await refusal(
        'sendVerificationEmail',
        nobody.users.sendVerificationEmail({} as { email: string }),
        BadRequestError,
      );
    },
  ],
  verifyUserEmail: [
    'refuses an unknown token',
    async ({ nobody }) => {
      const token = `${unknownId()}${unknownId()}${unknownId()}`.slice(0, 64);
      await refusedWith('verifyUserEmail', nobody.users.verifyUserEmail({ token }), 400, 404);
    },
  ],
  verifyUserEmailWithoutToken: [
    'verifies as an admin, without the hash of the password in the answer; refuses others',
    async ({ admin, bob, carol, needAdmin }) => {
      await refusal(
        'verifyUserEmailWithoutToken',
        bob.client.users.verifyUserEmailWithoutToken(carol.id),
        ForbiddenError,
      );
      needAdmin();
      const user = await admin.users.verifyUserEmailWithoutToken(carol.id);
      expect(user.id).toBe(carol.id);
      expect(Object.keys(user)).not.toContain('password');
    },
  ],
  generateMfaSecret: [
    'gives a secret to the user and refuses others, or says that MFA is off',
    async ({ bob, person, config }) => {
      const someone = await person();
      const own = someone.client.users.generateMfaSecret(someone.id);
      if (config['EnableMultifactorAuthentication'] !== 'true') {
        await refusal('generateMfaSecret', own, FeatureDisabledError);
        return;
      }
      expect((await own).secret).toMatch(/^[A-Z2-7]+$/);
      await refusal('generateMfaSecret', bob.client.users.generateMfaSecret(someone.id), ForbiddenError);
    },
  ],
  updateUserMfa: [
    'needs a good code; from then on a login needs one too, until it is switched off',
    async ({ nobody, person, config, need }) => {
      need(config['EnableMultifactorAuthentication'] === 'true', 'MFA is switched off');
      const someone = await person();
      const { users } = someone.client;
      await refusal('updateUserMfa', users.updateUserMfa(someone.id, {} as { activate: boolean }), BadRequestError);
      const { secret } = await users.generateMfaSecret(someone.id);
      const code = authenticator(secret);
      await refusedWith(
        'updateUserMfa',
        users.updateUserMfa(someone.id, { activate: true, code: wrongCode(secret) }),
        400,
        401,
      );
      await users.updateUserMfa(someone.id, { activate: true, code: code() });
      const login = { login_id: someone.username, password: someone.password };
      const without = await refusal('login', nobody.users.login(login), UnauthorizedError);
      expect(without.id).toBe('mfa.validate_token.authenticate.app_error');
      const bad = await refusal('login', nobody.users.login({ ...login, token: wrongCode(secret) }), UnauthorizedError);
      expect(bad.id).toBe('api.user.check_user_mfa.bad_code.app_error');
      expect((await nobody.users.login({ ...login, token: code() })).id).toBe(someone.id);
      await users.updateUserMfa(someone.id, { activate: false });
      expect((await nobody.users.login(login)).id).toBe(someone.id);
    },
  ],
  checkUserMfa: [
    'says on old servers whether a login needs a code, and is unknown to newer ones',
    async ({ nobody, alice }) => {
      const answer = await Promise.resolve(nobody.users.checkUserMfa({ login_id: alice.username })).catch(
        (error: unknown) => error,
      );
      if (!(answer instanceof NotFoundError)) expect(answer).toEqual({ mfa_required: false });
    },
  ],
};

/** Six digits that are no code of this secret at this time. */
function wrongCode(secret: string): string {
  const good = new Set([-2, -1, 0, 1, 2].map((step) => totp(secret, Date.now() + step * 30_000)));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !good.has(code)) ?? '666666';
}
