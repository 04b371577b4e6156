import { defer, EMPTY, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Credential } from '../../../src/models/credential.js';
import type { AuthStrategy } from '../../../src/api/auth/strategy.js';
import type { Operation } from '../../../src/api/operation.js';
import type { RestOutcome } from '../../../src/models/rest-outcome.js';
import { AuthenticationError, NetworkError, UnauthorizedError, ValidationError } from '../../../src/models/errors.js';
import { answer, answering, createPost, createTeam, getUser, refusal, setUp, watch, type Sent } from './kit.js';

const dead = refusal(401, 'api.context.session_expired.app_error');
const bearerOf = ({ request }: Sent): string | undefined => request.headers['authorization'];
const loginBody = ({ request }: Sent): unknown => JSON.parse(request.body as string);
const person = { loginId: 'alice', password: 'correct horse' };
const signedIn = (token: string) => answer({ id: 'u1', username: 'alice' }, 200, { token });

describe('a token', () => {
  it('is sent with every call, without the cookies of a browser', () => {
    const { wire, rest } = setUp({ auth: { token: 't1' } });
    watch(rest.call(getUser, ['me']));
    expect(bearerOf(wire.last)).toBe('Bearer t1');
    expect(wire.last.request.credentials).toBe('omit');
  });

  it('that the server refuses fails the call with the error of the server, and is not sent again', () => {
    const { wire, rest } = setUp({ auth: { token: 't1' } });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(dead);
    expect(call.error).toBeInstanceOf(UnauthorizedError);
    expect(wire.sent).toHaveLength(1);
  });

  it('of a function is fetched once for concurrent calls, and kept', () => {
    let asked = 0;
    const token$ = new Subject<string>();
    const { wire, rest } = setUp({ auth: { token: () => (asked++, token$) } });
    watch(rest.call(getUser, ['a']));
    watch(rest.call(getUser, ['b']));
    expect(asked).toBe(1);
    token$.next('t1');
    expect(wire.sent.map(bearerOf)).toEqual(['Bearer t1', 'Bearer t1']);
    watch(rest.call(getUser, ['c']));
    expect(asked).toBe(1);
  });

  it('of a function is fetched again when it is refused, once for concurrent calls, and the calls are repeated', () => {
    const tokens = ['t1', 't2'];
    const { wire, rest } = setUp({ auth: { token: () => tokens.shift()! } });
    const calls = ['a', 'b'].map((id) => watch(rest.call(getUser, [id])));
    const [first, second] = wire.sent;
    first!.respond(dead);
    second!.respond(dead);
    expect(wire.sent.slice(2).map(bearerOf)).toEqual(['Bearer t2', 'Bearer t2']);
    wire.sent.slice(2).forEach(({ respond }) => respond(answer({ ok: true })));
    calls.forEach(({ values }) => expect(values).toEqual([{ ok: true }]));
    expect(tokens).toEqual([]);
  });

  it('of a function that gives the refused one again is not sent again', () => {
    const { wire, rest } = setUp({ auth: { token: () => of('t1') } });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(dead);
    expect(wire.sent).toHaveLength(1);
    expect(call.error).toMatchObject({ status: 401 });
  });

  it('of a function that fails is the failure of the call', () => {
    const { rest } = setUp({
      auth: {
        token: () => {
          throw new Error('vault closed');
        },
      },
    });
    expect(watch(rest.call(getUser, ['me'])).error).toMatchObject({ message: 'vault closed' });
  });
});

describe('a token of a function', () => {
  it('is the first that its stream gives', () => {
    const { wire, rest } = setUp({ auth: { token: () => of('t1', 't2') } });
    watch(rest.call(getUser, ['me']));
    expect(wire.sent.map(bearerOf)).toEqual(['Bearer t1']);
  });

  it.each([7, undefined])('that is %s is refused by name, and not quoted', (value) => {
    const { wire, rest } = setUp({ auth: { token: (() => value) as never } });
    const { error } = watch(rest.call(getUser, ['me']));
    expect(error).toMatchObject({ message: 'auth.token: must be a string of visible ASCII characters' });
    expect(wire.sent).toHaveLength(0);
  });

  it('that gives the refused token again makes another credential of it, for the next call', () => {
    const { wire, rest } = setUp({ auth: { token: () => 't1' } });
    watch(rest.call(getUser, ['me']));
    const before = rest.auth!.peek!();
    wire.last.respond(dead);
    expect(rest.auth!.peek!()).not.toBe(before);
    watch(rest.call(getUser, ['me']));
    expect(wire.sent.map(bearerOf)).toEqual(['Bearer t1', 'Bearer t1']);
  });
});

describe('a refused token that is fixed', () => {
  it('has its refusal reported once, though two calls find out', () => {
    const { wire, rest } = setUp({ auth: { token: 't1' } });
    const refusals: RestOutcome[] = [];
    rest.outcomes$.subscribe((outcome) => refusals.push(outcome));
    ['a', 'b'].forEach((id) => watch(rest.call(getUser, [id])));
    wire.sent.forEach(({ respond }) => respond(dead));
    // Two calls fail, too.
    expect(refusals.map(({ path }) => path)).toEqual([[], ['a'], ['b']]);
    expect(refusals[0]).toStrictEqual({
      operation: 'getUser',
      path: [],
      body: undefined,
      status: 401,
      errorId: 'api.context.session_expired.app_error',
    });
  });

  it('cannot be renewed, which the strategy says itself', () => {
    const { rest } = setUp({ auth: { token: 't1' } });
    const { error } = watch(rest.auth!.renew(rest.auth!.peek!()!));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ message: 'the server has refused the token, and there is no other' });
  });
});

describe('headers', () => {
  it('are signed once for all calls that add none, and anew for the others', () => {
    const { wire, rest } = setUp({ auth: { token: 't1' }, headers: { 'accept-language': 'de' } });
    watch(rest.call(getUser, ['a']));
    watch(rest.call(getUser, ['b']));
    watch(rest.call(createTeam, [], {}));
    watch(rest.call(getUser, ['c']));
    const [a, b, post, c] = wire.sent.map(({ request }) => request.headers);
    expect(b).toBe(a);
    expect(a).toEqual({ 'accept-language': 'de', authorization: 'Bearer t1' });
    expect(post).toEqual({
      'accept-language': 'de',
      'content-type': 'application/json',
      authorization: 'Bearer t1',
    });
    expect(c).toEqual(a);
  });
});

describe('a 401', () => {
  it('that does not end the session is passed on', () => {
    const { wire, rest } = setUp({ auth: { token: () => 't' } });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(refusal(401, 'api.user.delete_user.not_enabled_for_me.app_error'));
    expect(wire.sent).toHaveLength(1);
    expect(call.error).toMatchObject({ status: 401 });
  });

  it('to the repeated call is passed on instead of repeating for ever', () => {
    let n = 0;
    const { wire, rest } = setUp({ auth: { token: () => `t${++n}` } });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(dead);
    wire.last.respond(dead);
    expect(wire.sent).toHaveLength(2);
    expect(call.error).toBeInstanceOf(UnauthorizedError);
  });

  it('to a call whose stream has been read is passed on, because it cannot be repeated', async () => {
    const { wire, rest } = setUp({ auth: { token: () => `t${Math.random()}` } });
    const upload: Operation = { id: 'uploadData', method: 'POST', path: '/uploads/{upload_id}', form: 'binary' };
    const call = watch(rest.call(upload, ['up1'], new Blob(['x']).stream()));
    await Promise.resolve();
    wire.last.respond(dead);
    expect(wire.sent).toHaveLength(1);
    expect(call.error).toMatchObject({ status: 401 });
  });

  it('does not make a second post: the repeated create has the same key', () => {
    let n = 0;
    const { wire, rest } = setUp({ auth: { token: () => `t${++n}` } });
    watch(rest.call(createPost, [], { message: 'hi' }));
    wire.last.respond(dead);
    expect(wire.sent[1]!.request.body).toBe(wire.sent[0]!.request.body);
  });

  it('may come after a wait in the queue: a repeat after it takes the credential of that time', () => {
    const tokens = ['t1', 't2'];
    const { clock, wire, rest } = setUp({ auth: { token: () => tokens.shift()! } });
    watch(rest.call(getUser, ['a']));
    watch(rest.call(getUser, ['b']));
    wire.sent[0]!.respond(answer('', 503));
    wire.sent[1]!.respond(dead);
    clock.advance(250);
    expect(bearerOf(wire.last)).toBe('Bearer t2');
  });
});

describe('a login', () => {
  it('is made by the first call that needs it, once for concurrent calls, and serves later ones', () => {
    const { wire, rest } = setUp({ auth: person });
    expect(wire.sent).toHaveLength(0);
    const calls = ['a', 'b'].map((id) => watch(rest.call(getUser, [id])));
    expect(wire.urls).toEqual(['/users/login']);
    expect(loginBody(wire.last)).toEqual({ login_id: 'alice', password: 'correct horse' });
    expect(bearerOf(wire.last)).toBeUndefined();
    wire.last.respond(signedIn('s1'));
    expect(wire.urls).toEqual(['/users/login', '/users/a', '/users/b']);
    expect(wire.sent.slice(1).map(bearerOf)).toEqual(['Bearer s1', 'Bearer s1']);
    wire.sent.slice(1).forEach(({ respond }) => respond(answer({})));
    expect(calls.every(({ completed }) => completed)).toBe(true);
    watch(rest.call(getUser, ['c']));
    expect(bearerOf(wire.last)).toBe('Bearer s1');
  });

  it('is not made for calls that need none; they send the credential once there is one', () => {
    const ping: Operation = { id: 'getPing', method: 'GET', path: '/system/ping', anonymous: true };
    const { wire, rest } = setUp({ auth: person });
    watch(rest.call(ping, []));
    expect(wire.urls).toEqual(['/system/ping']);
    watch(rest.call(getUser, ['me']));
    wire.last.respond(signedIn('s1'));
    watch(rest.call(ping, []).with({ headers: {} }));
    expect(bearerOf(wire.last)).toBe('Bearer s1');
  });

  it('is made again when its session has ended, once for all calls that notice', () => {
    const { wire, rest } = setUp({ auth: person });
    watch(rest.call(getUser, ['first']));
    wire.last.respond(signedIn('s1'));
    wire.last.respond(answer({}));
    const calls = ['a', 'b'].map((id) => watch(rest.call(getUser, [id])));
    const [a, b] = wire.sent.slice(-2);
    a!.respond(dead);
    b!.respond(dead);
    expect(wire.urls.slice(-1)).toEqual(['/users/login']);
    wire.last.respond(signedIn('s2'));
    expect(wire.sent.slice(-2).map(bearerOf)).toEqual(['Bearer s2', 'Bearer s2']);
    wire.sent.slice(-2).forEach(({ respond }) => respond(answer({ ok: true })));
    calls.forEach(({ values }) => expect(values).toEqual([{ ok: true }]));
    expect(wire.urls.filter((url) => url === '/users/login')).toHaveLength(2);
  });

  it('is not made by a call that notices late, when there is a new session already', () => {
    const { wire, rest } = setUp({ auth: person });
    watch(rest.call(getUser, ['first']));
    wire.last.respond(signedIn('s1'));
    watch(rest.call(getUser, ['slow']));
    const slow = wire.last;
    watch(rest.call(getUser, ['fast']));
    wire.last.respond(dead);
    wire.last.respond(signedIn('s2'));
    slow.respond(dead);
    expect(wire.urls.at(-1)).toBe('/users/slow');
    expect(bearerOf(wire.last)).toBe('Bearer s2');
  });

  it('that is refused fails all waiting calls with the id of the server, and is not tried again for a time that doubles', () => {
    const { clock, wire, rest } = setUp({ auth: person });
    const calls = ['a', 'b'].map((id) => watch(rest.call(getUser, [id])));
    wire.last.respond(refusal(401, 'api.user.login.invalid_credentials_email_username'));
    calls.forEach(({ error }) => {
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({ id: 'api.user.login.invalid_credentials_email_username' });
    });
    for (const waitMs of [60_000, 120_000, 240_000]) {
      clock.advance(waitMs - 1);
      expect(watch(rest.call(getUser, ['c'])).error).toBeInstanceOf(AuthenticationError);
      const { length } = wire.sent;
      clock.advance(1);
      watch(rest.call(getUser, ['c']));
      expect(wire.sent).toHaveLength(length + 1);
      wire.last.respond(refusal(401, 'api.user.login.invalid_credentials_email_username'));
    }
  });

  it('that is refused says why, and keeps the answer as its cause', () => {
    const { wire, rest } = setUp({ auth: person });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(refusal(401, 'api.user.login.inactive.app_error', {}, 'Deactivated.'));
    expect(call.error).toMatchObject({
      message: 'the login was refused: Deactivated.',
      cause: { status: 401, id: 'api.user.login.inactive.app_error' },
    });
  });

  it('that is refused where a session had ended is the failure of the call, instead of the refusal of the session', () => {
    const { wire, rest } = setUp({ auth: person });
    const outcomes: RestOutcome[] = [];
    rest.outcomes$.subscribe((outcome) => outcomes.push(outcome));
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(signedIn('s1'));
    wire.last.respond(dead);
    wire.last.respond(refusal(401, 'api.user.login.inactive.app_error'));
    expect(call.error).toMatchObject({ code: 'authentication', id: 'api.user.login.inactive.app_error' });
    expect(outcomes.at(-1)).toMatchObject({
      operation: 'getUser',
      path: ['me'],
      status: 0,
      errorId: 'api.user.login.inactive.app_error',
    });
  });

  it('waits for a minute again after a refusal that follows a success', () => {
    const { clock, wire, rest } = setUp({ auth: person });
    const refuse = (): void => wire.last.respond(refusal(401, 'api.user.login.inactive.app_error'));
    watch(rest.call(getUser, ['me']));
    refuse();
    clock.advance(60_000);
    watch(rest.call(getUser, ['me']));
    wire.last.respond(signedIn('s1'));
    wire.last.respond(dead);
    refuse();
    const { length } = wire.sent;
    clock.advance(60_000);
    watch(rest.call(getUser, ['me']));
    expect(wire.sent).toHaveLength(length + 1);
  });

  it.each([429, 500])('that the server answers with %i is tried again by the next call', (status) => {
    const { clock, wire, rest } = setUp({ auth: person, retry: false });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(refusal(status, 'some.id'));
    expect(call.error).toMatchObject({ code: 'api', status });
    watch(rest.call(getUser, ['me']));
    clock.advance(2_000);
    expect(wire.urls).toEqual(['/users/login', '/users/login']);
  });

  it('that finds no server is tried again by the calls that may be repeated', () => {
    const { clock, wire, rest } = setUp({ auth: person });
    const safe = watch(rest.call(getUser, ['me']));
    const unsafe = watch(rest.call(createTeam, [], {}));
    wire.last.fail(new Error('lost'));
    expect(unsafe.error).toBeInstanceOf(NetworkError);
    clock.advance(250);
    wire.last.respond(signedIn('s1'));
    wire.last.respond(answer({ id: 'u1' }));
    expect(safe.values).toEqual([{ id: 'u1' }]);
    expect(wire.urls).toEqual(['/users/login', '/users/login', '/users/me']);
  });

  it('that fails for another reason fails the calls with that, and the next call tries again', () => {
    const { wire, rest } = setUp({ auth: person, retry: false });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.fail(new Error('lost'));
    expect(call.error).toBeInstanceOf(NetworkError);
    const busy = watch(rest.call(getUser, ['me']));
    wire.last.respond(answer('', 503));
    expect(busy.error).toMatchObject({ status: 503 });
    watch(rest.call(getUser, ['me']));
    wire.last.respond(signedIn('s1'));
    expect(bearerOf(wire.last)).toBe('Bearer s1');
  });

  it('is aborted when no call waits for it any more', () => {
    const { clock, wire, rest } = setUp({ auth: person });
    const calls = ['a', 'b'].map((id) => watch(rest.call(getUser, [id])));
    calls[0]!.leave();
    expect(wire.last.aborted).toBe(false);
    calls[1]!.leave();
    expect(wire.last.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('whose token cannot be read says what to do', () => {
    const { wire, rest } = setUp({ auth: person });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(answer({ id: 'u1' }));
    expect(call.error).toBeInstanceOf(AuthenticationError);
    expect((call.error as Error).message).toContain('CorsExposedHeaders');
  });

  it('is reported to the streams like any other call', () => {
    const { wire, rest } = setUp({ auth: person });
    const outcomes: RestOutcome[] = [];
    rest.outcomes$.subscribe((outcome) => outcomes.push(outcome));
    watch(rest.call(getUser, ['me']));
    wire.last.respond(signedIn('s1'));
    expect(outcomes).toMatchObject([{ operation: 'login', status: 200 }]);
    expect(outcomes[0]!.body).toStrictEqual({ login_id: 'alice', password: 'correct horse' });
  });

  it('is not made again when a listener aborts the call that it was for, and makes another', () => {
    const { wire, rest } = setUp({ auth: person });
    const first = watch(rest.call(getUser, ['first']));
    rest.outcomes$.subscribe(() => {
      first.leave();
      watch(rest.call(getUser, ['second']));
    });
    wire.last.respond(signedIn('s1'));
    expect(wire.sent.map(({ request }) => request.operation.id)).toEqual(['login', 'getUser']);
    expect(bearerOf(wire.last)).toBe('Bearer s1');
  });

  it('has its refusal reported to the streams, once, although the calls that noticed succeed after the next login', () => {
    const { wire, rest } = setUp({ auth: person });
    watch(rest.call(getUser, ['first']));
    wire.last.respond(signedIn('s1'));
    wire.last.respond(answer({}));
    const outcomes: RestOutcome[] = [];
    rest.outcomes$.subscribe((outcome) => outcomes.push(outcome));
    ['a', 'b'].forEach((id) => watch(rest.call(getUser, [id])));
    const [a, b] = wire.sent.slice(-2);
    a!.respond(dead);
    wire.last.respond(signedIn('s2'));
    b!.respond(dead);
    wire.sent.slice(-2).forEach(({ respond }) => respond(answer({})));
    expect(outcomes.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'getUser 401',
      'login 200',
      'getUser 200',
      'getUser 200',
    ]);
  });
});

describe('MFA', () => {
  const wanted = refusal(401, 'mfa.validate_token.authenticate.app_error');
  const wrong = refusal(401, 'api.user.check_user_mfa.bad_code.app_error');

  it('asks for a code only if the server requires one, for each login again', () => {
    const codes = ['111111', '222222'];
    const { wire, rest } = setUp({ auth: { ...person, mfaToken: () => codes.shift()! } });
    watch(rest.call(getUser, ['me']));
    wire.last.respond(wanted);
    expect(loginBody(wire.last)).toMatchObject({ token: '111111' });
    wire.last.respond(signedIn('s1'));
    wire.last.respond(dead);
    wire.last.respond(wanted);
    expect(loginBody(wire.last)).toMatchObject({ token: '222222' });
  });

  it('without a code is an AuthenticationError that says so', () => {
    const { wire, rest } = setUp({ auth: person });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(wanted);
    expect(wire.sent).toHaveLength(1);
    expect(call.error).toMatchObject({ code: 'authentication', id: 'mfa.validate_token.authenticate.app_error' });
  });

  it('with a wrong code asks again with the next call, if a function gives it', () => {
    let asked = 0;
    const { wire, rest } = setUp({ auth: { ...person, mfaToken: () => String(++asked) } });
    for (const expected of [1, 2]) {
      const call = watch(rest.call(getUser, ['me']));
      wire.last.respond(wanted);
      wire.last.respond(wrong);
      expect(call.error).toMatchObject({ id: 'api.user.check_user_mfa.bad_code.app_error' });
      expect(asked).toBe(expected);
    }
    const fixed = setUp({ auth: { ...person, mfaToken: '123456' } });
    watch(fixed.rest.call(getUser, ['me']));
    fixed.wire.last.respond(wanted);
    expect(loginBody(fixed.wire.last)).toMatchObject({ token: '123456' });
    fixed.wire.last.respond(wrong);
    watch(fixed.rest.call(getUser, ['me']));
    expect(fixed.wire.sent).toHaveLength(2);
  });

  it('is asked for no code where the login fails for another reason, and such a refusal holds off the next login', () => {
    let asked = 0;
    const { clock, wire, rest } = setUp({ auth: { ...person, mfaToken: () => String(++asked) }, retry: false });
    watch(rest.call(getUser, ['me']));
    wire.last.fail(new Error('lost'));
    watch(rest.call(getUser, ['me']));
    wire.last.respond(refusal(401, 'api.user.login.invalid_credentials_email_username'));
    const blocked = watch(rest.call(getUser, ['me']));
    expect(blocked.error).toBeInstanceOf(AuthenticationError);
    expect(wire.sent).toHaveLength(2);
    expect(asked).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it.each([
    [654321, 'must be a string, not number'],
    [undefined, 'must be a string, not undefined'],
    ['', 'must not be empty'],
  ])('whose code is %j fails without a request, and does not quote the code', (code, problem) => {
    const { wire, rest } = setUp({ auth: { ...person, mfaToken: (() => code) as never } });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(wanted);
    expect(call.error).toBeInstanceOf(ValidationError);
    expect(call.error).toMatchObject({ message: `auth.mfaToken: ${problem}` });
    expect(wire.sent).toHaveLength(1);
  });

  it('stops asking when the caller leaves', () => {
    let asking = 0;
    const mfaToken = () => defer(() => (asking++, NEVER));
    const { clock, wire, rest } = setUp({ auth: { ...person, mfaToken } });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(wanted);
    expect(asking).toBe(1);
    call.leave();
    expect(clock.pending).toBe(0);
  });
});

describe('the session cookie', () => {
  const withCookie = (cookie: string, test: () => void): void => {
    Object.assign(globalThis, { document: { cookie } });
    try {
      test();
    } finally {
      Reflect.deleteProperty(globalThis, 'document');
    }
  };

  it('is sent, with the current CSRF token on all but GET', () => {
    const { wire, rest } = setUp({ auth: { cookie: true } });
    withCookie('a=b; MMCSRF=csrf1; c=d', () => {
      watch(rest.call(getUser, ['me']));
      watch(rest.call(createTeam, [], {}));
    });
    withCookie('MMCSRF=csrf2', () => watch(rest.call(createTeam, [], {})));
    expect(wire.sent.map(({ request: { credentials, headers } }) => [credentials, headers])).toEqual([
      ['include', { 'x-requested-with': 'XMLHttpRequest' }],
      [
        'include',
        { 'content-type': 'application/json', 'x-requested-with': 'XMLHttpRequest', 'x-csrf-token': 'csrf1' },
      ],
      [
        'include',
        { 'content-type': 'application/json', 'x-requested-with': 'XMLHttpRequest', 'x-csrf-token': 'csrf2' },
      ],
    ]);
  });

  it('is at hand from the start, and cannot be renewed here', () => {
    const { rest } = setUp({ auth: { cookie: true } });
    expect(watch(rest.auth!.credential()).values).toEqual([{ kind: 'cookie' }]);
    expect(rest.auth!.peek!()).toEqual({ kind: 'cookie' });
    const { error } = watch(rest.auth!.renew({ kind: 'cookie' }));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ message: 'the session of the cookie has ended' });
  });

  it('that has ended is the 401 of the server', () => {
    const { wire, rest } = setUp({ auth: { cookie: true } });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(dead);
    expect(call.error).toBeInstanceOf(UnauthorizedError);
  });
});

describe('a strategy of the caller', () => {
  const boom = new Error('boom');
  const credential = (token: string): Credential => ({ kind: 'bearer', token });

  it('is asked for a credential, and for another one when that is refused', () => {
    const refused: Credential[] = [];
    const first = credential('s1');
    const auth: AuthStrategy = {
      credential: () => of(first),
      renew: (old) => (refused.push(old), of(credential('s2'))),
    };
    const { wire, rest } = setUp({ auth });
    expect(rest.auth).toBe(auth);
    watch(rest.call(getUser, ['me']));
    wire.last.respond(dead);
    expect(refused).toEqual([first]);
    expect(bearerOf(wire.last)).toBe('Bearer s2');
  });

  it('that fails is the failure of the call', () => {
    const auth: AuthStrategy = {
      credential: () => throwError(() => new AuthenticationError('no')),
      renew: () => NEVER,
    };
    expect(watch(setUp({ auth }).rest.call(getUser, ['me'])).error).toBeInstanceOf(AuthenticationError);
  });

  it('that gives nothing is an error that says so', () => {
    const { wire, rest } = setUp({ auth: { credential: () => EMPTY, renew: () => EMPTY } });
    const call = watch(rest.call(getUser, ['me']));
    expect(call.error).toBeInstanceOf(AuthenticationError);
    expect(call.error).toMatchObject({ message: 'the strategy gave no credential' });
    expect(wire.sent).toHaveLength(0);
  });

  it.each<[string, Partial<AuthStrategy>]>([
    [
      'peek',
      {
        peek: () => {
          throw boom;
        },
      },
    ],
    [
      'credential',
      {
        credential: () => {
          throw boom;
        },
      },
    ],
  ])('whose %s throws is the failure of the call', (_, part) => {
    const { clock, rest } = setUp({ auth: { credential: () => NEVER, renew: () => NEVER, ...part } });
    const call = watch(rest.call(getUser, ['me']));
    expect(call.error).toBe(boom);
    expect(clock.pending).toBe(0);
  });

  it('that gives more than one credential has its first one used', () => {
    const given = (...tokens: string[]) => of(...tokens.map(credential));
    const auth: AuthStrategy = { credential: () => given('s1', 's2'), renew: () => given('s3', 's4') };
    const { wire, rest } = setUp({ auth });
    watch(rest.call(getUser, ['me']));
    wire.last.respond(dead);
    expect(wire.sent.map(bearerOf)).toEqual(['Bearer s1', 'Bearer s3']);
  });

  it.each([boom, new AuthenticationError('gone', { id: 'some.id' })])(
    'that cannot renew for the reason %s fails the call with that',
    (reason) => {
      const auth: AuthStrategy = { credential: () => of(credential('s1')), renew: () => throwError(() => reason) };
      const { wire, rest } = setUp({ auth });
      const call = watch(rest.call(getUser, ['me']));
      wire.last.respond(dead);
      expect(call.error).toBe(reason);
    },
  );

  it('that has no other credential fails the call with the refusal of the server', () => {
    const auth: AuthStrategy = {
      credential: () => of(credential('s1')),
      renew: () => throwError(() => new AuthenticationError('none')),
    };
    const { wire, rest } = setUp({ auth });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(dead);
    expect(call.error).toBeInstanceOf(UnauthorizedError);
  });

  it('whose renewed credential meets the end of the client sends nothing', () => {
    const renewed = new Subject<Credential>();
    const auth: AuthStrategy = { credential: () => of(credential('s1')), renew: () => renewed };
    const { clock, wire, rest } = setUp({ auth });
    watch(rest.call(getUser, ['me']));
    wire.last.respond(dead);
    rest.close();
    expect(renewed.observed).toBe(false);
    renewed.next(credential('s2'));
    expect(wire.sent).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('that gives an invalid token is an error that says so, without the token', () => {
    const auth: AuthStrategy = { credential: () => of(credential('bad\ntoken')), renew: () => NEVER };
    const { error } = watch(setUp({ auth }).rest.call(getUser, ['me']));
    expect(error).toBeInstanceOf(ValidationError);
    expect(String(error)).not.toContain('bad');
  });
});

describe('invalid auth', () => {
  it.each([
    7,
    null,
    {},
    'token',
    { token: '' },
    { token: undefined },
    { token: 'two words' },
    { loginId: 'a' },
    { loginId: '', password: 'p' },
  ])('as %j is refused when the client is made, by name', (auth) => {
    const make = (): unknown => setUp({ auth: auth as never, transport: answering(() => answer({})) });
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(/^auth/);
    if (Object(auth) !== auth || Object.keys(auth as object).length === 0)
      expect(make).toThrow('auth: must have one of token, loginId, cookie and credential');
  });
});
