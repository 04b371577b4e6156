import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mismatchesOf, type Mismatch } from '../../../src/validate/mismatch.js';
import { readType } from '../../../src/validate/notation.js';

/** A type, as this test builds it. */
type Shape =
  | { readonly kind: 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'unknown' | 'object' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'list'; readonly items: Shape }
  | { readonly kind: 'members'; readonly members: readonly Member[]; readonly rest?: Shape | undefined }
  | { readonly kind: 'maybe'; readonly shape: Shape };
interface Member {
  readonly name: string;
  readonly optional: boolean;
  readonly shape: Shape;
}

/** No names of `Object.prototype`, which the generator refuses. */
const names = ['id', 'create_at', 'length', '0', 'a-b', 'x.y', 'EnableSomething', 'tell me'];
const { shape: shapes } = fc.letrec<{ shape: Shape; member: Member }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ kind: fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'unknown', 'object') }),
    fc.record({ kind: fc.constant('literal'), value: fc.constantFrom('O', 'a b', 'null', 7, -1, true, false) }),
    fc.record({ kind: fc.constant('list'), items: tie('shape') }),
    fc.record({
      kind: fc.constant('members'),
      members: fc.uniqueArray(tie('member'), { maxLength: 5, selector: ({ name }) => name }),
      rest: fc.option(tie('shape'), { nil: undefined }),
    }),
    fc.record({ kind: fc.constant('maybe'), shape: tie('shape') }),
  ),
  member: fc.record({ name: fc.constantFrom(...names), optional: fc.boolean(), shape: tie('shape') }),
}));

function write(shape: Shape): string {
  switch (shape.kind) {
    case 'literal':
      return typeof shape.value === 'string' ? `'${shape.value}'` : String(shape.value);
    case 'list':
      return shape.items.kind === 'maybe' ? `(${write(shape.items)})[]` : `${write(shape.items)}[]`;
    case 'members': {
      const members = shape.members.map(
        ({ name, optional, shape: inner }) =>
          `${/^\w+$/.test(name) ? name : `'${name}'`}${optional ? '?' : ''}: ${write(inner)}`,
      );
      return `{ ${[...members, ...(shape.rest ? [`*: ${write(shape.rest)}`] : [])].join(', ')} }`;
    }
    case 'maybe':
      return `${write(shape.shape)} | null`;
    default:
      return shape.kind;
  }
}

type Draw = fc.GeneratorValue;
/** A generator keeps every arbitrary that it has drawn from, so there is one for each `max`. */
const upTo = (max: number): fc.Arbitrary<number> => fc.nat({ max });
const pick = <T>(values: readonly T[], draw: Draw): T => values[draw(upTo, values.length - 1)]!;
const extraName = 'toString';
const anything: readonly unknown[] = [null, '', 1.5, false, [], [null], {}, { a: [{}] }];

function valid(shape: Shape, draw: Draw): unknown {
  switch (shape.kind) {
    case 'string':
      return draw(fc.string);
    case 'number':
      return draw(fc.double, { noNaN: true });
    case 'integer':
      return draw(fc.integer);
    case 'boolean':
      return draw(fc.boolean);
    case 'null':
      return null;
    case 'unknown':
      return pick(anything, draw);
    case 'object':
      return draw(fc.boolean) ? {} : { id: pick(anything, draw), [extraName]: pick(anything, draw) };
    case 'literal':
      return shape.value;
    case 'list':
      return Array.from({ length: draw(upTo, 3) }, () => valid(shape.items, draw));
    case 'members': {
      const given = shape.members.filter(({ optional }) => !optional || draw(fc.boolean));
      const more = shape.rest && draw(fc.boolean) ? [[extraName, valid(shape.rest, draw)]] : [];
      return Object.fromEntries([...given.map(({ name, shape: inner }) => [name, valid(inner, draw)]), ...more]);
    }
    case 'maybe':
      return draw(fc.boolean) ? null : valid(shape.shape, draw);
  }
}

interface Fault {
  readonly value: unknown;
  /** Keys that lead to the one thing that is wrong. */
  readonly at: readonly (string | number)[];
  readonly got: string;
}

/** A value of every kind; a faulty one is of a kind that the shape does not accept. */
const samples = { null: null, string: 'text', number: 0.5, boolean: true, array: [], object: {} };
function kindsOf(shape: Shape): readonly string[] {
  switch (shape.kind) {
    case 'integer':
      return [];
    case 'unknown':
      return Object.keys(samples);
    case 'literal':
      return shape.value === true ? ['boolean'] : [];
    case 'list':
      return ['array'];
    case 'members':
      return ['object'];
    case 'maybe':
      return ['null', ...kindsOf(shape.shape)];
    default:
      return [shape.kind];
  }
}

/** A value that is wrong in one place; `undefined` for a shape that accepts everything. */
function faulty(shape: Shape, draw: Draw): Fault | undefined {
  const inner = draw(fc.boolean) ? faultyInside(shape, draw) : undefined;
  if (inner) return inner;
  const taken = kindsOf(shape);
  const wrong = Object.entries(samples).filter(([kind]) => !taken.includes(kind));
  if (wrong.length === 0) return undefined;
  const [got, value] = pick(wrong, draw);
  return { value, at: [], got };
}

function faultyInside(shape: Shape, draw: Draw): Fault | undefined {
  if (shape.kind === 'maybe') return faultyInside(shape.shape, draw);
  if (shape.kind === 'list') {
    const fault = faulty(shape.items, draw);
    const before = [valid(shape.items, draw)];
    return fault && { value: [...before, fault.value, ...before], at: [1, ...fault.at], got: fault.got };
  }
  if (shape.kind !== 'members') return undefined;
  const whole = valid(shape, draw) as Record<string, unknown>;
  const member = pick([...shape.members, undefined], draw);
  if (!member) {
    const fault = shape.rest ? faulty(shape.rest, draw) : { value: 1, at: [], got: 'number' };
    return fault && { value: { ...whole, [extraName]: fault.value }, at: [extraName, ...fault.at], got: fault.got };
  }
  const { name, optional } = member;
  if (!optional && draw(fc.boolean)) {
    const { [name]: _left, ...value } = whole;
    return { value, at: [name], got: 'nothing' };
  }
  const fault = faulty(member.shape, draw);
  return fault && { value: { ...whole, [name]: fault.value }, at: [name, ...fault.at], got: fault.got };
}

const pathOf = (keys: Fault['at']): string =>
  keys.reduce<string>(
    (path, key) => path + (typeof key === 'string' && /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`),
    '$',
  );

const noModels = (name: string): never => {
  throw new Error(name);
};
const check = (notation: string, value: unknown): readonly Mismatch[] =>
  mismatchesOf(readType(notation, noModels), value);

describe('a type that is read from its notation', () => {
  it('accepts every value of it', () => {
    fc.assert(
      fc.property(shapes, fc.gen(), (shape, draw) => {
        expect(check(write(shape), valid(shape, draw))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('names the one place where a value is wrong, and the type that is there', () => {
    let found = 0;
    fc.assert(
      fc.property(shapes, fc.gen(), (shape, draw) => {
        const fault = faulty(shape, draw);
        if (!fault) return;
        found++;
        const mismatches = check(write(shape), fault.value);
        expect(mismatches.map(({ path, got }) => ({ path, got }))).toEqual([
          { path: pathOf(fault.at), got: fault.got },
        ]);
      }),
      { numRuns: 1_000 },
    );
    expect(found).toBeGreaterThan(500);
  });

  it.each([
    ['{ id: string }', {}, '$.id', 'string', 'nothing'],
    ['{ id: string }', { id: 'a', more: 1 }, '$.more', 'nothing', 'number'],
    ['{ at?: integer | null }', { at: 1.5 }, '$.at', 'integer | null', 'number'],
    ["{ type: 'O' | 'P' }", { type: 'X' }, '$.type', "'O' | 'P'", 'string'],
    ['{ of: (string | null)[] }', { of: 'a' }, '$.of', '(string | null)[]', 'string'],
    ['{ of: (string | null)[] }', { of: ['a', true] }, '$.of[1]', 'string | null', 'boolean'],
    ['{ by: { *: integer } }', { by: { 'a b': null } }, '$.by["a b"]', 'integer', 'null'],
    ['{ by: { a: string } | null }', { by: [] }, '$.by', 'object | null', 'array'],
    ['{ a: string } | { b: string }', { c: 1 }, '$', 'object | object', 'object'],
    ['string[] | { list: string[], total: integer }', [1], '$[0]', 'string', 'number'],
    ['string[] | { list: string[], total: integer }', { list: [] }, '$.total', 'integer', 'nothing'],
    ['object', [], '$', 'object', 'array'],
  ])('%s: %j is wrong at %s', (notation, value, path, expected, got) => {
    expect(check(notation, value)).toEqual([{ path, expected, got }]);
  });

  it('names everything that is wrong', () => {
    const value = { a: 1, extra: null, list: [1, 'b', 3] };
    expect(check('{ a: string, b: string, list: string[] }', value).map(({ path }) => path)).toEqual([
      '$.a',
      '$.b',
      '$.list[0]',
      '$.list[2]',
      '$.extra',
    ]);
  });

  it('makes the schema of a model when a value of it is first checked, and follows circles', () => {
    const types: Record<string, string> = { Tree: '{ name: string, branches?: Tree[] }' };
    const asked: string[] = [];
    const model = (name: string): ReturnType<typeof readType> => {
      asked.push(name);
      return readType(types[name]!, model);
    };
    const schema = readType('Tree | null', model);
    expect(mismatchesOf(schema, null)).toEqual([]);
    expect(asked).toEqual([]);
    const tree = { name: 'a', branches: [{ name: 'b', branches: [{ name: 1 }] }] };
    expect(mismatchesOf(schema, tree)).toEqual([
      { path: '$.branches[0].branches[0].name', expected: 'string', got: 'number' },
    ]);
    expect(mismatchesOf(schema, 'a')).toEqual([{ path: '$', expected: 'Tree | null', got: 'string' }]);
  });
});
