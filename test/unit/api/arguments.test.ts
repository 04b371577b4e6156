import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/api/operation.js';
import { createRest } from '../../../src/api/rest.js';
import { NetworkError, ValidationError } from '../../../src/models/errors.js';
import { createTeam, getUser, setUp, watch } from './kit.js';

const unread: Operation = { id: 'getUnread', method: 'GET', path: '/users/{user_id}/channels/{channel_id}/unread' };

describe('the address of the site', () => {
  it.each([
    ['https://mm.test', 'https://mm.test'],
    ['https://mm.test/', 'https://mm.test'],
    ['http://127.0.0.1:8065///', 'http://127.0.0.1:8065'],
    ['https://mm.test/chat', 'https://mm.test/chat'],
    ['https://mm.test/chat/', 'https://mm.test/chat'],
    ['https://mm.test/chat/api/v4/', 'https://mm.test/chat'],
    ['HTTPS://MM.test', 'https://mm.test'],
  ])('%s is %s', (given, used) => {
    expect(setUp({ url: given }).rest.url).toBe(used);
  });

  it.each([
    '',
    'mm.test',
    'http://',
    'ftp://mm.test',
    'https://u:hunter2@mm.test',
    'https://mm.test?x=1',
    'https://mm.test/#a',
    'http://a b',
    7,
    null,
    undefined,
    {},
  ])('as %j is refused by name, without its secrets', (url) => {
    const make = (): unknown => createRest({ url: url as string });
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(/^url: must /);
    expect(make).not.toThrow(/hunter2/);
  });
});

describe('a path parameter', () => {
  it.each(['', '  ', '/', 'a/b', '../x', '..', '.', 'a\\b', 7, null, undefined, {}, ['x'], true, '\ud800'])(
    'that is %j fails the call when it is subscribed, names operation and parameter, and sends nothing',
    (value) => {
      const { wire, rest } = setUp();
      const call = rest.call(unread, ['u1', value as string]);
      const { error } = watch(call);
      expect(error).toBeInstanceOf(ValidationError);
      expect((error as Error).message).toMatch(value === '\ud800' ? /^getUnread: / : /^getUnread: channel_id: must /);
      expect(wire.sent).toHaveLength(0);
    },
  );

  it('stands in its place of the route, dots and all', () => {
    const { wire, rest } = setUp();
    for (const values of [
      ['u1', 'c1'],
      ['a..', '..b'],
      ['...', 'c.d'],
      ['.e', 'f g'],
    ])
      watch(rest.call(unread, values));
    watch(rest.call({ ...unread, path: '/plugins/x/{user_id}', root: true }, ['u1']));
    expect(wire.urls).toEqual([
      '/users/u1/channels/c1/unread',
      '/users/a../channels/..b/unread',
      '/users/.../channels/c.d/unread',
      '/users/.e/channels/f%20g/unread',
      'http://mm.test/plugins/x/u1',
    ]);
  });

  it('that cannot be encoded says what it must not have', () => {
    const { error } = watch(setUp().rest.call(unread, ['u1', '\ud800']));
    expect(error).toMatchObject({ message: 'getUnread: channel_id: must not have half of a surrogate pair' });
    const query = watch(setUp().rest.call(getUser, ['me'], undefined, { term: '\ud800' }));
    expect(query.error).toMatchObject({ message: 'getUser: term: must not have half of a surrogate pair' });
  });

  it('of more than one segment says what it must be', () => {
    const { error } = watch(setUp().rest.call(unread, ['u1', 'a/b']));
    expect(error).toMatchObject({ message: 'getUnread: channel_id: must be one segment of a path' });
  });

  it('is encoded so that it arrives unchanged, on the same route', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
        fc.pre(value.trim() !== '' && !/[/\\]|^\.\.?$/.test(value));
        const { wire, rest } = setUp();
        watch(rest.call(unread, ['u1', value]));
        const segments = new URL(wire.last.request.url).pathname.split('/');
        expect(segments).toHaveLength(8);
        expect(decodeURIComponent(segments[6]!)).toBe(value);
      }),
    );
  });
});

describe('a query', () => {
  it('leaves out missing values, repeats arrays and encodes', () => {
    const { wire, rest } = setUp();
    watch(
      rest.call(getUser, ['me'], undefined, {
        a: undefined,
        b: null,
        c: 'x y&z',
        d: 0,
        e: false,
        f: ['1', '2'],
        g: [],
        h: '',
      }),
    );
    expect(wire.urls).toEqual(['/users/me?c=x%20y%26z&d=0&e=false&f=1&f=2&h=']);
  });

  it('that is fixed goes along, whatever the caller gives', () => {
    const { wire, rest } = setUp();
    const operation: Operation = { ...getUser, fixed: { format: 'old' } };
    watch(rest.call(operation, ['a']));
    watch(rest.call(operation, ['b'], undefined, { format: 'new', x: 1 }));
    expect(wire.urls).toEqual(['/users/a?format=old', '/users/b?format=old&x=1']);
  });

  it('replaces public names by those of the server', () => {
    const { wire, rest } = setUp();
    const operation: Operation = { ...getUser, rename: { team_id: 'in_team' } };
    watch(rest.call(operation, ['me'], undefined, { team_id: 't1', name: 'n' }));
    expect(wire.urls).toEqual(['/users/me?in_team=t1&name=n']);
  });

  it.each([{}, () => 1, NaN, Infinity, Symbol('s'), [{}], 10n])('refuses the value %s by name', (value) => {
    const { rest } = setUp();
    const { error } = watch(rest.call(getUser, ['me'], undefined, { in_team: value }));
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as Error).message).toMatch(/^getUser: in_team: must /);
  });
});

describe('a body', () => {
  it('goes as JSON, under the names that the server reads', () => {
    const { wire, rest } = setUp();
    watch(rest.call({ ...createTeam, rename: { code: 'token' } }, [], { code: 'x', name: undefined, list: [1] }));
    expect(wire.last.request).toMatchObject({
      body: '{"token":"x","list":[1]}',
      replayable: true,
      headers: { 'content-type': 'application/json' },
    });
    for (const body of [['a', 'b'], null, 'ab']) {
      watch(rest.call({ ...createTeam, rename: { 0: 'x' } }, [], body));
      expect(wire.last.request.body).toBe(JSON.stringify(body));
    }
  });

  it('that is undefined is not sent', () => {
    const { wire, rest } = setUp();
    watch(rest.call(createTeam, []));
    expect(wire.last.request).toMatchObject({ body: undefined, headers: {}, replayable: true });
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  it.each([
    ['a circle', circular],
    ['a function', () => 1],
    ['a BigInt', { n: 10n }],
    ['a symbol', Symbol('s')],
  ])('that is %s fails the call by name', (_, body) => {
    const { error } = watch(setUp().rest.call(createTeam, [], body));
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as Error).message).toBe('createTeam: body: must be a JSON value');
  });

  const upload: Operation = { id: 'setProfileImage', method: 'POST', path: '/users/{user_id}/image', form: 'image' };
  it.each(['text', 7, null, undefined, {}, [1], new ArrayBuffer(2)])(
    'of a file that is %j fails the call by name',
    async (body) => {
      const { wire, rest } = setUp();
      await expect(Promise.resolve(rest.call(upload, ['me'], body))).rejects.toThrow(
        /^setProfileImage: body: must be a Blob/,
      );
      expect(wire.sent).toHaveLength(0);
    },
  );

  it.each([
    [new TypeError('gone'), ValidationError, 'setProfileImage: body: must be readable'],
    [new NetworkError('lost'), NetworkError, 'lost'],
  ])('of a file that cannot be read for %s fails the call', async (reason, kind, message) => {
    const { wire, rest } = setUp();
    const body = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(reason) }) };
    const error: unknown = await rest.call(upload, ['me'], body).then(undefined, (caught: unknown) => caught);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ message });
    expect(wire.sent).toHaveLength(0);
  });

  it('of a file is the only file of a form, which can be sent again, also if it was a stream', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    async function* slices(): AsyncGenerator<Uint8Array> {
      yield bytes.slice(0, 1);
      yield bytes.slice(1);
    }
    const { wire, rest } = setUp();
    for (const input of [
      bytes,
      new Blob([bytes]),
      new Blob([bytes]).stream(),
      slices(),
      new File([bytes], 'me.png', { type: 'image/png' }),
    ]) {
      const { length } = wire.sent;
      const call = watch(rest.call(upload, ['me'], input));
      await expect.poll(() => wire.sent.length, { interval: 1 }).toBe(length + 1);
      const { body, replayable, headers } = wire.last.request;
      expect(replayable).toBe(true);
      expect(headers['content-type']).toBeUndefined();
      const part = (body as FormData).get('image') as File;
      expect(part.name).toBe(input instanceof File ? 'me.png' : 'image');
      expect(part.type).toBe(input instanceof File ? 'image/png' : '');
      expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes);
      call.leave();
    }
  });

  it('that is a form already is sent as it is', async () => {
    const { wire, rest } = setUp();
    const form = new FormData();
    watch(rest.call(upload, ['me'], form));
    await expect.poll(() => wire.sent.length, { interval: 1 }).toBe(1);
    expect(wire.last.request.body).toBe(form);
    expect(wire.last.request).toMatchObject({ replayable: true, headers: {} });
  });

  it('of bytes is sent as it is; a stream is not read before', async () => {
    const { wire, rest } = setUp();
    const stream = new Blob(['x']).stream();
    watch(rest.call({ ...upload, form: 'binary' }, ['me'], stream));
    await expect.poll(() => wire.sent.length, { interval: 1 }).toBe(1);
    expect(wire.last.request).toMatchObject({
      replayable: false,
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(wire.last.request.body).toBe(stream);
  });

  it('whose call is aborted while it is encoded is not sent', async () => {
    const { wire, rest } = setUp();
    watch(rest.call(upload, ['me'], new Uint8Array(1))).leave();
    await new Promise((resolve) => setImmediate(resolve));
    expect(wire.sent).toHaveLength(0);
  });
});
