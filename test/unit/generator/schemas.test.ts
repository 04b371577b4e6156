import { describe, expect, it } from 'vitest';
import { arrayOf, literalOf, objectOf, tableOf, unionOf } from '../../../scripts/generate/schema-notation.js';
import { notationOf } from '../../../scripts/generate/schemas.js';
import type { Schema, Spec } from '../../../scripts/generate/spec.js';

const ref = (name: string): Schema => ({ $ref: `users.yaml#/components/schemas/${name}` });
const schemas: Readonly<Record<string, Schema>> = {
  User: { type: 'object', required: ['id'], properties: { id: { type: 'string' }, nickname: { type: 'string' } } },
  Guest: {
    allOf: [ref('User'), { type: 'object', required: ['until'], properties: { until: { type: 'integer' } } }],
  },
  Other: { allOf: [ref('Guest')] },
};
const spec: Spec = {
  groups: {},
  operations: [],
  schemas: new Map(Object.entries(schemas).map(([name, schema]) => [name, { area: 'users', schema }])),
};

describe('the notation of a schema', () => {
  it.each<[string, Schema]>([
    ['string', { type: 'string', format: 'date-time' }],
    ['integer', { type: 'integer', format: 'epoch-ms' }],
    ['string | null', { type: ['string', 'null'] }],
    ['(string | null)[]', { type: 'array', items: { type: ['string', 'null'] } }],
    ['User[] | null', { type: ['array', 'null'], items: ref('User') }],
    ['User | null', { anyOf: [ref('User'), { type: 'null' }] }],
    [`'O' | 'I'`, { type: 'string', enum: ['O', 'I'] }],
    ['true', { const: true }],
    ['string', { type: 'string', 'x-extensible-enum': ['a'] }],
    ['object', { type: 'object' }],
    ['object', { type: 'object', additionalProperties: true }],
    ['{ *: number[] }', { type: 'object', additionalProperties: { type: 'array', items: { type: 'number' } } }],
    ['{ id: string, nickname?: string }', schemas['User']!],
    [
      '{ a?: string, *: unknown }',
      { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: true },
    ],
    ['{ id: string, nickname?: string, until: integer }', schemas['Guest']!],
    ['Guest', schemas['Other']!],
    ['unknown', {}],
  ])('is %s', (text, schema) => {
    expect(notationOf(schema, spec, (name) => name)).toBe(text);
  });
});

describe('notation', () => {
  it('puts unions in brackets in front of [], and nothing else', () => {
    expect(['A | B', '{ a: string | null }', '{ a: A } | { b: B }', '(A | B)[]'].map(arrayOf)).toEqual([
      '(A | B)[]',
      '{ a: string | null }[]',
      '({ a: A } | { b: B })[]',
      '(A | B)[][]',
    ]);
  });

  it('leaves out of a union what another option covers', () => {
    expect(unionOf(["'a'", 'string', 'null', "'b'"])).toBe('string | null');
    expect(unionOf(['false', 'null', 'true'])).toBe('null | boolean');
    expect(unionOf(['A', 'A'])).toBe('A');
  });

  it('quotes names that are no words, and refuses what could not be read back', () => {
    expect(objectOf([{ name: 'a-b', type: 'string', optional: true }], undefined)).toBe(`{ 'a-b'?: string }`);
    expect(objectOf([], undefined)).toBe('{}');
    expect(() => objectOf([{ name: 'toString', type: 'string', optional: true }], undefined)).toThrow('toString');
    expect(() => literalOf(`it's`)).toThrow('must be a number, a boolean, or a text');
  });

  it('breaks long definitions between members, and indents what goes on', () => {
    const members = Array.from({ length: 20 }, (_, index) => ({
      name: `member_${index}`,
      type: 'string',
      optional: false,
    }));
    const lines = tableOf(
      'models',
      'All.',
      new Map([
        ['A', objectOf(members, undefined)],
        ['B', 'object'],
      ]),
    ).split('\n');
    expect(lines.every(({ length }) => length <= 120)).toBe(true);
    expect(lines.slice(2, -2).map((line) => /^ {2}member_\d+: string,/.test(line))).toEqual([false, true, true, true]);
    expect(lines.slice(-2)).toEqual(['B: object', '`;']);
  });
});
