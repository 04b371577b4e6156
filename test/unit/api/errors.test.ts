import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ApiError,
  BadRequestError,
  FeatureDisabledError,
  ForbiddenError,
  isApiError,
  isMattermostError,
  NetworkError,
  NotFoundError,
  PayloadTooLargeError,
  ProtocolError,
  RateLimitError,
  ServerError,
  UnauthorizedError,
  UnsupportedOperationError,
  ValidationError,
} from '../../../src/models/errors.js';
import type { Operation } from '../../../src/api/operation.js';
import type { HttpResponse } from '../../../src/api/http/types.js';
import { answer, getUser, refusal, setUp, watch } from './kit.js';

function failureOf(response: HttpResponse, operation: Operation = getUser, body?: unknown): unknown {
  const { wire, rest } = setUp({ retry: false });
  const call = watch(rest.call(operation, ['me'], body));
  wire.last.respond(response);
  return call.error;
}

describe('an answer of status', () => {
  it.each([
    [400, BadRequestError],
    [401, UnauthorizedError],
    [403, ForbiddenError],
    [404, NotFoundError],
    [409, ApiError],
    [413, PayloadTooLargeError],
    [429, RateLimitError],
    [500, ServerError],
    [501, FeatureDisabledError],
    [502, ServerError],
    [503, ServerError],
  ])('%i is an error of its class, with all details', (status, kind) => {
    const error = failureOf(refusal(status, 'some.id', { 'x-request-id': 'r1' }, 'Not like this.')) as ApiError;
    expect(error).toBeInstanceOf(kind);
    expect(error.constructor).toBe(kind);
    expect(error).toMatchObject({
      code: 'api',
      status,
      id: 'some.id',
      serverMessage: 'Not like this.',
      requestId: 'r1',
      method: 'GET',
      url: 'http://mm.test/api/v4/users/me',
      operation: 'getUser',
      detailedError: undefined,
    });
    expect(error.message).toBe(`GET http://mm.test/api/v4/users/me: ${status} some.id: Not like this.`);
    expect(isApiError(error) && isMattermostError(error)).toBe(true);
  });

  it.each([
    [400, 'api.scheduled_posts.license_error'],
    [401, 'api.user.login_cws.license.error'],
    [403, 'api.license.upgrade_needed.app_error'],
    [403, 'api.no_license'],
    [500, 'app.eport.generate_presigned_url.featureflag.app_error'],
    [403, 'api.emoji.disabled.app_error'],
    [403, 'api.some.licence'],
    [403, 'api.some.not_available'],
    [403, 'api.some.not_enabled'],
    [403, 'api.some.turn_off'],
    [403, 'api.some.needs_enterprise'],
  ])('%i with the id %s says that a feature is missing', (status, id) => {
    expect(failureOf(refusal(status, id))).toBeInstanceOf(FeatureDisabledError);
  });

  it.each<[Partial<Operation>, string]>([
    [{ since: '11.3' }, 'it came with server 11.3'],
    [{ until: '5.37' }, 'server 5.37 was the last to have it'],
    [{ until: '0' }, 'the server lacks it, or an id is malformed'],
    [{}, 'the server lacks it, or an id is malformed'],
  ])('404 of a missing route says why it may be missing: %j', (facts, reason) => {
    const error = failureOf(refusal(404, 'api.context.404.app_error'), { ...getUser, ...facts }) as ApiError;
    expect(error).toBeInstanceOf(UnsupportedOperationError);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error.message).toMatch(new RegExp(`; ${reason}$`));
    expect(error.serverMessage).not.toContain(reason);
  });

  it('404 of a plugin that is not active differs from a 404 of the plugin', () => {
    const runs: Operation = { id: 'listRuns', method: 'GET', path: '/plugins/playbooks/api/v0/runs', root: true };
    const inactive = failureOf(answer('404 page not found\n', 404), runs) as ApiError;
    expect(inactive).toBeInstanceOf(UnsupportedOperationError);
    expect(inactive.message).toMatch(/; the plugin lacks it, or is not active$/);
    const refused = failureOf(answer({ error: 'Not authorized' }, 403), runs) as ApiError;
    expect(refused).toBeInstanceOf(ForbiddenError);
    expect(refused.serverMessage).toBe('Not authorized');
    expect(failureOf(answer({ error: 'not found' }, 404), runs)).not.toBeInstanceOf(UnsupportedOperationError);
  });

  it('404 of the server itself is not taken for that of a plugin', () => {
    const page = answer('404 page not found\n', 404);
    for (const facts of [
      { path: '/plugins/playbooks' },
      { path: '/x/plugins/playbooks', root: true },
      { path: '/plugins/', root: true },
    ])
      expect(failureOf(page, { ...getUser, ...facts })).toMatchObject({ name: 'NotFoundError', status: 404 });
  });

  it('429, or with Retry-After, says when to try again', () => {
    const reset = { 'x-ratelimit-reset': '5' };
    expect(failureOf(refusal(429, 'x', reset))).toMatchObject({ retryAfterMs: 5000 });
    expect(failureOf(refusal(503, 'x', { 'retry-after': '7' }))).toMatchObject({ retryAfterMs: 7000 });
    expect(failureOf(refusal(503, 'x', reset))).toMatchObject({ retryAfterMs: undefined });
  });

  it('400 or above carries the details of a server in developer mode', () => {
    const body = { id: 'x', message: 'no', detailed_error: 'line 7' };
    expect(failureOf(answer(body, 400))).toMatchObject({ detailedError: 'line 7' });
  });

  it.each<[string, string]>([
    ['<HTML><TITLE>Bad Gateway</TITLE>', 'Bad Gateway'],
    ['limit exceeded\n', 'limit exceeded'],
    ['', ''],
    ['<html><head><title> 502 Bad Gateway </title></head></html>', '502 Bad Gateway'],
    ['  <html>', 'a web page'],
    ['null', ''],
    ['[1]', ''],
    ['{"id":7,"message":{"a":1}}', ''],
    ['x'.repeat(10_000), 'x'.repeat(200)],
  ])('400 or above is a useful error whatever the body is: %j', (body, message) => {
    expect(failureOf(answer(body, 502))).toMatchObject({ status: 502, id: '', serverMessage: message });
  });

  it('400 or above is always an ApiError, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        expect(failureOf(answer(body, status))).toBeInstanceOf(ApiError);
      }),
    );
  });

  it.each([300, 301, 302, 0, 199])(
    '%i that reaches the client means a wrong address, and says where it led',
    (status) => {
      const error = failureOf(answer('', status, { location: 'https://sso.example.com/?token=secret' })) as Error;
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error.message).toBe(
        'getUser: GET http://mm.test/api/v4/users/me: redirected to https://sso.example.com/?token=[redacted]; url must be that of the server itself',
      );
      expect((failureOf(answer('', status)) as Error).message).toContain(': redirected to elsewhere; url must be');
    },
  );
});

describe('an answer of status 200', () => {
  const page = 'a web page; url must be that of a Mattermost server, with its sub-path';
  it.each([
    ['a web page', '<!doctype html><html>', page],
    ['a web page after white space', ' \n <html>', page],
    ['JSON that is cut short', '{"id":"u1","use', 'not JSON, or cut short after 15 characters'],
    [
      'JSON with an error that is not at its end',
      '[{"id":"x","message":"m","status_code":404},{"a":"<',
      'not JSON, or cut short after 51 characters',
    ],
    ['not JSON', 'OK', 'not JSON, or cut short after 2 characters'],
    ['nothing', '', 'not JSON, or cut short after 0 characters'],
  ])('that is %s is a ProtocolError that names operation and address', (_, body, problem) => {
    const error = failureOf(answer(body)) as Error;
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toBe(`getUser: GET http://mm.test/api/v4/users/me: the answer is ${problem}`);
  });

  it('that is a web page where a picture was asked is one, too', () => {
    const picture: Operation = { ...getUser, answer: 'blob' };
    expect(failureOf(answer(new Blob(['<html>'], { type: 'text/html; charset=utf-8' }), 200), picture)).toBeInstanceOf(
      ProtocolError,
    );
  });

  it.each<[string, string, Operation['answer']]>([
    [
      'a list without its end',
      '[{"id":"api.gone","message":"It is \\"gone\\"","detailed_error":"","status_code":404}',
      'list',
    ],
    ['a list with rows before it', '[{"a":1},{"a":2}{"id":"api.gone","message":"x","status_code":404}', 'list'],
    ['lines', '{"a":1}\n{"id":"api.gone","message":"x","detailed_error":"","status_code":404}\n', 'ndjson'],
  ])('that ends in an error within %s is that error', (_, body, kind) => {
    expect(failureOf(answer(body), { ...getUser, answer: kind! })).toMatchObject({
      name: 'NotFoundError',
      status: 404,
      id: 'api.gone',
    });
  });

  it('with a line that is cut short is a ProtocolError', () => {
    expect(failureOf(answer('{"a":1}\n{"a":'), { ...getUser, answer: 'ndjson' })).toBeInstanceOf(ProtocolError);
  });
});

describe('no answer', () => {
  it('is a NetworkError that says why, down to the first cause, and keeps it', () => {
    const { wire, rest } = setUp({ retry: false });
    const call = watch(rest.call(getUser, ['me']));
    const cause = new TypeError('fetch failed', { cause: Object.assign(new Error(''), { code: 'ECONNREFUSED' }) });
    wire.last.fail(cause);
    expect(call.error).toBeInstanceOf(NetworkError);
    expect((call.error as Error).message).toBe(
      'getUser: GET http://mm.test/api/v4/users/me: no answer: fetch failed: ECONNREFUSED',
    );
    expect((call.error as Error).cause).toBe(cause);
  });

  it('is the error of a transport that has the family of errors itself', () => {
    const { wire, rest } = setUp({ retry: false });
    const call = watch(rest.call(getUser, ['me']));
    const reason = new ValidationError('fetch', 'must be given');
    wire.last.fail(reason);
    expect(call.error).toBe(reason);
  });

  it('names what a cause without a message has: its code, its name or nothing', () => {
    const { wire, rest } = setUp({ retry: false });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.fail({ code: 'EPIPE', cause: { name: 'AbortError', cause: {} } });
    expect((call.error as Error).message).toMatch(/: no answer: EPIPE: AbortError: unknown cause$/);
  });

  it.each(['text', undefined, null, 7, {}, { message: 7 }])('for the odd reason %j is one, too', (reason) => {
    const { wire, rest } = setUp({ retry: false });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.fail(reason);
    expect(call.error).toBeInstanceOf(NetworkError);
    expect((call.error as Error).cause).toBe(reason);
  });
});
