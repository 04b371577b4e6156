import { NEVER, of, Subject, throwError, type Observable } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Credential } from '../../../../src/models/credential.js';
import {
  ApiError,
  AuthenticationError,
  ClosedError,
  NetworkError,
  TimeoutError,
  UnauthorizedError,
  ValidationError,
} from '../../../../src/models/errors.js';
import { createCredentialFlow, type Verdict } from '../../../../src/streams/connection/credential-flow.js';
import type { Login } from '../../../../src/streams/connection/machine-state.js';
import type { GatewayOptions } from '../../../../src/streams/connection/options.js';
import { isFinal, toRejection } from '../../../../src/streams/connection/rejection.js';
import { sessionKeyOf } from '../../../../src/streams/connection/session-key.js';

afterEach(() => vi.unstubAllGlobals());

const bearer = (token: string): Credential => ({ kind: 'bearer', token });
const login: Login = { credential: bearer('token-1'), sessionKey: 'token-1' };
const answer = (status: number) => ({
  status,
  id: 'some.id',
  message: 'no',
  method: 'GET' as const,
  url: 'https://x/y',
});
const refusal = new UnauthorizedError(answer(401));

type Source = GatewayOptions['credentials'];
function flowOf(options: Partial<Source> & Partial<Pick<GatewayOptions, 'probe'>> = {}) {
  const reports: string[] = [];
  const { probe = () => of({}), credential = () => of(bearer('token-1')), renew = () => NEVER } = options;
  const flow = createCredentialFlow({ probe, credentials: { credential, renew } }, (type) => reports.push(type));
  return { flow, reports };
}
function tape<T>(source: Observable<T>): (T | 'done')[] {
  const seen: (T | 'done')[] = [];
  source.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('done') });
  return seen;
}

describe('a login', () => {
  it('is the credential that there is now, with the key of its session', () => {
    const credentials = new Subject<Credential>();
    const { flow } = flowOf({ credential: () => credentials });
    const seen = tape(flow.login());
    credentials.next(bearer('token-1'));
    expect(seen).toEqual([login, 'done']);
    expect(credentials.observed).toBe(false);
  });

  it('is not asked for before somebody wants it, and errors as its source does', () => {
    let asked = 0;
    const { flow } = flowOf({
      credential() {
        asked++;
        throw new ClosedError();
      },
    });
    const login$ = flow.login();
    expect(asked).toBe(0);
    let error: unknown;
    login$.subscribe({ error: (e: unknown) => (error = e) });
    expect(error).toBeInstanceOf(ClosedError);
  });

  it('is kept out of texts', () => {
    const { flow } = flowOf();
    expect(flow.redact('cannot use token-1')).toBe('cannot use token-1');
    flow.login().subscribe();
    expect(flow.redact('cannot use token-1')).toBe('cannot use [redacted]');
    expect(flow.redact(undefined)).toBe('undefined');
  });

  it('by a cookie has the CSRF cookie as its key', () => {
    vi.stubGlobal('document', { cookie: 'MMCSRF=abc' });
    expect(sessionKeyOf({ kind: 'cookie' })).toBe('abc');
    vi.stubGlobal('document', undefined);
    expect(sessionKeyOf({ kind: 'cookie' })).toBe('');
    const { flow } = flowOf({ credential: () => of({ kind: 'cookie' }) });
    flow.login().subscribe();
    expect(flow.redact('nothing to hide')).toBe('nothing to hide');
  });
});

describe('the verdict', () => {
  const dead = { kind: 'dead', error: expect.any(AuthenticationError) as unknown } as Verdict;

  it.each<[string, Parameters<typeof flowOf>[0], Verdict, string[]]>([
    ['good when REST takes the credential', {}, { kind: 'good' }, []],
    ['renewed when there is another by now', { credential: () => of(bearer('token-2')) }, { kind: 'renewed' }, []],
    [
      'renewed when REST refuses, and another can be had',
      { probe: () => throwError(() => refusal), renew: () => of(bearer('token-2')) },
      { kind: 'renewed' },
      [],
    ],
    [
      'dead when the other is the same',
      { probe: () => throwError(() => refusal), renew: () => of(bearer('token-1')) },
      dead,
      [],
    ],
    [
      'dead when there is no other',
      { probe: () => throwError(() => refusal), renew: () => throwError(() => new AuthenticationError('none')) },
      dead,
      [],
    ],
    [
      'dead when there is no credential any more',
      { credential: () => throwError(() => new AuthenticationError('none')) },
      dead,
      [],
    ],
    [
      'good, and reported, when REST cannot be asked',
      { probe: () => throwError(() => new NetworkError('down')) },
      { kind: 'good' },
      ['probe-failed'],
    ],
    [
      'good, and reported, when the other cannot be had for now',
      { probe: () => throwError(() => refusal), renew: () => throwError(() => new NetworkError('down')) },
      { kind: 'good' },
      ['probe-failed'],
    ],
    [
      'good, and reported, when asking throws',
      {
        probe() {
          throw new Error('bug');
        },
      },
      { kind: 'good' },
      ['probe-failed'],
    ],
  ])('is %s', (_, options, verdict, expected) => {
    const { flow, reports } = flowOf(options);
    expect(tape(flow.verify(login))).toEqual([verdict, 'done']);
    expect(reports).toEqual(expected);
  });

  it('asks for another in place of the refused one', () => {
    const refused: Credential[] = [];
    const { flow } = flowOf({
      probe: () => throwError(() => refusal),
      renew(credential) {
        refused.push(credential);
        return NEVER;
      },
    });
    flow.verify(login).subscribe();
    expect(refused).toEqual([login.credential]);
  });

  it('takes one answer of each that it asks', () => {
    const me = new Subject<unknown>();
    const credentials = new Subject<Credential>();
    const { flow } = flowOf({ probe: () => me, credential: () => credentials });
    const seen = tape(flow.verify(login));
    me.next({});
    expect(me.observed).toBe(false);
    credentials.next(bearer('token-1'));
    expect(credentials.observed).toBe(false);
    expect(seen).toEqual([{ kind: 'good' }, 'done']);
  });

  it('is asked for once until it is forgotten, also after all have unsubscribed', () => {
    const asked: Subject<unknown>[] = [];
    const { flow } = flowOf({
      probe() {
        const me = new Subject<unknown>();
        asked.push(me);
        return me;
      },
    });
    flow.verify(login).subscribe().unsubscribe();
    const waiting = tape(flow.verify(login));
    asked[0]!.next({});
    expect(waiting).toEqual([{ kind: 'good' }, 'done']);
    expect(tape(flow.verify(login))).toEqual([{ kind: 'good' }, 'done']);
    expect(asked).toHaveLength(1);
    flow.forget();
    flow.verify(login).subscribe();
    expect(asked).toHaveLength(2);
  });

  it('that is forgotten is not asked for any longer, and those who wait get none', () => {
    const me = new Subject<unknown>();
    const { flow } = flowOf({ probe: () => me });
    const seen = tape(flow.verify(login));
    flow.forget();
    expect(me.observed).toBe(false);
    expect(seen).toEqual(['done']);
  });
});

describe('an error', () => {
  it.each<[unknown, boolean]>([
    [refusal, true],
    [new ApiError(answer(403)), true],
    [new AuthenticationError('none'), true],
    [new ValidationError('token', 'must be a text'), true],
    [new ClosedError(), true],
    [new ApiError(answer(400)), false],
    [new ApiError(answer(404)), false],
    [new ApiError(answer(429)), false],
    [new ApiError(answer(500)), false],
    [new ApiError(answer(503)), false],
    [new NetworkError('down'), false],
    [new TimeoutError('late', 5), false],
    [new Error('bug'), false],
    ['text', false],
    [undefined, false],
  ])('%s is final: %s', (error, final) => {
    expect(isFinal(error)).toBe(final);
  });

  it('of REST is rejected as what it means, any other as it is', () => {
    const rejection = toRejection(refusal);
    expect(rejection).toBeInstanceOf(AuthenticationError);
    expect(rejection).toMatchObject({ id: 'some.id', cause: refusal });
    expect(rejection.message).toBe(`the server refused the credential: ${refusal.message}`);
    const closed = new ClosedError();
    expect(toRejection(closed)).toBe(closed);
  });
});
