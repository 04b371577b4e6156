import { describe, expect, it } from 'vitest';
import { totpCode } from '../../../src/server/auth/totp.js';
import { createKit } from './kit.js';

const mfaOn = { ServiceSettings: { EnableMultifactorAuthentication: true } };
const step = (now: number): number => Math.floor(now / 30_000);

describe('codes of an authenticator', () => {
  it('are those of RFC 6238 (its SHA-1 vectors)', () => {
    // "12345678901234567890" in base 32.
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    const codes = [59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000];
    expect(codes.map((seconds) => totpCode(secret, step(seconds * 1000)))).toEqual([
      '287082',
      '081804',
      '050471',
      '005924',
      '279037',
      '353130',
    ]);
  });

  it.each(['11.6', '5.37'] as const)('%s needs one at login; 11.6 accepts each once, 5.37 again', (version) => {
    const kit = createKit(version, mfaOn);
    const { id, username, password, token } = kit.createUser({ username: 'alice' });
    const { secret } = kit.call('POST', `/users/${id}/mfa/generate`, { as: token }).json as { secret: string };
    const code = (): string => totpCode(secret, step(kit.world.clock.now()));
    const login = (given?: string) =>
      kit.call('POST', '/users/login', { body: { login_id: username, password, ...(given ? { token: given } : {}) } });
    const activate = (given: string) =>
      kit.call('PUT', `/users/${id}/mfa`, { as: token, body: { activate: true, code: given } });

    expect(activate('000000')).toMatchObject({ status: 401, id: 'mfa.activate.bad_token.app_error' });
    expect(activate(code()).status).toBe(200);
    expect(login().id).toBe('mfa.validate_token.authenticate.app_error');
    expect(login('000000').id).toBe('api.user.check_user_mfa.bad_code.app_error');
    expect(login(code()).status).toBe(version === '11.6' ? 401 : 200);
    expect(login(totpCode(secret, step(kit.world.clock.now()) + 1)).status).toBe(200);
    kit.pass(60_000);
    expect(login(code()).status).toBe(200);
  });
});

describe('lists of users', () => {
  it('without a team skip rows: page 1 begins where page n² would', () => {
    const kit = createKit();
    const admin = kit.createUser({ username: 'admin', admin: true });
    for (let n = 1; n < 10; n++) kit.createUser({ username: `a${n}x` });
    const team = kit.createTeam({ members: [admin] });
    const page = (n: number) =>
      (kit.call('GET', `/users?not_in_team=${team.id}&page=${n}&per_page=2`, { as: admin.token }).json ??
        []) as unknown as {
        username: string;
      }[];
    expect(page(0).map(({ username }) => username)).toEqual(['a1x', 'a2x']);
    expect(page(1).map(({ username }) => username)).toEqual(['a5x', 'a6x']);
  });

  it('show users no more of themselves than of others, and admins all but the time of the password', () => {
    const kit = createKit();
    const admin = kit.createUser({ username: 'admin', admin: true });
    const alice = kit.createUser({ username: 'alice' });
    const own = (token: string) =>
      (kit.call('POST', '/users/ids', { as: token, body: [alice.id] }).json as unknown as Record<string, unknown>[])[0];
    expect(own(alice.token)).not.toHaveProperty('notify_props');
    expect(own(admin.token)).toHaveProperty('notify_props');
    expect(own(admin.token)).not.toHaveProperty('last_password_update');
    expect(kit.call('GET', '/users/me', { as: alice.token }).json).toHaveProperty('last_password_update');
  });

  it('are searched in any part of a name on 11.6, at its start on 5.37', () => {
    const found = (version: '11.6' | '5.37') => {
      const kit = createKit(version);
      const { token } = kit.createUser({ username: 'bob' });
      kit.createUser({ username: 'robot' });
      const { json } = kit.call('POST', '/users/search', { as: token, body: { term: 'bo' } });
      return (json as unknown as { username: string }[]).map(({ username }) => username);
    };
    expect(found('11.6')).toEqual(['bob', 'robot']);
    expect(found('5.37')).toEqual(['bob']);
  });
});

describe('what comes by mail', () => {
  it('sets a new password once, within a day', () => {
    const kit = createKit();
    const { email, username } = kit.createUser({ username: 'alice' });
    const ask = () => kit.call('POST', '/users/password/reset/send', { body: { email } }).status;
    const reset = (token = kit.mailedCode(email, 'password_recovery')) =>
      kit.call('POST', '/users/password/reset', { body: { token, new_password: 'Another-Pass-1!' } });
    expect(kit.call('POST', '/users/password/reset/send', { body: { email: 'nobody@example.test' } }).status).toBe(200);
    expect(ask()).toBe(200);
    const code = kit.mailedCode(email, 'password_recovery');
    expect(reset().status).toBe(200);
    expect(reset(code)).toMatchObject({ status: 400, id: 'api.user.reset_password.invalid_link.app_error' });
    const login = kit.call('POST', '/users/login', { body: { login_id: username, password: 'Another-Pass-1!' } });
    expect(login.status).toBe(200);
    ask();
    kit.pass(25 * 3_600_000);
    expect(reset().id).toBe('api.user.reset_password.link_expired.app_error');
  });
});

describe('a status', () => {
  it('with an end returns to the one before, and its user gets the event', () => {
    const kit = createKit();
    const { id, token } = kit.createUser({ username: 'alice' });
    const socket = kit.open(token);
    const end = kit.world.clock.now() / 1000 + 90;
    const set = (status: string, dnd_end_time = 0) =>
      kit.call('PUT', `/users/${id}/status`, { as: token, body: { user_id: id, status, dnd_end_time } });
    expect(set('dnd', end).json).toMatchObject({
      status: 'dnd',
      manual: true,
      dnd_end_time: Math.floor(end / 60) * 60,
    });
    kit.pass(60_000);
    expect(kit.call('GET', `/users/${id}/status`, { as: token }).json).toMatchObject({
      status: 'online',
      manual: false,
      dnd_end_time: 0,
    });
    expect(socket.parsed().flatMap(({ event, data }) => (event === 'status_change' ? [data?.['status']] : []))).toEqual(
      ['online', 'dnd', 'online'],
    );
  });

  it('of the user’s own words keeps the last five different ones', () => {
    const kit = createKit();
    const { id, token } = kit.createUser({ username: 'alice' });
    const say = (text: string) =>
      kit.call('PUT', `/users/${id}/status/custom`, { as: token, body: { emoji: 'house', text } }).status;
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f', 'c']) expect(say(text)).toBe(200);
    const path = `/users/${id}/preferences/custom_status/name/recent_custom_statuses`;
    const { value } = kit.call('GET', path, { as: token }).json as { value: string };
    expect((JSON.parse(value) as { text: string }[]).map(({ text }) => text).join('')).toBe('cfedb');
    expect(say('')).toBe(200);
    expect(kit.call('PUT', `/users/${id}/status/custom`, { as: token, body: {} }).status).toBe(400);
  });

  it('crashes the handler of 11.6 when its acknowledgement holds a number, and 5.37 knows no such action', () => {
    for (const version of ['11.6', '5.37'] as const) {
      const kit = createKit(version);
      const socket = kit.open(kit.createUser({ username: 'alice' }).token);
      socket.send({ seq: 1, action: 'posted_notify_ack', data: { status: 'success' } });
      socket.send({ seq: 2, action: 'posted_notify_ack', data: { status: 7 } });
      const replies = socket.parsed().filter(({ seq_reply }) => seq_reply !== undefined);
      if (version === '11.6') {
        expect(replies).toHaveLength(1);
        expect(socket.ends).toEqual(['cut']);
      } else
        expect(replies.map(({ error }) => error?.id)).toEqual(
          Array(2).fill('api.web_socket_router.bad_action.app_error'),
        );
    }
  });
});

describe('bots', () => {
  it('are created without a new_user event, write to their owner, and are hidden from others', () => {
    const kit = createKit();
    const admin = kit.createUser({ username: 'admin', admin: true });
    const alice = kit.createUser({ username: 'alice' });
    const socket = kit.open(admin.token);
    const { json } = kit.call('POST', '/bots', { as: admin.token, body: { username: 'robot' } });
    const names = socket.parsed().map(({ event }) => event);
    expect(names).toEqual(['hello', 'status_change', 'direct_added', 'posted']);
    const id = String(json?.['user_id']);
    expect(kit.call('GET', `/bots/${id}`, { as: alice.token }).id).toBe('store.sql_bot.get.missing.app_error');
    expect(kit.call('POST', `/bots/${id}/disable`, { as: admin.token }).json?.['delete_at']).toBeGreaterThan(0);
    expect(kit.call('GET', '/bots', { as: admin.token }).json).toEqual([]);
    expect(kit.call('GET', '/bots?include_deleted=true', { as: admin.token }).json).toHaveLength(1);
  });

  it('of an owner who is deactivated are disabled', () => {
    const kit = createKit();
    const admin = kit.createUser({ username: 'admin', admin: true });
    const owner = kit.createUser({ username: 'owner' });
    const bot = kit.createBot({ username: 'robot', owner });
    expect(kit.call('GET', '/users/me', { as: bot.token }).status).toBe(200);
    kit.call('PUT', `/users/${owner.id}/active`, { as: admin.token, body: { active: false } });
    expect(kit.call('GET', '/users/me', { as: bot.token }).status).toBe(401);
  });
});

describe('pictures', () => {
  const png = (kit: ReturnType<typeof createKit>, path: string, as: string, etag?: string) => {
    const answer = kit.core.handle({
      method: 'GET',
      target: `/api/v4${path}`,
      headers: { authorization: `Bearer ${as}`, ...(etag === undefined ? {} : { 'if-none-match': etag }) },
      body: new Uint8Array(),
      address: '127.0.0.1',
      secure: false,
    });
    return { ...answer, head: [...(answer.body as Uint8Array)].slice(1, 4) };
  };

  it('are generated for users without one, always the same, and have a tag', () => {
    const kit = createKit();
    const alice = kit.createUser({ username: 'alice' });
    const bob = kit.createUser({ username: 'bob' });
    const first = png(kit, `/users/${alice.id}/image`, alice.token);
    expect(first.headers).toMatchObject({ 'Content-Type': 'image/png', ETag: '0' });
    expect(String.fromCharCode(...first.head)).toBe('PNG');
    expect(png(kit, `/users/${alice.id}/image/default`, bob.token).body).toEqual(first.body);
    expect(png(kit, `/users/${bob.id}/image`, bob.token).body).not.toEqual(first.body);
    expect(png(kit, `/users/${alice.id}/image`, alice.token, '0').status).toBe(304);
  });
});
