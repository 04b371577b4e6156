import { inspect } from 'node:util';
import fc from 'fast-check';
import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AuthOptions } from '../../../src/api/auth/strategy.js';
import type { Transport } from '../../../src/api/http/types.js';
import type { CallRecord } from '../../../src/api/rest-options.js';
import { redactHeaders, redactText, redactUrl } from '../../../src/models/redact.js';
import { answer, answering, createTeam, getUser, refusal, setUp, watch } from './kit.js';

const secret = 'kx8ra5n7mjfwdyqz3tbe61hpoc';
const password = 'pa55 "word" é';

/** All that a person or a log could see of a value. */
const everything = (value: unknown): string => {
  const error = (value ?? {}) as Partial<Error>;
  return [
    inspect(value, { depth: 20, showHidden: false }),
    String(value),
    error.message,
    error.stack,
    JSON.stringify(value, (_, one: unknown) => (typeof one === 'function' ? undefined : one)),
    inspect(error.cause, { depth: 20 }),
  ].join('\n');
};

describe('a planted secret', () => {
  const auths: [string, AuthOptions][] = [
    ['a token', { token: secret }],
    ['a function', { token: () => secret }],
    ['a password', { loginId: 'alice', password, mfaToken: '654321' }],
  ];
  const echoes: [string, Transport][] = [
    [
      'the server that quotes the token',
      answering(() => refusal(401, 'api.context.invalid_token.error', {}, `Invalid session token=${secret}, err=gone`)),
    ],
    [
      'a proxy that quotes the request',
      answering(({ headers, body }) =>
        answer(`denied: ${JSON.stringify(headers)} ${JSON.stringify(body)} ${body as string}`, 502),
      ),
    ],
    [
      'a server in developer mode',
      answering(({ headers }) =>
        answer({ id: `x ${headers['authorization']}`, message: 'no', detailed_error: inspect(headers) }, 500),
      ),
    ],
    ['a redirect', answering(() => answer('', 302, { location: `https://x.test/?access_token=${secret}` }))],
    [
      'a transport that quotes the request in its error',
      (request) =>
        new Observable((subscriber) =>
          subscriber.error(
            new TypeError('fetch failed', {
              cause: new Error(`bad request ${inspect(request.headers)} ${request.body as string}`),
            }),
          ),
        ),
    ],
  ];
  for (const [way, auth] of auths) {
    it.each(echoes)(`given as ${way} shows up nowhere after %s`, (_, transport) => {
      const records: CallRecord[] = [];
      const { rest } = setUp({ auth, retry: false, observe: (record) => records.push(record), transport });
      const call = rest.call(
        createTeam,
        [],
        { password, token: secret, current_password: password },
        { access_token: secret },
      );
      const { error } = watch(call);
      expect(error).toBeDefined();
      const seen = [
        error,
        records,
        call,
        call.response(),
        call.with({ timeoutMs: 1 }),
        rest,
        rest.auth,
        rest.auth?.peek?.(),
      ]
        .map(everything)
        .join('\n');
      for (const one of [secret, password, JSON.stringify(password).slice(1, -1), '654321'])
        expect(seen).not.toContain(one);
    });
  }

  it('of a header is removed, alone and in any sentence', () => {
    const { rest } = setUp({
      auth: { token: secret },
      retry: false,
      transport: answering(({ headers }) => answer(`no ${secret}, no c5rf, no ${headers['cookie']}!`, 502)),
    });
    const headers = { 'x-csrf-token': 'c5rf', cookie: 'key=c00kie' };
    const { error } = watch(rest.call(getUser, ['me']).with({ headers }));
    expect(error).toMatchObject({ serverMessage: 'no [redacted], no [redacted], no [redacted]!' });
  });

  it('of a body is removed, whatever the name around it, also as it is escaped there', () => {
    const texts = ['first1', 'second2', 'third3', 'fourth4', 'fi"fth"5', 'fi\\"fth\\"5'];
    const { rest } = setUp({ retry: false, transport: answering(() => answer(`no ${texts.join(', no ')}!`, 502)) });
    const body = {
      old_password: 'first1',
      tokens: 'second2',
      client_secret_id: 'third3',
      code: 'fourth4',
      Token: 'fi"fth"5',
    };
    const { error } = watch(rest.call(createTeam, [], body));
    expect(error).toMatchObject({ serverMessage: `no ${texts.map(() => '[redacted]').join(', no ')}!` });
  });

  it('of a successful login is not visible in a credential, strategy or client', () => {
    const { rest } = setUp({
      auth: { loginId: 'alice', password },
      transport: answering(() => answer({ id: 'u1' }, 200, { token: secret })),
    });
    watch(rest.call(getUser, ['me']));
    const credential = rest.auth?.peek?.();
    expect(credential).toMatchObject({ kind: 'bearer' });
    expect((credential as { token: string }).token).toBe(secret);
    expect([rest, rest.auth, credential].map(everything).join()).not.toContain(secret);
  });
});

describe('redaction', () => {
  it('replaces credentials in URLs, and leaves the rest', () => {
    expect(redactUrl(`https://bob:hunter2@mm.test/api?access_token=${secret}&page=1#x`)).toBe(
      'https://mm.test/api?access_token=[redacted]&page=1#x',
    );
    expect(redactUrl('https://mm.test/api/v4/users?page=1&per_page=60')).toBe(
      'https://mm.test/api/v4/users?page=1&per_page=60',
    );
  });

  it('replaces credentials in headers and cookies', () => {
    expect(
      redactText(`authorization: Bearer ${secret}; Token ${secret}, MMAUTHTOKEN=${secret}; MMCSRF=${secret}; a=b`),
    ).not.toContain(secret);
    expect(redactHeaders({ Authorization: 'Bearer x', 'x-csrf-token': 'y', accept: 'z' })).toEqual({
      Authorization: '[redacted]',
      'x-csrf-token': '[redacted]',
      accept: 'z',
    });
  });

  it('leaves ordinary sentences as they are', () => {
    for (const text of [
      'Invalid or missing token authentication in request.',
      'The bearer of bad news',
      'Enter a valid email address.',
    ]) {
      if (!/bearer/i.test(text)) expect(redactText(text)).toBe(text);
    }
  });

  it('replaces every given secret, wherever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.array(fc.string()), (hidden, around) => {
        fc.pre(!'[redacted]'.includes(hidden) && !around.some((text) => text.includes(hidden)));
        expect(redactText(around.join(hidden), [hidden]).split(hidden)).toHaveLength(1);
      }),
    );
  });
});
