import { EMPTY, firstValueFrom, interval, map, mergeMap, of, Subject, take, toArray, type Subscription } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { RestOutcome } from '../../../src/models/rest-outcome.js';
import type { CallRecord, RestOptions } from '../../../src/api/rest-options.js';
import type { Operation } from '../../../src/api/operation.js';
import { ClosedError, NotFoundError, ProtocolError } from '../../../src/models/errors.js';
import { createRest } from '../../../src/api/rest.js';
import {
  answer,
  answering,
  createPost,
  createTeam,
  getUser,
  refusal,
  setUp,
  watch,
  type Bench,
  type Watch,
} from './kit.js';

const instant = (reply = () => answer({ id: 'u1' })) => setUp({ transport: answering(reply) });

describe('a call', () => {
  it('is cold: nothing happens until it is subscribed, and each subscription is a request', () => {
    const { wire, rest } = setUp();
    const call = rest.call(createTeam, [], { name: 'a' });
    void call.with({ timeoutMs: 5 }).response();
    expect(wire.sent).toHaveLength(0);
    watch(call);
    watch(call);
    expect(wire.sent).toHaveLength(2);
  });

  it('emits once and completes', () => {
    const { wire, rest } = setUp();
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(answer({ id: 'u1' }));
    expect(call).toMatchObject({ values: [{ id: 'u1' }], completed: true });
  });

  it('aborts its request when it is unsubscribed, and leaves no timer', () => {
    const { clock, wire, rest } = setUp();
    watch(rest.call(getUser, ['me'])).leave();
    expect(wire.last.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('is awaited with one subscription each time, and rejects as it errors', async () => {
    let requests = 0;
    const { rest } = instant(() => (++requests < 3 ? answer({ n: requests }) : refusal(404, 'gone')));
    const call = rest.call(getUser, ['me']);
    expect(await call).toEqual({ n: 1 });
    expect(await Promise.resolve(call)).toEqual({ n: 2 });
    await expect(async () => await call).rejects.toBeInstanceOf(NotFoundError);
    expect(await call.then(undefined, () => 'handled')).toBe('handled');
  });

  it('that fails with nobody to handle it is an unhandled rejection, as a promise is', async () => {
    const { rest } = instant(() => refusal(404, 'gone'));
    const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve));
    const listeners = process.listeners('unhandledRejection');
    listeners.slice(0, -1).forEach((listener) => process.off('unhandledRejection', listener));
    void rest.call(getUser, ['me']).then(() => undefined);
    expect(await unhandled).toBeInstanceOf(NotFoundError);
    listeners.slice(0, -1).forEach((listener) => process.on('unhandledRejection', listener));
  });

  it('can be piped like any Observable', async () => {
    const { rest } = instant();
    const call = rest.call<{ id: string }>(getUser, ['me']);
    expect(await firstValueFrom(call.pipe(map(({ id }) => id)))).toBe('u1');
  });

  it('with other options keeps those that are not given', () => {
    const { wire, rest } = setUp({ headers: { 'accept-language': 'de' } });
    watch(
      rest
        .call(getUser, ['me'])
        .with({ headers: { 'x-one': '1' }, retry: false })
        .with({ ifNoneMatch: 'tag' }),
    );
    expect(wire.last.request.headers).toStrictEqual({
      'accept-language': 'de',
      'x-one': '1',
      'if-none-match': 'tag',
    });
    watch(rest.call(getUser, ['me']).with({ headers: { 'accept-language': 'fr' } }));
    expect(wire.last.request.headers).toStrictEqual({ 'accept-language': 'fr' });
    watch(rest.call(createTeam, [], {}));
    expect(wire.last.request.headers).toStrictEqual({
      'accept-language': 'de',
      'content-type': 'application/json',
    });
    expect(wire.sent[0]!.request.options).toMatchObject({ retry: false });
  });

  it('is aborted by a signal, with its reason, and forgets the signal when it is over', () => {
    const { wire, rest } = setUp();
    const controller = new AbortController();
    const remove = vi.spyOn(controller.signal, 'removeEventListener');
    const call = watch(rest.call(getUser, ['me']).with({ signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect(call.error).toMatchObject({ message: 'enough' });
    expect(wire.last.aborted).toBe(true);
    expect(remove).toHaveBeenCalledOnce();
    const late = watch(rest.call(getUser, ['me']).with({ signal: controller.signal }));
    expect(late.error).toMatchObject({ message: 'enough' });
    expect(wire.sent).toHaveLength(1);
  });

  it('forgets the signal when it has its answer', () => {
    const { wire, rest } = setUp();
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    watch(rest.call(getUser, ['me']).with({ signal }));
    wire.last.respond(answer({}));
    expect(remove.mock.calls).toEqual(add.mock.calls);
  });

  it.each<[string, (bench: Bench, controller: AbortController) => void]>([
    ['closes the client', ({ rest }) => rest.close()],
    ['aborts the signal', (_, controller) => controller.abort()],
  ])('whose subscriber %s from within the answer completes: it has not failed', (_, stop) => {
    const bench = setUp();
    const controller = new AbortController();
    const call = bench.rest.call(getUser, ['me']).with({ signal: controller.signal });
    const end: unknown[] = [];
    call.subscribe({
      next: () => stop(bench, controller),
      error: (error: unknown) => end.push(error),
      complete: () => end.push('complete'),
    });
    bench.wire.last.respond(answer({}));
    expect(end).toEqual(['complete']);
    expect(bench.clock.pending).toBe(0);
  });

  it('that is subscribed by a projection whose subscriber has left sends nothing', () => {
    const { clock, wire, rest } = setUp();
    for (const call of [rest.call(createTeam, [], {}), rest.call(getUser, ['me'])]) {
      const source = new Subject<void>();
      const subscription: Subscription = source.pipe(mergeMap(() => (subscription.unsubscribe(), call))).subscribe();
      source.next();
    }
    expect(wire.sent).toHaveLength(0);
    expect(clock.pending).toBe(0);
    rest.close();
  });

  it('emits its answer alone, even if the transport counts bytes for nobody', () => {
    const { wire, rest } = setUp();
    const call = watch(rest.call(getUser, ['me']));
    wire.last.emit({ type: 'download', loadedBytes: 3 });
    wire.last.respond(answer({ id: 'u1' }));
    expect(call).toMatchObject({ values: [{ id: 'u1' }], completed: true });
  });

  it('fails at once on an answer that does not keep to the types of a transport', () => {
    const { wire, rest } = setUp({ retry: false });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(answer(new Blob(['not a text']), 500));
    expect(call.error).toMatchObject({ code: 'network' });
  });

  it('asks for ranges without compression', () => {
    const { wire, rest } = setUp();
    watch(rest.call(getUser, ['me']).with({ headers: { range: 'bytes=0-9' } }));
    expect(wire.last.request.headers).toMatchObject({ range: 'bytes=0-9', 'accept-encoding': 'identity' });
  });
});

describe('a response', () => {
  it('tells status, headers, ETag, request id and server version', async () => {
    const headers = {
      etag: '11.6.0.u1.5',
      'x-request-id': 'r1',
      'x-version-id': '11.6.0.lab.9a576f87.false',
      token: 'secret',
    };
    const given = answer({ id: 'u1' }, 201, headers);
    const { rest } = instant(() => given);
    const response = await rest.call(getUser, ['me']).response();
    expect(response).toMatchObject({
      data: { id: 'u1' },
      status: 201,
      etag: '11.6.0.u1.5',
      requestId: 'r1',
      serverVersion: '11.6.0',
    });
    expect(response.headers).toBe(given.headers);
    expect(response.headers.get('Token')).toBe('secret');
    expect([...response.headers.keys()]).toContain('x-version-id');
  });

  it('has the headers of any transport as a WHATWG object, and no version where the server names none', async () => {
    const pairs = { 'x-one': '1', 'x-version-id': 'v11.6.0' };
    const reader = {
      get: (name: string) => new Map(Object.entries(pairs)).get(name) ?? null,
      forEach: (take: (value: string, name: string, parent: Headers) => void) =>
        Object.entries(pairs).forEach(([name, value]) => take(value, name, new Headers())),
    };
    const { rest } = instant(() => ({ ...answer({}), headers: reader }));
    const response = await rest.call(getUser, ['me']).response();
    expect(response.headers).toBeInstanceOf(Headers);
    expect([...response.headers]).toEqual(Object.entries(pairs));
    expect(response.serverVersion).toBeUndefined();
    const long = instant(() => answer({}, 200, { 'x-version-id': '11.10.12.a.b.false' }));
    expect(await long.rest.call(getUser, ['me']).response()).toMatchObject({ serverVersion: '11.10.12' });
    const bare = await instant().rest.call(getUser, ['me']).response();
    expect(bare).toMatchObject({ etag: undefined, requestId: undefined, serverVersion: undefined });
  });

  it('of status 304 has no data, and the call itself emits news alone', async () => {
    const { rest } = instant(() => answer('', 304, { etag: 't' }));
    const call = rest.call(getUser, ['me']).with({ ifNoneMatch: 't' });
    expect(await call.response()).toMatchObject({ status: 304, data: undefined, etag: 't' });
    expect(await firstValueFrom(call.pipe(toArray()))).toEqual([]);
    expect(await call).toBeUndefined();
  });

  it('and its bytes can be followed', () => {
    const { wire, rest } = setUp();
    const events = watch(rest.call(getUser, ['me']).progress());
    expect(wire.last.request.progress).toBe(true);
    wire.last.emit({ type: 'download', loadedBytes: 3, totalBytes: 6 });
    wire.last.respond(answer({ id: 'u1' }));
    expect(events.values).toEqual([
      { type: 'download', loadedBytes: 3, totalBytes: 6 },
      { type: 'response', response: expect.objectContaining({ status: 200, data: { id: 'u1' } }) as unknown },
    ]);
    expect(events.completed).toBe(true);
  });

  it.each<[Partial<Operation>, string, unknown]>([
    [{}, '{"a":1}', { a: 1 }],
    [{}, '{"a":"<b>"}', { a: '<b>' }],
    [{}, 'null', null],
    [{ answer: 'list' }, 'null', []],
    [{ paging: 'page' }, 'null', []],
    [{ answer: 'text' }, 'ok', 'ok'],
    [{ answer: 'none' }, '', undefined],
    [{ answer: 'ndjson' }, '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
    [{ answer: 'ndjson' }, '[{"a":1}]', [{ a: 1 }]],
    [{ answer: 'ndjson' }, '[]', []],
    [{ answer: 'ndjson' }, '', []],
  ])('of %j and the body %j is %j', async (operation, body, value) => {
    const { rest } = instant(() => answer(body));
    expect(await rest.call({ ...getUser, ...operation }, ['me'])).toEqual(value);
  });

  it('of a picture is its bytes', async () => {
    const picture = new Blob(['<svg>'], { type: 'image/svg+xml' });
    const { rest } = instant(() => answer(picture));
    expect(await rest.call({ ...getUser, answer: 'blob' }, ['me'])).toBe(picture);
  });

  it('of status 204 has no data', async () => {
    const { rest } = instant(() => answer('', 204));
    expect(await rest.call(getUser, ['me'])).toBeUndefined();
  });

  it('never holds the hash of a password that an old server sends, but keeps what is only called so', async () => {
    const user = { id: 'u1', username: 'alice', password: '$2a$10$hash' };
    const body = { users: [user], props: { password: 'not of a user' } };
    const { rest } = instant(() => answer(body));
    expect(await rest.call(getUser, ['me'])).toEqual({
      users: [{ id: 'u1', username: 'alice' }],
      props: { password: 'not of a user' },
    });
  });
});

describe('what became of calls', () => {
  it('is told with arguments, answer and the id of the error', () => {
    const { wire, rest } = setUp();
    const outcomes: RestOutcome[] = [];
    rest.outcomes$.subscribe((outcome) => outcomes.push(outcome));
    watch(rest.call(getUser, ['me']));
    wire.last.respond(answer({ id: 'u1' }));
    watch(rest.call(createTeam, [], { name: 'a' }));
    wire.last.respond(refusal(400, 'team.exists'));
    watch(rest.call(createTeam, [], { name: 'a' }));
    wire.last.fail(new Error('lost'));
    watch(rest.call(createTeam, [], { name: 'a' })).leave();
    expect(outcomes).toEqual([
      { operation: 'getUser', path: ['me'], body: undefined, status: 200, errorId: '', answer: { id: 'u1' } },
      { operation: 'createTeam', path: [], body: { name: 'a' }, status: 400, errorId: 'team.exists' },
      { operation: 'createTeam', path: [], body: { name: 'a' }, status: 0, errorId: '' },
    ]);
  });

  it('is told with the status of an answer that is an error, and of none where it cannot be read', () => {
    const { wire, rest } = setUp();
    const outcomes: RestOutcome[] = [];
    rest.outcomes$.subscribe((outcome) => outcomes.push(outcome));
    const call = watch(rest.call({ ...getUser, answer: 'list' }, ['me']));
    wire.last.respond(answer('[{"id":"api.gone","message":"x","status_code":404}'));
    expect(call.error).toBeInstanceOf(NotFoundError);
    watch(rest.call(getUser, ['me']));
    wire.last.respond(answer('<html>'));
    watch(rest.call(getUser, ['me']).with({ ifNoneMatch: 't' }));
    wire.last.respond(answer('', 304));
    const unread = watch(rest.call(getUser, ['me']).raw());
    wire.last.respond(answer('unread'));
    expect(unread).toMatchObject({ values: ['unread'], completed: true });
    expect(outcomes.map(({ status, errorId, answer }) => [status, errorId, answer])).toEqual([
      [404, 'api.gone', undefined],
      [0, '', undefined],
      [304, '', undefined],
      [200, '', undefined],
    ]);
  });

  it('follows the answer, but comes before an error', () => {
    const { wire, rest } = setUp();
    const seen: string[] = [];
    rest.outcomes$.subscribe(({ status }) => seen.push(`outcome ${status}`));
    rest.call(getUser, ['me']).subscribe(() => seen.push('answer'));
    wire.last.respond(answer({}));
    rest.call(getUser, ['me']).subscribe({ error: () => seen.push('error') });
    wire.last.respond(answer('', 404));
    expect(seen).toEqual(['answer', 'outcome 200', 'outcome 404', 'error']);
  });

  it('is observed with attempts and duration, and an observer that throws harms nobody', async () => {
    const records: CallRecord[] = [];
    const { clock, wire, rest } = setUp({ observe: (record) => records.push(record) });
    clock.advance(1_000);
    watch(rest.call(getUser, ['me'], undefined, { token: 'secret' }));
    wire.last.respond(answer('', 503));
    clock.advance(250);
    clock.advance(50);
    wire.last.respond(answer({}));
    expect(records).toMatchObject([
      { operation: 'getUser', method: 'GET', status: 200, attempts: 2, error: undefined },
    ]);
    expect(records[0]!.durationMs).toBeCloseTo(300);
    expect(records[0]!.url).toBe('http://mm.test/api/v4/users/me?token=[redacted]');

    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
    const others = process.listeners('uncaughtException').slice(0, -1);
    others.forEach((listener) => process.off('uncaughtException', listener));
    const throwing = setUp({
      transport: answering(() => answer({ id: 'u1' })),
      observe: () => {
        throw new Error('in the observer');
      },
    });
    expect(await throwing.rest.call(getUser, ['me'])).toEqual({ id: 'u1' });
    expect(await thrown).toMatchObject({ message: 'in the observer' });
    others.forEach((listener) => process.on('uncaughtException', listener));
  });
});

describe('an interceptor of one’s own', () => {
  it('sees each call once, may change request and answer, and sees errors of the family', () => {
    const seen: unknown[] = [];
    const { clock, wire, rest } = setUp({
      auth: { token: 'secret' },
      interceptors: [
        (request, next) => {
          seen.push(request.headers['authorization']);
          return next({ ...request, headers: { ...request.headers, 'x-mine': '1' } });
        },
      ],
    });
    watch(rest.call(getUser, ['me']));
    wire.last.respond(answer('', 503));
    clock.advance(250);
    expect(seen).toEqual([undefined]);
    expect(wire.last.request.headers).toEqual({ 'x-mine': '1', authorization: 'Bearer secret' });
  });

  it('is the outermost of the list first', () => {
    const seen: string[] = [];
    const { rest } = setUp({
      interceptors: ['outer', 'inner'].map((name) => (request, next) => (seen.push(name), next(request))),
    });
    watch(rest.call(getUser, ['me']));
    expect(seen).toEqual(['outer', 'inner']);
  });

  it('may answer itself', async () => {
    const { wire, rest } = setUp({ interceptors: [() => of(answer({ id: 'cached' }))] });
    expect(await rest.call(getUser, ['me'])).toEqual({ id: 'cached' });
    expect(wire.sent).toHaveLength(0);
  });

  it('that throws or gives nothing does so to the call', async () => {
    const boom = new Error('boom');
    const throwing = setUp({
      interceptors: [
        () => {
          throw boom;
        },
      ],
    });
    expect(watch(throwing.rest.call(getUser, ['me'])).error).toBe(boom);
    expect(await setUp({ interceptors: [() => EMPTY] }).rest.call(getUser, ['me'])).toBeUndefined();
  });
});

describe('a validator', () => {
  const refuse = new ProtocolError('does not fit');
  const checking = (checked: unknown[]): Bench =>
    setUp({
      validate: {
        answer: (operation, value) => {
          checked.push([operation, value]);
          if (value === 'bad') throw refuse;
        },
        event: () => true,
      },
    });

  it('is given each answer that is read, and none that is not', () => {
    const checked: unknown[] = [];
    const { wire, rest } = checking(checked);
    const call = rest.call(getUser, ['me']);
    watch(call);
    wire.last.respond(answer({ id: 'u1' }));
    watch(call.response());
    wire.last.respond(answer({ id: 'u2' }));
    watch(call.raw());
    wire.last.respond(answer('raw'));
    watch(call.with({ ifNoneMatch: 't' }));
    wire.last.respond(answer('', 304));
    expect(checked).toEqual([
      ['getUser', { id: 'u1' }],
      ['getUser', { id: 'u2' }],
    ]);
  });

  it('that refuses an answer fails the call, which is reported with the status: the server has done its part', () => {
    const { wire, rest } = checking([]);
    const outcomes: RestOutcome[] = [];
    rest.outcomes$.subscribe((outcome) => outcomes.push(outcome));
    const call = watch(rest.call(createTeam, [], {}));
    wire.last.respond(answer('"bad"', 201));
    expect(call).toMatchObject({ error: refuse, values: [] });
    expect(outcomes).toMatchObject([{ operation: 'createTeam', status: 201, errorId: '' }]);
    expect(outcomes[0]).not.toHaveProperty('answer', 'bad');
  });

  it('that is given by name only is refused when the client is made', () => {
    const make = (): unknown => createRest({ url: 'http://mm.test', validate: 'strict' as never });
    expect(make).toThrow('validate: must be validator() of matterstream/validate');
  });
});

describe('a fetch of one’s own', () => {
  it('is what sends', async () => {
    const asked: string[] = [];
    const rest = createRest({
      url: 'http://mm.test',
      fetch: (url) => (asked.push(url), Promise.resolve(new Response('{"id":"u1"}'))),
    });
    expect(await rest.call(getUser, ['me'])).toEqual({ id: 'u1' });
    expect(asked).toEqual(['http://mm.test/api/v4/users/me']);
  });
});

describe('closing', () => {
  const upload: Operation = { id: 'setProfileImage', method: 'POST', path: '/users/{user_id}/image', form: 'image' };
  const person = { loginId: 'alice', password: 'p' };

  it.each<[string, Partial<RestOptions>, (bench: Bench) => Watch<unknown>]>([
    ['while its body is read', {}, ({ rest }) => watch(rest.call(upload, ['me'], new Blob(['x']).stream()))],
    ['while a login is made for it', { auth: person }, ({ rest }) => watch(rest.call(createPost, [], {}))],
    ['while it is sent', {}, ({ rest }) => watch(rest.call(createPost, [], {}))],
    [
      'while it waits to be repeated',
      {},
      ({ wire, rest }) => {
        const call = watch(rest.call(createPost, [], {}));
        wire.last.fail(new Error('lost'));
        return call;
      },
    ],
    [
      'while it waits for its turn',
      { retry: false },
      ({ wire, rest }) => {
        watch(rest.call(getUser, ['first']));
        wire.last.respond(answer('', 429, { 'retry-after': '9' }));
        return watch(rest.call(createPost, [], {}));
      },
    ],
  ])('ends a call %s, and nothing is sent afterwards', async (_, options, begin) => {
    const bench = setUp(options);
    const { clock, wire, rest } = bench;
    const call = begin(bench);
    const { length } = wire.sent;
    rest.close();
    expect(call.error).toBeInstanceOf(ClosedError);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(60_000);
    expect(wire.sent).toHaveLength(length);
    expect(clock.pending).toBe(0);
  });

  it('says what was closed and when', () => {
    const { rest } = setUp();
    const call = watch(rest.call(getUser, ['me']));
    rest.close();
    expect(call.error).toMatchObject({ message: 'the client was closed during the call' });
    expect(watch(rest.call(getUser, ['me'])).error).toMatchObject({ message: 'getUser: the client is closed' });
  });

  it('ends all reports, that of a call that closes from within its answer included', () => {
    const records: CallRecord[] = [];
    const { wire, rest } = setUp({ observe: (record) => records.push(record) });
    watch(rest.call(getUser, ['me']));
    rest.call(getUser, ['other']).subscribe(() => rest.close());
    wire.last.respond(answer({}));
    expect(records).toEqual([]);
  });

  it('from within the error of a call, and calls that are made while it closes, are refused like later ones', () => {
    const { wire, rest } = setUp();
    const seen: unknown[] = [];
    const other = watch(rest.call(getUser, ['other']));
    rest.call(getUser, ['me']).subscribe({
      error: () => {
        rest.close();
        other.leave();
        seen.push(watch(rest.call(getUser, ['again'])).error);
      },
    });
    rest.close();
    expect(seen).toEqual([expect.any(ClosedError)]);
    expect(wire.sent).toHaveLength(2);
  });

  it('ends what is under way, refuses what comes later, and leaves nothing', () => {
    const { clock, wire, rest } = setUp();
    const outcomes = watch(rest.outcomes$);
    const calls = [
      watch(rest.call(getUser, ['a'])),
      watch(rest.call(getUser, ['a'])),
      watch(rest.call(getUser, ['b'])),
    ];
    wire.last.fail(new Error('lost'));
    rest.close();
    rest.close();
    calls.forEach(({ error }) => expect(error).toBeInstanceOf(ClosedError));
    expect(wire.sent[0]!.aborted).toBe(true);
    expect(clock.pending).toBe(0);
    expect(outcomes.completed).toBe(true);
    expect(watch(rest.call(getUser, ['me'])).error).toBeInstanceOf(ClosedError);
    expect(wire.sent).toHaveLength(2);
  });

  it('a thousand calls, taken and left, leave no timer', () => {
    const { clock, wire, rest } = setUp();
    for (let n = 0; n < 1000; n++) {
      const call = watch(rest.call(getUser, [`u${n}`]));
      if (n % 3 === 0) wire.last.respond(answer({}));
      else if (n % 3 === 1) wire.last.fail(new Error('lost'));
      call.leave();
    }
    expect(clock.pending).toBe(0);
    expect(interval(1).pipe(take(1))).toBeDefined();
  });
});
