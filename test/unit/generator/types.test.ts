import { describe, expect, it } from 'vitest';
import type { Schema } from '../../../scripts/generate/spec.js';
import { comment, member, typeOf } from '../../../scripts/generate/types.js';

const output = { input: false, use: () => {} };
const input = { input: true, use: () => {} };

describe('typeOf', () => {
  it.each<[string, Schema]>([
    ['string', { type: 'string' }],
    ['number', { type: 'integer', format: 'epoch-ms' }],
    ['string | null', { type: ['string', 'null'] }],
    ['readonly (string | null)[]', { type: 'array', items: { type: ['string', 'null'] } }],
    ['readonly User[] | null', { type: ['array', 'null'], items: { $ref: 'users.yaml#/components/schemas/User' } }],
    ['User | null', { anyOf: [{ $ref: '#/components/schemas/User' }, { type: 'null' }] }],
    [`'O' | 'I'`, { type: 'string', enum: ['O', 'I'] }],
    ['false', { type: 'boolean', enum: [false] }],
    [`'a' | (string & {})`, { type: 'string', 'x-extensible-enum': ['a'] }],
    [`readonly ('a' | (string & {}))[]`, { type: 'array', items: { type: 'string', 'x-extensible-enum': ['a'] } }],
    ['Readonly<Record<string, unknown>>', { type: 'object', additionalProperties: true }],
    [
      'Readonly<Record<string, readonly number[]>>',
      { type: 'object', additionalProperties: { type: 'array', items: { type: 'number' } } },
    ],
    ['{ readonly a: string; }', { type: 'object', required: ['a'], properties: { a: { type: 'string' } } }],
    ['DeepPartial<Config>', { 'x-partial-of': { $ref: '#/components/schemas/Config' } }],
    ['unknown', {}],
    ['Blob', { type: 'string', format: 'binary' }],
  ])('%s', (text, schema) => {
    expect(typeOf(schema, output)).toBe(text);
  });

  it('takes bytes in any form where callers give them', () => {
    expect(typeOf({ type: 'string', format: 'binary' }, input)).toBe('BinaryInput');
  });

  it('tells which named schemas it mentions', () => {
    const used: string[] = [];
    typeOf(
      { type: 'array', items: { $ref: 'teams.yaml#/components/schemas/Team' } },
      { input: false, use: (name) => used.push(name) },
    );
    expect(used).toEqual(['Team']);
  });

  it('fails for a type that it does not know', () => {
    expect(() => typeOf({ type: 'file' }, output)).toThrow('must be a type of JSON Schema, not file');
  });
});

describe('member', () => {
  it('lets callers leave an optional member undefined, and answers not', () => {
    expect(member('a', { type: 'string' }, true, undefined, input)).toBe('readonly a?: string | undefined;');
    expect(member('a', { type: 'string' }, true, undefined, output)).toBe('readonly a?: string;');
  });

  it('names the right name beside one that is documented wrongly', () => {
    expect(member('team_id', { type: 'string', 'x-sent-as': 'in_team' }, true, undefined, input)).toMatch(
      /@deprecated .*`in_team`/,
    );
  });

  it('quotes names that need it, and says which version sends the member', () => {
    expect(member('x-y', { type: 'string', 'x-only': '5.37' }, false, 'A thing.', output)).toBe(
      `/** A thing. Sent by 5.37 only. */\nreadonly 'x-y': string;`,
    );
  });
});

describe('comment', () => {
  it('is one line for one, a block for more, and nothing for nothing', () => {
    expect(comment(['A line.'])).toBe('/** A line. */\n');
    expect(comment(['One.', undefined, 'Two.'])).toBe('/**\n * One.\n *\n * Two.\n */\n');
    expect(comment([undefined, ''])).toBe('');
  });

  it('wraps long paragraphs and loses no word', () => {
    const words = Array.from({ length: 60 }, (_, index) => `word${index}`);
    const lines = comment([words.join(' ')]).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(115);
    expect(lines.join(' ').match(/word\d+/g)).toEqual(words);
  });
});
