import { inspect } from 'node:util';
import { of, throwError } from 'rxjs';
import { expect } from 'vitest';
import { AuthenticationError, UnauthorizedError } from '../../../src/index.js';
import { refusal } from '../kit/refusal.js';
import type { Chapter } from '../kit/rules.js';
import { authenticator } from '../kit/totp.js';
import { openSocket } from '../kit/socket.js';
import { randomName, unknownId } from '../kit/names.js';

export const credentials: Chapter = (rule) => {
  rule('a token may come from a function', async ({ alice, client }) => {
    let asked = 0;
    const user = client({
      token: () => {
        asked++;
        return of(alice.token);
      },
    });
    expect((await user.users.getUser('me')).id).toBe(alice.id);
    expect(asked).toBe(1);
  });

  rule('a personal access token is a credential for REST and for the socket', async (world) => {
    world.needTokens();
    const someone = await world.person();
    const { token } = await world.accessToken(someone);
    const user = world.client({ token });
    expect((await user.users.getUser('me')).id).toBe(someone.id);
    await openSocket(world, user);
  });

  rule('the token of a bot is a credential for REST and for the socket', async (world) => {
    world.needTokens();
    world.need(world.config['EnableBotAccountCreation'] === 'true', 'bots are switched off');
    const bot = await world.admin.bots.createBot({ username: randomName('bot') });
    const { token } = await world.accessToken({ id: bot.user_id });
    const user = world.client({ token });
    expect(await user.users.getUser('me')).toMatchObject({ id: bot.user_id, is_bot: true });
    await openSocket(world, user);
    await world.admin.bots.disableBot(bot.user_id);
  });

  rule('a strategy of the caller is asked for the credential of REST and of the socket', async (world) => {
    const asked: string[] = [];
    const credential = { kind: 'bearer', token: world.alice.token } as const;
    const user = world.client({
      credential: () => {
        asked.push('credential');
        return of(credential);
      },
      renew: () => {
        asked.push('renew');
        return throwError(() => new AuthenticationError('there is no other'));
      },
    });
    expect((await user.users.getUser('me')).id).toBe(world.alice.id);
    await openSocket(world, user);
    expect(asked).toEqual(['credential', 'credential']);
  });

  rule('a login is made once for many calls, and not before the first', async ({ alice, client }) => {
    const sessions = async (): Promise<number> => (await alice.client.users.getSessions(alice.id)).length;
    const before = await sessions();
    const user = client({ loginId: alice.username, password: alice.password });
    expect(await sessions()).toBe(before);
    const answers = await Promise.all([1, 2, 3, 4].map(() => user.users.getSessions(alice.id)));
    expect(answers.every((list) => list.length === before + 1)).toBe(true);
    expect(await sessions()).toBe(before + 1);
  });

  rule('a login whose session was revoked logs in again by itself', async ({ person, client }) => {
    const someone = await person();
    const user = client({ loginId: someone.username, password: someone.password });
    await user.users.getUser('me');
    await someone.client.users.revokeAllSessions(someone.id);
    expect((await user.users.getUser('me')).id).toBe(someone.id);
  });

  rule(
    'a wrong password fails every call with the id of the server, and is not tried again and again',
    async (world) => {
      const someone = await world.person();
      let logins = 0;
      const user = world.client(
        { loginId: someone.username, password: 'wrong' },
        {
          fetch: (input, init) => {
            if (input.endsWith('/users/login')) logins++;
            return fetch(input, init);
          },
        },
      );
      const error = await refusal('getUser', user.users.getUser('me'), AuthenticationError);
      expect(error.id).toMatch(/^api\.user\.login\.invalid_credentials/);
      expect(logins).toBe(1);
      const open = world.record(user.connection.open());
      await open.ended('the socket of a refused login');
      expect(open.end).toMatchObject({ kind: 'error', error: expect.any(AuthenticationError) as unknown });
      expect(logins).toBe(1);
    },
  );

  rule('a login with MFA asks for a code only then', async ({ person, client, config, need }) => {
    need(config['EnableMultifactorAuthentication'] === 'true', 'MFA is switched off');
    const someone = await person();
    const { users } = someone.client;
    const { secret } = await users.generateMfaSecret(someone.id);
    const code = authenticator(secret);
    await users.updateUserMfa(someone.id, { activate: true, code: code() });
    const auth = { loginId: someone.username, password: someone.password };
    const without = await refusal('getUser', client(auth).users.getUser('me'), AuthenticationError);
    expect(without.id).toBe('mfa.validate_token.authenticate.app_error');
    const user = client({ ...auth, mfaToken: code });
    expect((await user.users.getUser('me')).id).toBe(someone.id);
  });

  rule('an unknown token is refused, and shows up in no error', async ({ client }) => {
    const token = unknownId();
    const user = client({ token });
    const error = await refusal('getUser', user.users.getUser('me'), UnauthorizedError);
    expect(error.id).toBe('api.context.session_expired.app_error');
    expect(`${inspect(error, { depth: 9 })}${JSON.stringify(error)}${error.stack}`).not.toContain(token);
    expect(inspect(user, { depth: 9 })).not.toContain(token);
  });
};
