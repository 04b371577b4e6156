import { lastValueFrom } from 'rxjs';
import { expect } from 'vitest';
import { ActionError, UnauthorizedError, type SessionChange } from '../../../src/index.js';
import { refusal } from '../kit/refusal.js';
import type { Chapter } from '../kit/rules.js';
import { openSocket } from '../kit/socket.js';
import { watchedSocket } from '../kit/watched-socket.js';
import type { World } from '../kit/world.js';

/** A client with an open socket, watched for changes, and the count of its heartbeats. */
async function watch(world: World, token: string) {
  const { WebSocket, pings } = watchedSocket();
  const client = world.client({ token }, { WebSocket });
  const changes = world.record(client.sessions.changes$);
  await openSocket(world, client);
  return { client, changes, pings };
}

/** A second login of a new user, watched. */
async function watched(world: World) {
  const someone = await world.person();
  const { token, session } = await world.login(someone);
  return { someone, token, session, ...(await watch(world, token)) };
}

/** The session behind the client itself is over. */
const isEnd = ({ type, scope }: SessionChange): boolean =>
  scope === 'current' && (type === 'revoked' || type === 'expired');

/** Ends a session from elsewhere, and expects the watcher to learn of it by its next heartbeat. */
async function expectEnd(
  { client, changes, pings }: Awaited<ReturnType<typeof watch>>,
  act: () => PromiseLike<unknown>,
): Promise<void> {
  await act();
  const before = pings();
  const change = await changes.find('the end of the session', isEnd);
  expect(pings() - before).toBeLessThanOrEqual(1);
  expect(change.origin).toBe('remote');
  await refusal('getUser', client.users.getUser('me'), UnauthorizedError);
}

export const sessions: Chapter = (rule) => {
  rule('a session revoked by another login of the user is recognised', async (world) => {
    const watcher = await watched(world);
    const { someone, session } = watcher;
    await expectEnd(watcher, () => someone.client.users.revokeSession(someone.id, { session_id: session.id }));
  });

  rule('a session revoked by an admin is recognised', async (world) => {
    world.needAdmin();
    const watcher = await watched(world);
    await expectEnd(watcher, () =>
      world.admin.users.revokeSession(watcher.someone.id, { session_id: watcher.session.id }),
    );
  });

  rule('the end of all sessions of the user is recognised', async (world) => {
    const watcher = await watched(world);
    await expectEnd(watcher, () => watcher.someone.client.users.revokeAllSessions(watcher.someone.id));
  });

  rule('a logout elsewhere with the same token is recognised', async (world) => {
    const watcher = await watched(world);
    await expectEnd(watcher, () => world.client({ token: watcher.token }).users.logout());
  });

  rule('a deactivated account is recognised', async (world) => {
    world.needAdmin();
    const watcher = await watched(world);
    await expectEnd(watcher, () => world.admin.users.updateUserActive(watcher.someone.id, { active: false }));
  });

  rule('a disabled and a revoked access token are recognised', async (world) => {
    world.needTokens();
    for (const end of ['disableUserAccessToken', 'revokeUserAccessToken'] as const) {
      const someone = await world.person();
      const made = await world.accessToken(someone);
      const watcher = await watch(world, made.token);
      await expectEnd(watcher, () => world.admin.users[end]({ token_id: made.id }));
    }
  });

  rule('revoking the sessions of a user leaves an access token alone', async (world) => {
    world.needTokens();
    const someone = await world.person();
    const { token } = await world.accessToken(someone);
    const { client, changes } = await watch(world, token);
    await world.admin.users.revokeAllSessions(someone.id);
    await lastValueFrom(client.request('ping'));
    expect((await client.users.getUser('me')).id).toBe(someone.id);
    expect(changes.items.filter(isEnd)).toEqual([]);
  });

  rule(
    'a changed password ends other sessions if the setting says so, and the stream agrees with REST',
    async (world) => {
      const watcher = await watched(world);
      const { someone, client, changes } = watcher;
      await someone.client.users.updateUserPassword(someone.id, {
        current_password: someone.password,
        new_password: 'Conf-Pass-2!changed',
      });
      const alive = await lastValueFrom(client.request('ping')).then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(ActionError);
          return false;
        },
      );
      if (alive) {
        expect((await client.users.getUser('me')).id).toBe(someone.id);
        expect(changes.items.filter(isEnd)).toEqual([]);
      } else {
        await changes.find('the end of the session', isEnd);
      }
      expect((await someone.client.users.getUser('me')).id).toBe(someone.id);
    },
  );

  rule('a change of roles ends nothing', async (world) => {
    world.needAdmin();
    const { someone, client, changes } = await watched(world);
    await world.admin.users.updateUserRoles(someone.id, { roles: 'system_user system_post_all' });
    await lastValueFrom(client.request('ping'));
    expect((await client.users.getUser('me')).id).toBe(someone.id);
    expect(changes.items.filter(isEnd)).toEqual([]);
  });

  rule('what this client does to sessions is reported at once, as local', async (world) => {
    const someone = await world.person();
    const { session } = await world.login(someone);
    const changes = world.record(someone.client.sessions.changes$);
    await someone.client.users.revokeSession(someone.id, { session_id: session.id });
    const change = await changes.find('the own revocation', ({ type }) => type === 'revoked');
    expect(change).toMatchObject({ origin: 'local', sessionId: session.id });
  });

  rule('a dead session is also noticed by the 401 of a REST call, without a socket', async (world) => {
    const someone = await world.person();
    const { client, session } = await world.login(someone);
    const changes = world.record(client.sessions.changes$);
    await client.users.getUser('me');
    await someone.client.users.revokeSession(someone.id, { session_id: session.id });
    await refusal('getUser', client.users.getUser('me'), UnauthorizedError);
    await changes.find('the end of the session', isEnd);
  });

  rule('a login with a password logs in again by itself, and reports a gap', async (world) => {
    const someone = await world.person();
    const client = world.client({ loginId: someone.username, password: someone.password });
    const changes = world.record(client.sessions.changes$);
    const gaps = world.record(client.events.gaps$);
    const states = await openSocket(world, client);
    const seen = states.items.length;
    await someone.client.users.revokeAllSessions(someone.id);
    await changes.find('the new session', ({ type }) => type === 'renewed' || type === 'established');
    await states.when('the socket to be ready again', (all) =>
      all.slice(seen).some(({ status }) => status === 'ready'),
    );
    await gaps.find('a gap', () => true);
    expect((await client.users.getUser('me')).id).toBe(someone.id);
  });

  rule('a live list of sessions follows what this client does', async (world) => {
    const someone = await world.person();
    const { session } = await world.login(someone);
    const lists = world.record(someone.client.sessions.list(someone.id));
    const has = (list: readonly { readonly id: string }[]): boolean => list.some(({ id }) => id === session.id);
    await lists.find('the session in the list', has);
    await someone.client.users.revokeSession(someone.id, { session_id: session.id });
    await lists.find('a list without the session', (list) => !has(list));
  });

  rule('everybody signed out by an admin is recognised', async (world) => {
    world.needAdmin();
    world.need(
      world.target.allowDestructive,
      'MATTERMOST_ALLOW_DESTRUCTIVE is not 1: this ends the sessions of strangers',
    );
    const watcher = await watched(world);
    await expectEnd(watcher, () => world.admin.users.revokeSessionsFromAllUsers());
    await world.revive();
  });
};
