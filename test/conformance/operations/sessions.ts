import { expect } from 'vitest';
import { BadRequestError, ForbiddenError, NotFoundError, UnauthorizedError } from '../../../src/index.js';
import { refusal, refusedWith } from '../kit/refusal.js';
import { randomName, unknownId } from '../kit/names.js';
import type { OperationRules } from './names.js';

type Sessions =
  | 'attachDeviceId'
  | 'createUserAccessToken'
  | 'disableUserAccessToken'
  | 'enableUserAccessToken'
  | 'getSessions'
  | 'getUserAccessToken'
  | 'getUserAccessTokens'
  | 'getUserAccessTokensForUser'
  | 'revokeAllSessions'
  | 'revokeSession'
  | 'revokeSessionsFromAllUsers'
  | 'revokeUserAccessToken'
  | 'searchUserAccessTokens';

export const sessions: OperationRules<Sessions> = {
  getSessions: [
    'lists the sessions of a user to that user, 403 for others',
    async ({ alice, bob, login }) => {
      const { session } = await login(alice);
      const all = await alice.client.users.getSessions(alice.id);
      expect(all.find(({ id }) => id === session.id)).toMatchObject({ user_id: alice.id });
      await refusal('getSessions', bob.client.users.getSessions(alice.id), ForbiddenError);
    },
  ],
  revokeSession: [
    'ends one session and no other; 400 for an unknown one and for none',
    async ({ person, login }) => {
      const someone = await person();
      const { client, session } = await login(someone);
      expect(await someone.client.users.revokeSession(someone.id, { session_id: session.id })).toEqual({
        status: 'OK',
      });
      await refusal('getUser', client.users.getUser('me'), UnauthorizedError);
      expect((await someone.client.users.getUser('me')).id).toBe(someone.id);
      const unknown = someone.client.users.revokeSession(someone.id, { session_id: unknownId() });
      await refusal('revokeSession', unknown, BadRequestError);
      const none = someone.client.users.revokeSession(someone.id, {} as { session_id: string });
      expect((await refusal('revokeSession', none, BadRequestError)).id).toBe(
        'api.context.invalid_body_param.app_error',
      );
    },
  ],
  revokeAllSessions: [
    'ends all sessions of the user, the own included; refuses others',
    async ({ bob, person, login }) => {
      const someone = await person();
      const { client } = await login(someone);
      await refusal('revokeAllSessions', bob.client.users.revokeAllSessions(someone.id), ForbiddenError);
      await someone.client.users.revokeAllSessions(someone.id);
      await refusal('getUser', client.users.getUser('me'), UnauthorizedError);
      await refusal('getUser', someone.client.users.getUser('me'), UnauthorizedError);
    },
  ],
  revokeSessionsFromAllUsers: [
    'is refused to a plain user',
    async ({ bob }) => {
      await refusal('revokeSessionsFromAllUsers', bob.client.users.revokeSessionsFromAllUsers(), ForbiddenError);
    },
  ],
  attachDeviceId: [
    'attaches a device to the session and ends the older session with that device',
    async ({ person, login }) => {
      const someone = await person();
      const older = await login(someone);
      const newer = await login(someone);
      const device_id = `android_rn:${randomName('device')}`;
      expect(await older.client.users.attachDeviceId({ device_id })).toEqual({ status: 'OK' });
      const listed = await someone.client.users.getSessions(someone.id);
      expect(listed.find(({ id }) => id === older.session.id)?.device_id).toBe(device_id);
      await newer.client.users.attachDeviceId({ device_id });
      await refusal('getUser', older.client.users.getUser('me'), UnauthorizedError);
      expect((await newer.client.users.getUser('me')).id).toBe(someone.id);
    },
  ],
  createUserAccessToken: [
    'makes a token that works as a credential; refuses users without the permission and an empty description',
    async (world) => {
      const { admin, bob, client, person, needTokens } = world;
      needTokens();
      const someone = await person();
      const made = await admin.users.createUserAccessToken(someone.id, { description: randomName('suite ') });
      expect(made).toMatchObject({ user_id: someone.id, is_active: true });
      expect((await client({ token: made.token ?? '' }).users.getUser('me')).id).toBe(someone.id);
      await refusal(
        'createUserAccessToken',
        bob.client.users.createUserAccessToken(bob.id, { description: 'x' }),
        ForbiddenError,
      );
      await refusal(
        'createUserAccessToken',
        admin.users.createUserAccessToken(someone.id, { description: '' }),
        BadRequestError,
      );
    },
  ],
  getUserAccessToken: [
    'shows a token without its secret; refuses others',
    async (world) => {
      world.needTokens();
      const { id } = await world.accessToken(world.carol);
      const shown = await world.admin.users.getUserAccessToken(id);
      expect(shown).toMatchObject({ id, user_id: world.carol.id, is_active: true });
      expect((shown as { token?: string }).token ?? '').toBe('');
      await refusal('getUserAccessToken', world.bob.client.users.getUserAccessToken(id), ForbiddenError);
    },
  ],
  getUserAccessTokens: [
    'lists the tokens of everybody for an admin only',
    async (world) => {
      await refusal('getUserAccessTokens', world.bob.client.users.getUserAccessTokens(), ForbiddenError);
      world.needTokens();
      await world.accessToken(world.carol);
      expect((await world.admin.users.getUserAccessTokens({ page: 0, per_page: 1 })).length).toBe(1);
    },
  ],
  getUserAccessTokensForUser: [
    'lists the tokens of one user',
    async (world) => {
      world.needTokens();
      const someone = await world.person();
      const { id } = await world.accessToken(someone);
      const listed = await world.admin.users.getUserAccessTokensForUser(someone.id, { page: 0, per_page: 10 });
      expect(listed.map((token) => token.id)).toEqual([id]);
    },
  ],
  searchUserAccessTokens: [
    'finds tokens by the name of their user',
    async (world) => {
      world.needTokens();
      const someone = await world.person();
      const { id } = await world.accessToken(someone);
      const found = await world.admin.users.searchUserAccessTokens({ term: someone.username });
      expect(found.map((token) => token.id)).toEqual([id]);
    },
  ],
  disableUserAccessToken: [
    'makes a token useless until it is enabled',
    async (world) => {
      world.needTokens();
      const made = await world.accessToken(world.carol);
      const user = world.client({ token: made.token });
      await user.users.getUser('me');
      expect(await world.admin.users.disableUserAccessToken({ token_id: made.id })).toEqual({ status: 'OK' });
      await refusal('getUser', user.users.getUser('me'), UnauthorizedError);
      const none = world.admin.users.disableUserAccessToken({} as { token_id: string });
      await refusedWith('disableUserAccessToken', none, 400, 404);
    },
  ],
  enableUserAccessToken: [
    'makes a disabled token useful again',
    async (world) => {
      world.needTokens();
      const made = await world.accessToken(world.carol);
      const user = world.client({ token: made.token });
      await world.admin.users.disableUserAccessToken({ token_id: made.id });
      await world.admin.users.enableUserAccessToken({ token_id: made.id });
      expect((await user.users.getUser('me')).id).toBe(world.carol.id);
    },
  ],
  revokeUserAccessToken: [
    'deletes a token for good; 404 for an unknown one',
    async (world) => {
      world.needTokens();
      const made = await world.accessToken(world.carol);
      const user = world.client({ token: made.token });
      await user.users.getUser('me');
      await world.admin.users.revokeUserAccessToken({ token_id: made.id });
      await refusal('getUser', user.users.getUser('me'), UnauthorizedError);
      await refusal('getUserAccessToken', world.admin.users.getUserAccessToken(made.id), NotFoundError);
      await refusal(
        'revokeUserAccessToken',
        world.admin.users.revokeUserAccessToken({ token_id: unknownId() }),
        NotFoundError,
      );
    },
  ],
};
