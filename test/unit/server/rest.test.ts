import { describe, expect, it } from 'vitest';
import { apiRoutes, rootRoutes } from '../../../src/server/generated/routes.js';
import { areas } from '../../../src/server/areas/all.js';
import { createKit } from './kit.js';

describe('routing', () => {
  it('every handler belongs to a route, and none to two areas', () => {
    const known = new Set([...apiRoutes, ...rootRoutes].map(([id]) => id));
    const handled = areas.flatMap(({ handlers = {} }) => Object.keys(handlers));
    expect(handled.filter((id) => !known.has(id))).toEqual([]);
    expect(new Set(handled).size).toBe(handled.length);
  });

  it('an unknown route, another method, a trailing slash and an odd character are 404 without a request id', () => {
    const { call } = createKit();
    for (const [method, path] of [
      ['GET', '/no/such/route'],
      ['PATCH', '/users/login'],
      ['GET', '/users/me/'],
      ['GET', '/USERS/me'],
      ['GET', '/users/a-b'],
    ] as const) {
      const { status, id, json, headers } = call(method, path);
      expect([path, status, id, json?.['request_id'], headers['X-Request-ID']]).toEqual([
        path,
        404,
        'api.context.404.app_error',
        undefined,
        undefined,
      ]);
    }
  });

  it('5.37 labels the unknown route as text', () => {
    expect(createKit('5.37').call('GET', '/nope').headers['Content-Type']).toBe('text/plain');
  });

  it('an id of another length than 26 is 400, an unknown one 404', () => {
    const { call, createUser } = createKit();
    const { token } = createUser({ username: 'alice' });
    expect(call('GET', '/users/bad', { as: token })).toMatchObject({
      status: 400,
      id: 'api.context.invalid_url_param.app_error',
    });
    expect(call('GET', `/users/${'z'.repeat(26)}`, { as: token })).toMatchObject({
      status: 404,
      id: 'app.user.missing_account.const',
    });
  });

  it('2048 characters of URL pass on 11.6, one more is 414; 5.37 takes them', () => {
    const long = `/system/ping?x=${'x'.repeat(2_048 - 22)}`;
    expect(createKit().call('GET', long).status).toBe(200);
    expect(createKit().call('GET', `${long}x`)).toMatchObject({
      status: 414,
      id: 'basic_security_check.url.too_long_error',
    });
    expect(createKit('5.37').call('GET', `${long}x`).status).toBe(200);
  });
});

describe('credentials', () => {
  const setUp = (version: '11.6' | '5.37' = '11.6') => {
    const kit = createKit(version);
    const user = kit.createUser({ username: 'alice' });
    const [session] = kit.world.store.sessions.where('token', user.token);
    return { ...kit, user, csrf: session?.csrf ?? '' };
  };

  it('a login answers the token in a header, and cookies only to a script', () => {
    const { call, user } = setUp();
    const body = { login_id: 'alice', password: user.password };
    const plain = call('POST', '/users/login', { body });
    expect(plain.headers['Token']).toMatch(/^\w{26}$/);
    expect(plain.headers['Set-Cookie']).toBeUndefined();
    const script = call('POST', '/users/login', { body, headers: { 'x-requested-with': 'XMLHttpRequest' } });
    expect((script.headers['Set-Cookie'] as string[]).map((cookie) => cookie.split('=')[0])).toEqual([
      'MMAUTHTOKEN',
      'MMUSERID',
      'MMCSRF',
    ]);
  });

  it('takes Bearer and Token in any case, with one space', () => {
    const { call, user } = setUp();
    const status = (authorization: string) => call('GET', '/users/me', { headers: { authorization } }).status;
    expect([status(`BEARER ${user.token}`), status(`token ${user.token}`)]).toEqual([200, 200]);
    expect([status(`Bearer  ${user.token}`), status(`Basic ${user.token}`), status('')]).toEqual([401, 401, 401]);
  });

  it('the cookie wins over the header, even if it is empty', () => {
    const { call, user } = setUp();
    expect(call('GET', '/users/me', { as: user.token, headers: { cookie: 'MMAUTHTOKEN=' } }).status).toBe(401);
    expect(call('GET', '/users/me', { as: 'bad', headers: { cookie: `MMAUTHTOKEN=${user.token}` } }).status).toBe(200);
  });

  it('a cookie needs the CSRF token for all but GET; without it 11.6 deletes the cookie, 5.37 does not', () => {
    for (const version of ['11.6', '5.37'] as const) {
      const { call, user, csrf } = setUp(version);
      const cookie = `MMAUTHTOKEN=${user.token}`;
      const patch = (headers: Record<string, string>) =>
        call('PUT', '/users/me/patch', { body: { nickname: 'al' }, headers: { cookie, ...headers } });
      expect(patch({}).status).toBe(401);
      expect(patch({}).headers['Set-Cookie'] !== undefined).toBe(version === '11.6');
      expect(patch({ 'x-csrf-token': csrf }).status).toBe(200);
      expect(patch({ 'x-requested-with': 'XMLHttpRequest' }).status).toBe(200);
    }
  });

  it('a session token in the query is refused, and opens no socket', () => {
    const { call, user, core } = setUp();
    const refused = { status: 401, id: 'api.context.token_provided.app_error' };
    expect(call('GET', `/users/me?access_token=${user.token}`)).toMatchObject(refused);
    const upgrade = core.connect({
      method: 'GET',
      target: `/api/v4/websocket?access_token=${user.token}`,
      headers: {},
      body: new Uint8Array(),
      address: '',
      secure: false,
    });
    expect(upgrade).toMatchObject({ status: 401 });
  });

  it('an expired session is refused, and its socket receives nothing', () => {
    const { call, user, pass, open, world } = setUp();
    world.store.sessions.patch(world.store.sessions.where('token', user.token)[0]?.id ?? '', {
      expires_at: world.clock.now() + 20_000,
    });
    const socket = open(user.token);
    pass(20_000);
    const before = socket.frames.length;
    world.store.emit({ event: 'noise', data: {}, to: {} });
    expect(socket.frames).toHaveLength(before);
    socket.send({ seq: 1, action: 'ping' });
    expect(socket.frames.at(-1)).toContain('api.web_socket_router.not_authenticated.app_error');
    expect(call('GET', '/users/me', { as: user.token }).status).toBe(401);
  });

  it('after a logout the socket is mute on 11.6; on 5.37 it leaks, and the refusal quotes the token', () => {
    for (const version of ['11.6', '5.37'] as const) {
      const { call, user, open, world } = setUp(version);
      const socket = open(user.token);
      call('POST', '/users/logout', { as: user.token });
      const before = socket.frames.length;
      world.store.emit({ event: 'noise', data: {}, to: {} });
      expect(socket.frames.length - before).toBe(version === '11.6' ? 0 : 1);
      socket.send({ seq: 1, action: 'ping' });
      expect(socket.frames.at(-1)).toContain(
        version === '11.6' ? 'api.web_socket_router.not_authenticated' : `Invalid session token=${user.token}`,
      );
    }
  });

  it('the 501st session ends the least recently used one, on 11.6', () => {
    for (const version of ['11.6', '5.37'] as const) {
      const { call, user, createSession } = setUp(version);
      for (let n = 0; n < 500; n++) createSession(user.id);
      expect(call('GET', '/users/me', { as: user.token }).status).toBe(version === '11.6' ? 401 : 200);
    }
  });
});

describe('users', () => {
  it('the first user to sign up becomes admin; the next is announced to all', () => {
    const { call, open } = createKit();
    const body = { username: 'admin', email: 'admin@example.test', password: 'Password-1' };
    const first = call('POST', '/users', { body });
    expect([first.status, first.json?.['roles']]).toEqual([201, 'system_admin system_user']);
    const login = call('POST', '/users/login', { body: { login_id: 'admin', password: 'Password-1' } });
    const socket = open(String(login.headers['Token']));
    const second = call('POST', '/users', { body: { ...body, username: 'bob', email: 'bob@example.test' } });
    expect(second.json?.['roles']).toBe('system_user');
    expect(socket.events().at(-1)).toBe('new_user 2');
  });

  it('no answer carries a password', () => {
    const { call, createUser, world } = createKit();
    const { id, token, password } = createUser({ username: 'alice' });
    const admin = createUser({ username: 'admin', admin: true });
    for (const as of [token, admin.token]) expect(call('GET', `/users/${id}`, { as }).text).not.toContain(password);
    expect(world.store.users.get(id)?.password).toBe(password);
  });

  it('answers 304 only to the exact tag', () => {
    const { call, createUser } = createKit();
    const { token } = createUser({ username: 'alice' });
    const etag = String(call('GET', '/users/me', { as: token }).headers['ETag']);
    const ask = (tag: string) => call('GET', '/users/me', { as: token, headers: { 'if-none-match': tag } });
    expect([ask(etag).status, ask(`"${etag}"`).status, ask('*').status]).toEqual([304, 200, 200]);
    expect(ask(etag).headers).toMatchObject({ ETag: etag, 'X-Request-ID': expect.any(String) as string });
    expect(ask(etag).headers['Content-Type']).toBeUndefined();
  });

  it('a change reaches admins, others and the user in three copies; on 5.37 one public copy reaches all', () => {
    for (const version of ['11.6', '5.37'] as const) {
      const { call, createUser, open } = createKit(version);
      const people = ['admin', 'alice', 'bob'].map((username) => createUser({ username, admin: username === 'admin' }));
      const sockets = people.map(({ token }) => open(token));
      call('PUT', '/users/me/patch', { as: people[1]?.token ?? '', body: { nickname: 'al' } });
      const keys = sockets.map((socket) => Object.keys(socket.parsed().at(-1)?.data?.['user'] ?? {}));
      expect(keys.map((list) => [list.includes('notify_props'), list.includes('last_password_update')])).toEqual(
        version === '11.6'
          ? [
              [true, false],
              [true, true],
              [false, false],
            ]
          : Array(3).fill([false, false]),
      );
    }
  });
});
