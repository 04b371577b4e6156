import { describe, expect, it } from 'vitest';
import { readSessionEnds, recordedVersions } from '../../fixtures/recordings.js';
import type { RecordedVersion } from '../../fixtures/recordings.js';
import { createKit } from './kit.js';

const settings = {
  ServiceSettings: { EnableUserAccessTokens: true, EnableAPIUserDeletion: true },
  TeamSettings: { EnableUserDeactivation: true },
};

/** A user with a socket, and an admin who writes to them. */
function stage(version: RecordedVersion, more: Readonly<Record<string, unknown>> = {}, tokenOf?: 'access token') {
  const kit = createKit(version, { ...settings, ServiceSettings: { ...settings.ServiceSettings, ...more } });
  const admin = kit.createUser({ username: 'admin', admin: true });
  const user = kit.createUser({ username: 'user' });
  const channel = kit.createDirectChannel(admin, user);
  const pat = kit.createAccessToken(user);
  const token = tokenOf ? pat.token : user.token;
  const other = kit.createSession(user.id);
  const socket = kit.open(token);
  const sessionId = kit.world.store.sessions.where('token', token)[0]?.id;

  const ping = (): string => {
    const before = socket.frames.length;
    socket.send({ seq: 1000 + before, action: 'ping' });
    const reply = socket.parsed().find(({ seq_reply }) => seq_reply === 1000 + before);
    return reply ? (reply.error?.id ?? 'OK') : 'no reply';
  };
  return {
    kit,
    admin,
    user,
    pat,
    token,
    socket,
    sessionId,
    other,
    /** Lets time go by while the peer answers the pings of the server. */
    pass: (ms: number): void => {
      for (let left = ms; left > 0; left -= 50_000) {
        kit.pass(Math.min(left, 50_000));
        socket.socket.onPong();
      }
    },
    /** Status of a call with the token of the socket. */
    rest: () => kit.call('GET', '/users/me', { as: token }).status,
    ping,
    write: () => kit.createPost({ channel, by: admin, message: 'hello' }),
    asAdmin: (method: string, path: string, body?: unknown) => kit.call(method, path, { as: admin.token, body }),
    asUser: (method: string, path: string, body?: unknown) => kit.call(method, path, { as: user.token, body }),
    /** From a second login of the user. */
    asOther: (method: string, path: string, body?: unknown) => kit.call(method, path, { as: other.token, body }),
  };
}

type Stage = ReturnType<typeof stage>;
const path = ({ user }: Stage, tail = ''): string => `/users/${user.id}${tail}`;
const password = (s: Stage) => ({ current_password: s.user.password, new_password: 'Changed-Pass-1234!' });
const same = 'android_rn:same-device';

/** What was done in each recorded case. */
const acts: Readonly<Record<string, (s: Stage) => unknown>> = {
  baseline: () => undefined,
  revokeSession: (s) => s.asOther('POST', path(s, '/sessions/revoke'), { session_id: s.sessionId }),
  'revokeSession by the admin': (s) => s.asAdmin('POST', path(s, '/sessions/revoke'), { session_id: s.sessionId }),
  'revokeSession, young websocket': (s) => s.asAdmin('POST', path(s, '/sessions/revoke'), { session_id: s.sessionId }),
  revokeAllSessions: (s) => s.asAdmin('POST', path(s, '/sessions/revoke/all')),
  logout: (s) => s.asUser('POST', '/users/logout'),
  'user deactivated': (s) => s.asAdmin('PUT', path(s, '/active'), { active: false }),
  'user deactivated, young websocket': (s) => s.asAdmin('PUT', path(s, '/active'), { active: false }),
  'user deletes himself': (s) => s.asUser('DELETE', path(s)),
  'personal access token disabled': (s) => s.asAdmin('POST', '/users/tokens/disable', { token_id: s.pat.id }),
  'personal access token revoked': (s) => s.asAdmin('POST', '/users/tokens/revoke', { token_id: s.pat.id }),
  'revokeAllSessions, personal access token': (s) => s.asAdmin('POST', path(s, '/sessions/revoke/all')),
  'password changed by the user, same session': (s) => s.asUser('PUT', path(s, '/password'), password(s)),
  'password changed by the user, another session': (s) => s.asOther('PUT', path(s, '/password'), password(s)),
  'password reset by the admin': (s) => s.asAdmin('PUT', path(s, '/password'), password(s)),
  'roles changed': (s) => s.asAdmin('PUT', path(s, '/roles'), { roles: 'system_user system_post_all' }),
  'converted to a bot': (s) => s.asAdmin('POST', path(s, '/convert_to_bot')),
  'device attached to another session': (s) => {
    s.asUser('PUT', '/users/sessions/device', { device_id: same });
    return s.asOther('PUT', '/users/sessions/device', { device_id: same });
  },
  'user permanently deleted': (s) => s.asAdmin('DELETE', path(s, '?permanent=true')),
  revokeSessionsFromAllUsers: (s) => s.asAdmin('POST', '/users/sessions/revoke/all'),
};

/** Needs an OAuth provider; the revived socket has a test of its own in this file. */
const elsewhere = ['OAuth app deauthorized', 'logout, another websocket action'];

interface Outcome {
  readonly case: string;
  readonly closed: false | { readonly code: number };
  readonly events: Readonly<Record<string, number>>;
  readonly rest: readonly (readonly [string, number])[];
  readonly pings: readonly (readonly [string, string])[];
}

const outcomes = (version: RecordedVersion): Outcome[] =>
  readSessionEnds(version)
    .filter((line) => line['step'] === 'result')
    .map((line) => line as unknown as Outcome);

describe.each(recordedVersions)('a session of %s ends as recorded', (version) => {
  const recorded = outcomes(version);

  it('in every recorded case', () => {
    expect(recorded.map((outcome) => outcome.case).filter((name) => !(name in acts))).toEqual(
      expect.arrayContaining(elsewhere),
    );
    expect(recorded).toHaveLength(Object.keys(acts).length + elsewhere.length);
  });

  it.each(recorded.filter((outcome) => outcome.case in acts))('$case', (outcome) => {
    const s = stage(version, {}, outcome.case.includes('access token') ? 'access token' : undefined);
    s.kit.pass(outcome.case.includes('young') ? 700 : 6_500);
    const seen = s.socket.frames.length;
    acts[outcome.case]?.(s);
    const pings = [s.ping()];
    const rest = [s.rest()];
    // Writing to a user who is gone for good is not possible any more: then nothing can arrive either.
    for (let n = 0; n < 4; n++) {
      if (s.kit.world.store.users.get(s.user.id)) s.write();
      s.kit.pass(7_000);
      if (s.socket.ends.length === 0) pings.push(s.ping());
    }
    rest.push(s.rest());
    const events: Record<string, number> = {};
    for (const { event } of s.socket.parsed().slice(seen))
      if (event !== undefined) events[event] = (events[event] ?? 0) + 1;

    expect(rest).toEqual(outcome.rest.map(([, status]) => status));
    expect(new Set(pings)).toEqual(new Set(outcome.pings.map(([, text]) => /^error (\S+)/.exec(text)?.[1] ?? text)));
    expect(events).toEqual(outcome.events);
    expect(s.socket.ends).toEqual(outcome.closed ? ['cut'] : []);
  });
});

describe.each(recordedVersions)('a socket of %s whose session has ended', (version) => {
  const modern = version === '11.6';
  const mute = 'api.web_socket_router.not_authenticated.app_error';
  const leaking = 'api.context.invalid_token.error';

  it('is revived by a new challenge, with the same connection id and a seq that goes on', () => {
    const s = stage(version);
    s.kit.pass(6_500);
    s.asUser('POST', '/users/logout');
    expect(s.ping()).toBe(modern ? mute : leaking);
    const { token } = s.kit.createSession(s.user.id);
    expect(s.ping(), 'a login makes it mute on both').toBe(mute);
    const before = s.socket.parsed().length;
    s.socket.send({ seq: 1, action: 'authentication_challenge', data: { token } });
    const [hello, reply] = s.socket.parsed().slice(before);
    expect(hello).toMatchObject({ event: 'hello', data: { connection_id: s.socket.connectionId() } });
    expect(hello?.seq).toBeGreaterThan(0);
    expect(reply).toMatchObject({ seq_reply: 1 });
    expect(s.ping()).toBe('OK');
  });

  it('stays mute when the account is active again', () => {
    const s = stage(version, {}, 'access token');
    s.kit.pass(6_500);
    s.asAdmin('PUT', path(s, '/active'), { active: false });
    expect(s.rest()).toBe(401);
    s.asAdmin('PUT', path(s, '/active'), { active: true });
    expect(s.rest()).toBe(200);
    expect(s.ping()).toBe(mute);
  });

  it('goes mute at the first event or action after its session has run out', () => {
    const s = stage(version);
    s.kit.world.store.sessions.patch(String(s.sessionId), { expires_at: s.kit.world.clock.now() + 60_000 });
    s.kit.world.hub.invalidateUser(s.user.id);
    s.pass(50_000);
    expect(s.ping()).toBe('OK');
    s.pass(20_000);
    expect(s.ping()).toBe(mute);
    expect(s.rest()).toBe(401);
    expect(s.kit.world.store.sessions.get(String(s.sessionId))).toBeDefined();
  });

  it('of an idle session fails its first action, then is mute or leaks', () => {
    const s = stage(version, { ExtendSessionLengthWithActivity: false, SessionIdleTimeoutInMinutes: 5 });
    const seen = () => s.socket.parsed().filter(({ event }) => event === 'posted').length;
    s.pass(400_000);
    s.write();
    expect(seen()).toBe(1);
    expect(s.ping()).toBe(leaking);
    s.write();
    expect(seen()).toBe(modern ? 1 : 2);
    expect(s.ping()).toBe(modern ? mute : leaking);
  });

  it('stays usable if personal tokens are only disabled, and always for bots', () => {
    const s = stage(version, {}, 'access token');
    const bot = s.kit.createBot({ username: 'robot' });
    s.kit.world.config.patch({ ServiceSettings: { EnableUserAccessTokens: false } });
    expect(s.rest()).toBe(401);
    expect(s.ping()).toBe('OK');
    expect(s.kit.call('GET', '/users/me', { as: bot.token }).status).toBe(200);
    s.asAdmin('POST', `/bots/${bot.id}/disable`);
    expect(s.kit.call('GET', '/users/me', { as: bot.token }).status).toBe(401);
  });

  it('ends with the other sessions after a change of password, if the setting says so', () => {
    const s = stage(version, { TerminateSessionsOnPasswordChange: modern });
    const { other } = s;
    s.asOther('PUT', path(s, '/password'), password(s));
    expect(s.rest()).toBe(modern ? 401 : 200);
    expect(s.kit.call('GET', '/users/me', { as: other.token }).status).toBe(200);
    expect(s.kit.call('GET', '/users/me', { as: s.pat.token }).status).toBe(200);
  });

  it('ends as the least recently used of 500 sessions', () => {
    const s = stage(version);
    s.kit.pass(1_000);
    for (let n = 0; n < 500; n++) s.kit.createSession(s.user.id);
    expect(s.rest()).toBe(modern ? 401 : 200);
    expect(s.ping()).toBe(modern ? mute : 'OK');
  });
});
