import type { StandardSchemaV1 } from '@standard-schema/spec';
import { inspect } from 'node:util';
import { object, picklist } from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/api/operation.js';
import { createRest } from '../../../src/api/rest.js';
import type { CallRecord } from '../../../src/api/rest-options.js';
import { isMattermostError, ProtocolError, ValidationError } from '../../../src/models/errors.js';
import { MismatchError, validator, type ValidatorOptions } from '../../../src/validate/index.js';
import { answer, answering, setUp, watch } from '../api/kit.js';

const getPreferences: Operation = {
  id: 'getPreferences',
  method: 'GET',
  path: '/users/me/preferences',
  answer: 'list',
};
const good = { user_id: 'u', category: 'c', name: 'n', value: 'v' };
const bad = { user_id: 'u', category: 7, value: 'v', secret: 'hunter2' };

function answered(body: unknown, options?: ValidatorOptions, status = 200) {
  const records: CallRecord[] = [];
  const { rest } = setUp({
    transport: answering(() => answer(body, status)),
    validate: validator(options),
    observe: (record) => records.push(record),
  });
  return { rest, records };
}

describe('a strict validator', () => {
  it('lets a matching answer through as it is', () => {
    const { rest } = answered([good, good]);
    expect(watch(rest.call(getPreferences, []))).toMatchObject({ values: [[good, good]], completed: true });
  });

  it('makes the call fail with a ProtocolError that names the operation and, for each mismatch, its path, what was expected and what came', () => {
    const { rest, records } = answered([good, bad]);
    const { values, error } = watch(rest.call(getPreferences, []));
    expect(values).toEqual([]);
    expect(error).toBeInstanceOf(MismatchError);
    expect(error).toBeInstanceOf(ProtocolError);
    expect(isMattermostError(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'protocol',
      name: 'MismatchError',
      operation: 'getPreferences',
      mismatches: [
        { path: '$[1].category', expected: 'string', got: 'number' },
        { path: '$[1].name', expected: 'string', got: 'nothing' },
        { path: '$[1].secret', expected: 'nothing', got: 'string' },
      ],
      message:
        'getPreferences: $[1].category: expected string, got number; $[1].name: expected string, got nothing; ' +
        '$[1].secret: expected nothing, got string',
    });
    expect(records.map((record) => record.error)).toEqual([error]);
  });

  it('never shows a value', () => {
    const { rest } = answered([{ ...bad, value: ['hunter3'], user_id: { hunter4: 'hunter5' } }, 'hunter6']);
    const { error } = watch(rest.call(getPreferences, []));
    expect(inspect(error, { depth: 9 })).not.toMatch(/hunter\d/);
  });

  it('names the first few places and counts the others', () => {
    const { rest } = answered([1, 2, 3, 4, 5]);
    const { error } = watch(rest.call(getPreferences, []));
    expect((error as Error).message).toBe(
      'getPreferences: $[0]: expected Preference, got number; $[1]: expected Preference, got number; ' +
        '$[2]: expected Preference, got number; and 2 more',
    );
  });

  it('checks every form of an answer except raw()', async () => {
    const { rest } = answered([bad]);
    const call = rest.call(getPreferences, []);
    expect(watch(call.response()).error).toBeInstanceOf(MismatchError);
    expect(watch(call.progress()).error).toBeInstanceOf(MismatchError);
    const untouched = setUp({
      transport: answering(() => ({ ...answer(''), body: Response.json([bad]) })),
      validate: validator(),
    });
    expect(await (await untouched.rest.call(getPreferences, []).raw()).json()).toEqual([bad]);
  });

  it('does not expect a body where nothing has changed', () => {
    const { rest } = answered('', {}, 304);
    expect(watch(rest.call(getPreferences, []).with({ ifNoneMatch: 'e' }))).toMatchObject({
      error: undefined,
      completed: true,
    });
  });

  it('reports a body that did not come', () => {
    const { rest } = answered('', {}, 204);
    expect(watch(rest.call(getPreferences, []))).toMatchObject({
      error: { mismatches: [{ path: '$', expected: 'Preference[]', got: 'nothing' }] },
    });
  });

  it('accepts null for a list, as the pipeline does', () => {
    expect(watch(answered(null).rest.call(getPreferences, []))).toMatchObject({ values: [[]], error: undefined });
  });

  it('lets the answers of unknown operations through', () => {
    const { rest } = answered({ anything: 1 });
    const own: Operation = { id: 'constructor', method: 'GET', path: '/own' };
    expect(watch(rest.call(own, []))).toMatchObject({ values: [{ anything: 1 }] });
  });

  it('leaves the outcome as it was, since the server has done what was asked', () => {
    const { rest } = answered([bad]);
    const statuses: number[] = [];
    rest.outcomes$.subscribe(({ status }) => statuses.push(status));
    expect(watch(rest.call(getPreferences, [])).error).toBeInstanceOf(MismatchError);
    expect(statuses).toEqual([200]);
  });

  it('does not repeat the call', () => {
    let requests = 0;
    const { rest } = setUp({ transport: answering(() => (requests++, answer([bad]))), validate: validator() });
    watch(rest.call(getPreferences, []));
    expect(requests).toBe(1);
  });
});

describe('a lenient validator', () => {
  it('delivers an answer that does not match unchanged, and reports it', () => {
    const reports: MismatchError[] = [];
    const { rest } = answered([bad], { mode: 'lenient', report: (error) => reports.push(error) });
    expect(watch(rest.call(getPreferences, []))).toMatchObject({ values: [[bad]], completed: true });
    expect(reports.map(({ mismatches }) => mismatches.length)).toEqual([3]);
  });
});

describe('a validator', () => {
  it('reports also what it refuses', () => {
    const reports: unknown[] = [];
    const { rest } = answered([bad], { report: (error) => reports.push(error) });
    const { error } = watch(rest.call(getPreferences, []));
    expect(reports).toEqual([error]);
  });

  it('checks with the schema that a user gives for an operation', () => {
    const schemas = { ownThing: object({ colour: picklist(['red', 'blue'], 'a colour') }), getPreferences: object({}) };
    const own: Operation = { id: 'ownThing', method: 'GET', path: '/own' };
    const { rest } = answered({ colour: 'hunter2', more: 1 }, { schemas });
    expect(watch(rest.call(own, [])).error).toMatchObject({
      message: 'ownThing: $.colour: expected a colour, got string',
    });
    expect(watch(rest.call(getPreferences, [])).error).toBeUndefined();
  });

  it.each<[string, StandardSchemaV1['~standard']['validate']]>([
    ['answers later', async (value) => ({ value })],
    [
      'throws',
      () => {
        throw new Error('hunter2');
      },
    ],
  ])('refuses an answer that it cannot check because a given schema %s', (_, validate) => {
    const schemas = { getPreferences: { '~standard': { version: 1, vendor: 'own', validate } } } as const;
    const { rest } = answered([good], { schemas });
    expect((watch(rest.call(getPreferences, [])).error as Error).message).toBe(
      'getPreferences: $: expected a schema that answers at once, got array',
    );
  });

  it('refuses a mode that does not exist, and the client refuses a mode in place of a validator', () => {
    expect(() => validator({ mode: 'loose' as never })).toThrow(ValidationError);
    expect(() => createRest({ url: 'https://mm.test', validate: 'strict' as never })).toThrow(
      'validate: must be validator() of matterstream/validate',
    );
  });
});
