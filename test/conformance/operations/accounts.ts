import { expect } from 'vitest';
import {
  BadRequestError,
  FeatureDisabledError,
  ForbiddenError,
  NotFoundError,
  UnauthorizedError,
} from '../../../src/index.js';
import { refusal, refusedWith } from '../kit/refusal.js';
import { randomName, unknownId } from '../kit/names.js';
import type { OperationRules } from './names.js';

type Accounts =
  | 'convertBotToUser'
  | 'convertUserToBot'
  | 'createUser'
  | 'deleteUser'
  | 'demoteUserToGuest'
  | 'migrateAuthToLdap'
  | 'migrateAuthToSaml'
  | 'patchUser'
  | 'permanentDeleteAllUsers'
  | 'promoteGuestToUser'
  | 'switchAccountType'
  | 'updateUser'
  | 'updateUserActive'
  | 'updateUserAuth'
  | 'updateUserRoles';

export const accounts: OperationRules<Accounts> = {
  createUser: [
    'makes a user; refuses a taken name, a bad address and a short password',
    async ({ admin, nobody, alice, person, config, needAdmin }) => {
      const made = await person();
      expect(await made.client.users.getUser('me')).toMatchObject({ id: made.id, username: made.username });
      needAdmin();
      const create = (user: { username?: string; email?: string; password?: string }): PromiseLike<unknown> => {
        const username = randomName('conf');
        return admin.users.createUser({
          username,
          email: `${username}@example.test`,
          password: 'Conf-Pass-1!',
          ...user,
        });
      };
      const taken = await refusal('createUser', create({ username: alice.username }), BadRequestError);
      expect(taken.id).toBe('app.user.save.username_exists.app_error');
      expect((await refusal('createUser', create({ email: 'no address' }), BadRequestError)).id).toBe(
        'model.user.is_valid.email.app_error',
      );
      await refusal('createUser', create({ password: 'a' }), BadRequestError);
      if (config['EnableOpenServer'] !== 'true') {
        const username = randomName('conf');
        await refusedWith(
          'createUser',
          nobody.users.createUser({ username, email: `${username}@example.test`, password: 'Conf-Pass-1!' }),
          400,
          401,
          403,
          501,
        );
      }
    },
  ],
  patchUser: [
    'changes some fields; refuses a taken name, and others',
    async ({ alice, bob, person }) => {
      const someone = await person();
      const { users } = someone.client;
      expect((await users.patchUser(someone.id, { nickname: 'Nick', position: 'Tester' })).nickname).toBe('Nick');
      expect(await users.getUser('me')).toMatchObject({ nickname: 'Nick', position: 'Tester' });
      const taken = await refusal(
        'patchUser',
        users.patchUser(someone.id, { username: bob.username }),
        BadRequestError,
      );
      expect(taken.id).toBe('app.user.save.username_exists.app_error');
      await refusal('patchUser', alice.client.users.patchUser(someone.id, { nickname: 'x' }), ForbiddenError);
    },
  ],
  updateUser: [
    'replaces a user; refuses others, and another id in the body',
    async ({ alice, bob, person }) => {
      const someone = await person();
      const me = await someone.client.users.getUser('me');
      const updated = await someone.client.users.updateUser(someone.id, { ...me, first_name: 'Firsty' });
      expect(updated.first_name).toBe('Firsty');
      await refusal('updateUser', bob.client.users.updateUser(someone.id, { ...me }), ForbiddenError);
      await refusedWith('updateUser', alice.client.users.updateUser(alice.id, { ...me, id: bob.id }), 400);
    },
  ],
  updateUserRoles: [
    'gives and takes roles as an admin; refuses unknown roles, and others',
    async ({ admin, bob, person, needAdmin }) => {
      needAdmin();
      const someone = await person();
      await admin.users.updateUserRoles(someone.id, { roles: 'system_user system_post_all' });
      expect((await admin.users.getUser(someone.id)).roles).toContain('system_post_all');
      await admin.users.updateUserRoles(someone.id, { roles: 'system_user' });
      expect((await admin.users.getUser(someone.id)).roles).toBe('system_user');
      await refusal(
        'updateUserRoles',
        admin.users.updateUserRoles(someone.id, { roles: 'no_such_role' }),
        BadRequestError,
      );
      await refusal(
        'updateUserRoles',
        bob.client.users.updateUserRoles(someone.id, { roles: 'system_user' }),
        ForbiddenError,
      );
    },
  ],
  updateUserActive: [
    'deactivates and activates as an admin; a deactivated user is locked out; refuses others',
    async ({ admin, bob, nobody, person, needAdmin }) => {
      needAdmin();
      const someone = await person();
      await admin.users.updateUserActive(someone.id, { active: false });
      await refusal('getUser', someone.client.users.getUser('me'), UnauthorizedError);
      const credentials = { login_id: someone.username, password: someone.password };
      const locked = await refusal('login', nobody.users.login(credentials), UnauthorizedError);
      expect(locked.id).toBe('api.user.login.inactive.app_error');
      await admin.users.updateUserActive(someone.id, { active: true });
      expect((await nobody.users.login(credentials)).id).toBe(someone.id);
      await refusal(
        'updateUserActive',
        bob.client.users.updateUserActive(someone.id, { active: false }),
        ForbiddenError,
      );
    },
  ],
  deleteUser: [
    'deactivates as an admin; refuses others; is repeatable',
    async ({ admin, bob, person, needAdmin }) => {
      needAdmin();
      const someone = await person();
      await refusal('deleteUser', bob.client.users.deleteUser(someone.id), ForbiddenError);
      await admin.users.deleteUser(someone.id);
      expect((await admin.users.getUser(someone.id)).delete_at).toBeGreaterThan(0);
      await admin.users.deleteUser(someone.id);
      await refusal('deleteUser', admin.users.deleteUser(unknownId()), NotFoundError);
    },
  ],
  permanentDeleteAllUsers: [
    'is unknown over the network',
    async ({ bob }) => {
      const error = await refusal('permanentDeleteAllUsers', bob.client.users.permanentDeleteAllUsers(), NotFoundError);
      expect(error.id).toBe('api.context.404.app_error');
    },
  ],
  convertUserToBot: [
    'makes a bot of a user as an admin, which owns itself; refuses others',
    async ({ admin, adminUser, bob, person, needAdmin }) => {
      needAdmin();
      const someone = await person();
      await refusal('convertUserToBot', bob.client.users.convertUserToBot(someone.id), ForbiddenError);
      expect(await admin.users.convertUserToBot(someone.id)).toMatchObject({
        user_id: someone.id,
        owner_id: someone.id,
        username: someone.username,
      });
      // Old servers go on giving the account by its id as they remember it.
      const [found] = await admin.users.searchUsers({ term: someone.username });
      expect(found).toMatchObject({ id: someone.id, is_bot: true });
      // As its own owner it could never be deactivated.
      expect((await admin.bots.assignBot(someone.id, adminUser.id)).owner_id).toBe(adminUser.id);
    },
  ],
  convertBotToUser: [
    'makes a user of a bot, who can log in then',
    async ({ admin, nobody, person, needAdmin }) => {
      needAdmin();
      const someone = await person();
      await admin.users.convertUserToBot(someone.id);
      const password = 'Conf-Pass-2!again';
      const user = await admin.users.convertBotToUser(
        someone.id,
        { email: someone.email, username: someone.username, password },
        { set_system_admin: false },
      );
      expect(user.id).toBe(someone.id);
      expect((await nobody.users.login({ login_id: someone.username, password })).id).toBe(someone.id);
    },
  ],
  demoteUserToGuest: [
    'is refused without a licence',
    async ({ admin, person, needAdmin, needUnlicensed }) => {
      needAdmin();
      needUnlicensed();
      const someone = await person();
      const error = await refusal('demoteUserToGuest', admin.users.demoteUserToGuest(someone.id), FeatureDisabledError);
      expect(error.status).toBe(501);
    },
  ],
  promoteGuestToUser: [
    'is refused for one who is no guest',
    async ({ admin, person, needAdmin }) => {
      needAdmin();
      const someone = await person();
      const error = await refusedWith('promoteGuestToUser', admin.users.promoteGuestToUser(someone.id), 501);
      expect(error.id).toMatch(/promote_guest_to_user/);
    },
  ],
  updateUserAuth: [
    'sets another way to log in as an admin; refuses an empty body, and others',
    async ({ admin, bob, person, needAdmin }) => {
      needAdmin();
      const someone = await person();
      const auth = { auth_data: randomName('sso'), auth_service: 'gitlab' };
      await refusal('updateUserAuth', bob.client.users.updateUserAuth(someone.id, auth), ForbiddenError);
      await refusal('updateUserAuth', admin.users.updateUserAuth(someone.id, {}), BadRequestError);
      expect(await admin.users.updateUserAuth(someone.id, auth)).toMatchObject(auth);
      // Old servers go on giving the account by its id as they remember it.
      const [found] = await admin.users.searchUsers({ term: someone.username });
      expect(found).toMatchObject({ id: someone.id, auth_service: 'gitlab' });
    },
  ],
  switchAccountType: [
    'is refused without a licence for LDAP, and 400 without a body',
    async ({ nobody, person, needUnlicensed }) => {
      await refusal('switchAccountType', nobody.users.switchAccountType({} as never), BadRequestError);
      needUnlicensed();
      const someone = await person();
      const error = await refusal(
        'switchAccountType',
        nobody.users.switchAccountType({
          current_service: 'email',
          new_service: 'ldap',
          email: someone.email,
          password: someone.password,
          ldap_id: someone.username,
          new_password: 'x',
        }),
        FeatureDisabledError,
      );
      expect(error.id).toBe('api.user.email_to_ldap.not_available.app_error');
    },
  ],
  migrateAuthToLdap: [
    'is refused without a licence, and to others',
    async ({ admin, bob, needAdmin, needUnlicensed }) => {
      const body = { from: 'email', force: false, match_field: 'email' } as const;
      await refusal('migrateAuthToLdap', bob.client.users.migrateAuthToLdap(body), ForbiddenError);
      needAdmin();
      needUnlicensed();
      await refusal('migrateAuthToLdap', admin.users.migrateAuthToLdap(body), FeatureDisabledError);
    },
  ],
  migrateAuthToSaml: [
    'is refused without a licence, and to others',
    async ({ admin, bob, needAdmin, needUnlicensed }) => {
      const body = { from: 'email', auto: true, matches: {} } as const;
      await refusal('migrateAuthToSaml', bob.client.users.migrateAuthToSaml(body), ForbiddenError);
      needAdmin();
      needUnlicensed();
      await refusal('migrateAuthToSaml', admin.users.migrateAuthToSaml(body), FeatureDisabledError);
    },
  ],
};
