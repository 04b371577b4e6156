import { describe, expect, it } from 'vitest';
import { AuthenticationError, UnauthorizedError, type Session } from '../../../src/index.js';
import { record, type Tape } from '../../conformance/kit/tape.js';
import { refusal } from '../../conformance/kit/refusal.js';
import { heartbeatMs, openStage, patienceMs } from '../support/stage.js';

/** What a busy machine may take beside the heartbeat, in milliseconds. */
const slackMs = 1_500;

describe.each(['11.6', '5.37'] as const)('the session stream on %s', (version) => {
  it('tells the end of the own session within one heartbeat, once, by the reply to a ping', async () => {
    const { watch, client, bob } = await openStage({ version });
    const watcher = await watch();
    const changes = record(watcher.client.sessions.changes$, patienceMs);
    const current = record(watcher.client.sessions.current$, patienceMs);
    await client(bob.token).users.revokeAllSessions(bob.id);
    const startedMs = performance.now();
    const change = await changes.find('the end', ({ scope, type }) => scope === 'current' && type === 'revoked');
    expect(performance.now() - startedMs).toBeLessThan(heartbeatMs + slackMs);
    expect(change).toMatchObject({ origin: 'remote', userId: bob.id, evidence: { kind: 'reply', status: 401 } });
    await refusal('getUser', watcher.client.users.getUser('me'), UnauthorizedError);
    expect(changes.items).toHaveLength(1);
    expect(current.items.map(({ status }) => status)).toEqual(['active', 'ended']);
  });

  it('tells the end of an account that may not log in again, by the login that a call was refused', async () => {
    const { server, client, bob } = await openStage({ version });
    const admin = server.createUser({ username: 'chief', admin: true });
    const login = client(bob.token, { auth: { loginId: bob.username, password: bob.password } });
    await login.users.getUser('me');
    const changes = record(login.sessions.changes$, patienceMs);
    await client(admin.token).users.updateUserActive(bob.id, { active: false });
    await refusal('getUser', login.users.getUser('me'), AuthenticationError);
    const change = await changes.find('the end', ({ scope, type }) => scope === 'current' && type === 'revoked');
    expect(change.origin).toBe('remote');
    expect(JSON.stringify(changes.items)).not.toContain(bob.password);
  });

  it('lists sessions on after the own one ended where the client can log in again, and errors where it cannot', async () => {
    const { client, bob } = await openStage({ version });
    const pollMs = 50;
    const login = client(bob.token, { auth: { loginId: bob.username, password: bob.password }, pollMs });
    const [listed, cut] = [login, client(bob.token, { pollMs })].map((each) =>
      record(each.sessions.list('me'), patienceMs),
    ) as [Tape<readonly Session[]>, Tape<readonly Session[]>];
    await listed.find('both sessions', (list) => list.length === 2);
    await cut.find('both sessions', (list) => list.length === 2);
    const old = listed.items.at(-1)!.map(({ id }) => id);
    await client(bob.token).users.revokeAllSessions(bob.id);
    await cut.ended('the list of the token');
    expect(cut.end).toMatchObject({ kind: 'error', error: { name: 'UnauthorizedError', code: 'api' } });
    await listed.find('the next session alone', (list) => list.length === 1 && !old.includes(list[0]!.id));
    expect(listed.end).toBeUndefined();
  });

  it('tells of the session that a password client gets by itself after one was revoked', async () => {
    const { client, bob } = await openStage({ version });
    const login = client(bob.token, { auth: { loginId: bob.username, password: bob.password } });
    const changes = record(login.sessions.changes$, patienceMs);
    await changes.find('the first session', ({ type, scope }) => type === 'established' && scope === 'current');
    await client(bob.token).users.revokeAllSessions(bob.id);
    await changes.find('the renewal', ({ type }) => type === 'renewed');
    expect((await login.users.getUser('me')).id).toBe(bob.id);
  });
});
