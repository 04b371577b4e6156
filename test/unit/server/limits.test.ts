import { describe, expect, it } from 'vitest';
import { areas } from '../../../src/server/areas/all.js';
import { recordedAnswers } from '../../../src/server/generated/recorded.js';
import { apiRoutes } from '../../../src/server/generated/routes.js';
import { createKit } from './kit.js';

const limited = { RateLimitSettings: { Enable: true, PerSec: 5, MaxBurst: 10, VaryByUser: false } };
const rateOf = ({ headers }: { headers: Readonly<Record<string, unknown>> }) =>
  ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'].map((name) => headers[name]);

describe('the rate limit', () => {
  it('counts down, refuses in plain text, and says when the next request is allowed', () => {
    const kit = createKit('11.6', limited);
    const { token } = kit.createUser({ username: 'alice' });
    const me = () => kit.call('GET', '/users/me', { as: token });
    // As recorded from a real server with these settings.
    const resets = [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3];
    for (const [used, reset] of resets.entries())
      expect(rateOf(me())).toEqual([['11'], [String(10 - used)], [String(reset)]]);
    const refused = me();
    expect(refused).toMatchObject({ status: 429, text: 'limit exceeded\n' });
    expect(refused.headers).toMatchObject({
      'Retry-After': '1',
      'X-RateLimit-Remaining': ['0'],
      'X-RateLimit-Reset': ['3'],
    });
    expect(refused.headers).not.toHaveProperty('X-Request-ID');
    kit.pass(200);
    expect(me().status).toBe(200);
    expect(me().status).toBe(429);
    kit.pass(3_000);
    expect(rateOf(me())[1]).toEqual(['10']);
  });

  it('limits a login of 11.6 twice, and each user with VaryByUser', () => {
    const body = { login_id: 'nobody', password: 'x' };
    expect(rateOf(createKit('11.6', limited).call('POST', '/users/login', { body }))[0]).toEqual(['11', '11']);
    expect(rateOf(createKit('5.37', limited).call('POST', '/users/login', { body }))[0]).toEqual(['11']);
    const kit = createKit('11.6', { RateLimitSettings: { ...limited.RateLimitSettings, VaryByUser: true } });
    const { token } = kit.createUser({ username: 'alice' });
    expect(rateOf(kit.call('GET', '/users/me', { as: token }))[0]).toEqual(['11', '11']);
    expect(rateOf(kit.call('GET', '/system/ping'))[0]).toEqual(['11']);
  });

  it('counts upgrades, and is off by default', () => {
    const kit = createKit('11.6', limited);
    const { token } = kit.createUser({ username: 'alice' });
    for (let n = 0; n < 11; n++) kit.open(token);
    expect(() => kit.open(token)).toThrow('429');
    expect(rateOf(createKit().call('GET', '/system/ping'))[0]).toBeUndefined();
  });
});

describe('pages of other origins', () => {
  const origin = 'https://app.example.test';
  const preflight = {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'x-csrf-token',
  };

  it('get no CORS headers by default, and no answer to a preflight', () => {
    const kit = createKit();
    expect(kit.call('OPTIONS', '/system/ping', { headers: preflight }).status).toBe(404);
    expect(kit.call('GET', '/system/ping', { headers: { origin } }).headers).not.toHaveProperty(
      'Access-Control-Allow-Origin',
    );
  });

  it.each([
    ['11.6', 204],
    ['5.37', 200],
  ] as const)('of AllowCorsFrom are allowed by %s', (version, status) => {
    const kit = createKit(version, { ServiceSettings: { AllowCorsFrom: origin, CorsExposedHeaders: 'Token' } });
    const granted = kit.call('OPTIONS', '/system/ping', { headers: preflight });
    expect(granted.status).toBe(status);
    expect(granted.headers).toMatchObject({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': 'PUT',
      'Access-Control-Allow-Headers': 'x-csrf-token',
      'Access-Control-Max-Age': '86400',
    });
    expect(kit.call('GET', '/system/ping', { headers: { origin } }).headers).toMatchObject({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Expose-Headers': 'Token',
      Vary: 'Accept-Encoding, Origin',
    });
    const foreign = kit.call('GET', '/system/ping', { headers: { origin: 'https://other.example.test' } });
    expect(foreign.status).toBe(200);
    expect(foreign.headers).not.toHaveProperty('Access-Control-Allow-Origin');
    const head = kit.call('OPTIONS', '/system/ping', {
      headers: { ...preflight, 'access-control-request-method': 'HEAD' },
    });
    expect(head.status).toBe(status);
    expect(head.headers).not.toHaveProperty('Access-Control-Allow-Methods');
  });
});

describe('a body', () => {
  const patch = (version: '11.6' | '5.37', size: number) => {
    const kit = createKit(version, { FileSettings: { MaxFileSize: 400_000 } });
    const { token } = kit.createUser({ username: 'alice' });
    const empty = JSON.stringify({ nickname: 'x', more: '' });
    const body = JSON.stringify({ nickname: 'x', more: 'y'.repeat(size - empty.length) });
    return kit.call('PUT', '/users/me/patch', { as: token, body });
  };

  it('of 300512 bytes passes on 11.6, one more is 413', () => {
    expect(patch('11.6', 300_512).status).toBe(200);
    expect(patch('11.6', 300_513)).toMatchObject({ status: 413, id: 'api.context.request_body_too_large.app_error' });
  });

  it('is cut at the size of files by 5.37, and by a login of 11.6', () => {
    expect(patch('5.37', 400_000).status).toBe(200);
    expect(patch('5.37', 400_001)).toMatchObject({ status: 400, id: 'api.context.invalid_body_param.app_error' });
    const body = { login_id: 'alice', password: 'p'.repeat(300_600) };
    expect(createKit().call('POST', '/users/login', { body }).id).toBe('api.user.login.blank_pwd.app_error');
  });
});

describe('a site with a path', () => {
  const kit = createKit('11.6', { ServiceSettings: { SiteURL: 'http://chat.example.test/chat' } });
  const get = (target: string) =>
    kit.core.handle({ method: 'GET', target, headers: {}, body: new Uint8Array(), address: '', secure: false });

  it('answers below it, and redirects other requests there', () => {
    expect(get('/chat/api/v4/system/ping').status).toBe(200);
    expect(get('/api/v4/system/ping?x=1')).toMatchObject({
      status: 302,
      headers: { Location: '/chat/api/v4/system/ping?x=1' },
    });
    expect(get('/chatter').status).toBe(302);
  });
});

describe('a request for a socket', () => {
  it('that is no upgrade is 400, with an error object after the text', () => {
    const { status, text, headers } = createKit().call('GET', '/websocket');
    expect([status, headers['Content-Type']]).toEqual([400, 'text/plain; charset=utf-8']);
    expect(text).toMatch(/^Bad Request\n\{"id":"api\.web_socket\.connect\.upgrade\.app_error"/);
  });
});

describe('an operation without a handler', () => {
  it('answers what an unlicensed server answered, some of it only to admins', () => {
    const kit = createKit();
    const admin = kit.createUser({ username: 'admin', admin: true });
    const alice = kit.createUser({ username: 'alice' });
    expect(kit.call('GET', '/groups', { as: alice.token })).toMatchObject({ status: 501, id: 'api.license_error' });
    expect(kit.call('GET', '/logs', { as: admin.token }).status).toBe(200);
    expect(kit.call('GET', '/logs', { as: alice.token })).toMatchObject({
      status: 403,
      id: 'api.context.permissions.app_error',
    });
    const old = createKit('5.37');
    const user = old.createUser({ username: 'alice' });
    expect(old.call('GET', '/groups', { as: user.token }).id).toBe('api.ldap_groups.license_error');
  });

  it('corrects the recorded 404s of paths that held no id', () => {
    const kit = createKit();
    const { token } = kit.createUser({ username: 'alice' });
    const id = 'z'.repeat(26);
    expect(kit.call('DELETE', `/posts/schedule/${id}`, { as: token })).toMatchObject({
      status: 400,
      id: 'api.scheduled_posts.license_error',
    });
  });

  it('has an answer for each route without a handler, and for no other', () => {
    const handled = new Set(areas.flatMap(({ handlers = {} }) => Object.keys(handlers)));
    const answered = new Set([...Object.keys(recordedAnswers['11.6']), ...Object.keys(recordedAnswers['5.37'])]);
    const open = apiRoutes.filter(([id, , , guard]) => guard !== 'local' && !handled.has(id)).map(([id]) => id);
    expect(open.filter((id) => !answered.has(id))).toEqual([]);
    expect([...answered].filter((id) => handled.has(id))).toEqual([]);
  });
});
