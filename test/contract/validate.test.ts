import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerSchema as answerFacts, mayBeEmpty } from '../../scripts/generate/operation-data.js';
import { refName, type Schema, type SpecOperation } from '../../scripts/generate/spec.js';
import { isMattermostError } from '../../src/models/errors.js';
import { decodeEvent } from '../../src/models/decode.js';
import { mismatchesOf } from '../../src/validate/mismatch.js';
import { answerSchema, eventSchema, MismatchError, validator } from '../../src/validate/index.js';
import { readExtras, readRest, recordedVersions, type Exchange, type RecordedVersion } from '../fixtures/recordings.js';
import { generated, operationOf, recordedCalls, spec, type RecordedCall } from './recorded-calls.js';
import { recordedEvents } from './recorded-events.js';
import { replay } from './recorded-rest.js';

/** Recorded exchanges of generated operations that do not validate, as `version operation`, each with the reason. There are none. */
const exceptions: Readonly<Record<string, string>> = {};

const isSuccess = ({ status }: Exchange): boolean => status >= 200 && status < 300;
const recordedSuccesses = (version: RecordedVersion): RecordedCall[] =>
  recordedCalls(version).filter(({ exchange }) => isSuccess(exchange));

describe.each(recordedVersions)('what was recorded on %s', (version) => {
  it('validates in strict mode through the pipeline, in every success of every operation', async () => {
    const problems: string[] = [];
    const checked = new Set<string>();
    for (const call of recordedSuccesses(version)) {
      const { operationId } = call.operation;
      const { value } = await replay(call, { validate: validator({ mode: 'strict' }) });
      if (isMattermostError(value)) problems.push(`${version} ${operationId}: ${value.message}`);
      else if (answerSchema(operationId)) checked.add(operationId);
    }
    expect(problems.filter((problem) => !exceptions[problem.slice(0, problem.indexOf(':'))])).toEqual([]);
    expect(checked.size).toBe({ '11.6': 341, '5.37': 303 }[version]);
  });

  it('validates too where no method would send the request', () => {
    const key = ({ t, method, path, as }: Exchange): string => [t, method, path, as].join(' ');
    const replayed = new Set(recordedCalls(version).map(({ exchange }) => key(exchange)));
    const others = [...readRest(version), ...readExtras(version)].flatMap((exchange) => {
      if (!isSuccess(exchange) || replayed.has(key(exchange))) return [];
      const operation = operationOf(exchange);
      const schema = operation && !operation.beside && answerSchema(operation.operationId);
      return schema ? [mismatchesOf(schema, exchange.resBody)] : [];
    });
    // A token in the query, and on 11.6 a body that is `null`.
    expect(others).toEqual(version === '11.6' ? [[], []] : [[]]);
  });

  it('validates in strict mode, in every event of every socket', () => {
    const strict = validator({ mode: 'strict' });
    const problems: string[] = [];
    const checked = new Set<string>();
    for (const frame of recordedEvents(version)) {
      const delivered = strict.event(decodeEvent(structuredClone(frame)), (problem) => problems.push(problem));
      if (delivered && eventSchema(frame.event)) checked.add(frame.event);
    }
    expect(problems).toEqual([]);
    expect(checked.size).toBe({ '11.6': 53, '5.37': 52 }[version]);
  });
});

describe('every generated operation', () => {
  it('has a schema, if it answers JSON or text of which the spec says more than that', () => {
    const lacking = generated.filter((operation) => {
      const facts = answerFacts(operation);
      return (
        facts && facts.format !== 'binary' && Object.keys(facts).length > 0 && !answerSchema(operation.operationId)
      );
    });
    expect(lacking.map(({ operationId }) => operationId)).toEqual([]);
  });
});

describe('a recorded answer that is changed in one place', () => {
  it('is found wrong exactly where the spec says that it is', () => {
    const cases = recordedVersions.flatMap((version) => recordedSuccesses(version)).filter(isChecked);
    let found = 0;
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.gen(), ({ operation, exchange }, draw) => {
        const value = mutate(exchange.resBody, draw);
        const mismatches = mismatchesOf(answerSchema(operation.operationId)!, value);
        expect(mismatches.map(({ path }) => path).sort()).toEqual(faultsOfAnswer(operation, value).sort());
        found += mismatches.length;
        if (mismatches.length > 0)
          expect(() => validator().answer(operation.operationId, value)).toThrow(
            new MismatchError(operation.operationId, mismatches),
          );
      }),
      { numRuns: 3_000 },
    );
    // The changes are random, and so is this count.
    expect(found).toBeGreaterThan(1_500);
  });
});

const isChecked = ({ operation, exchange }: RecordedCall): boolean =>
  !!answerSchema(operation.operationId) && typeof exchange.resBody === 'object' && exchange.resBody !== null;

const strangers: readonly unknown[] = [null, 'text', 0.5, true, [], {}, [null], { stranger: 1 }];

/** What draws keep for good is one of these for each `max`. */
const upTo = (max: number): fc.Arbitrary<number> => fc.nat({ max });
const pick = <T>(values: readonly T[], draw: fc.GeneratorValue): T => values[draw(upTo, values.length - 1)]!;

/** The value with a member less, a member more, or another value somewhere inside. */
function mutate(value: unknown, draw: fc.GeneratorValue): unknown {
  const stranger = (): unknown => pick(strangers, draw);
  const isNested = typeof value === 'object' && value !== null;
  const keys = isNested ? Object.keys(value) : [];
  // A quarter stops at each level.
  if (!isNested || keys.length === 0 || draw(upTo, 3) === 0) return stranger();
  const key = pick(keys, draw);
  if (Array.isArray(value)) return value.with(Number(key), mutate(value[Number(key)], draw));
  const { [key]: inner, ...others } = value as Record<string, unknown>;
  switch (draw(upTo, 3)) {
    case 0:
      return others;
    case 1:
      return { ...value, stranger: stranger() };
    default:
      return { ...value, [key]: mutate(inner, draw) };
  }
}

/** Where an answer is not as the spec has it, worked out from the spec alone. */
function faultsOfAnswer(operation: SpecOperation, value: unknown): string[] {
  if (value === undefined && mayBeEmpty(operation)) return [];
  const variants = (operation['x-variants'] ?? []).map(({ answer }) => answer);
  return faults({ anyOf: [answerFacts(operation)!, ...variants] }, value, '$');
}

function faults(schema: Schema, value: unknown, path: string): string[] {
  if (schema.$ref) return faults(spec.schemas.get(refName(schema.$ref))!.schema, value, path);
  if (schema.anyOf) return faultsOfUnion(schema.anyOf, value, path);
  if (Array.isArray(schema.type))
    return faultsOfUnion(
      schema.type.map((type: string) => ({ ...schema, type })),
      value,
      path,
    );
  const whole = flat(schema);
  if ('const' in whole) return value === whole.const ? [] : [path];
  if (whole.enum) return whole.enum.includes(value) ? [] : [path];
  switch (whole.type) {
    case undefined:
      return [];
    case 'integer':
      return Number.isInteger(value) ? [] : [path];
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item, index) => faults(whole.items ?? {}, item, `${path}[${index}]`))
        : [path];
    case 'object':
      return kindOf(value) === 'object' ? faultsOfMembers(whole, value as Record<string, unknown>, path) : [path];
    default:
      return kindOf(value) === whole.type ? [] : [path];
  }
}

function faultsOfMembers(schema: Schema, value: Record<string, unknown>, path: string): string[] {
  const { properties, required = [], additionalProperties: rest = !properties } = schema;
  const place = (name: string): string => (/^\w+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`);
  const missing = required.filter((name) => !(name in value)).map(place);
  const wrong = Object.entries(value).flatMap(([name, member]) => {
    const type = properties?.[name] ?? (rest === true ? {} : rest);
    return type ? faults(type, member, place(name)) : [place(name)];
  });
  return [...missing, ...wrong];
}

/** What is nested is held against the one option that is of its kind. */
function faultsOfUnion(options: readonly Schema[], value: unknown, path: string): string[] {
  const results = options.map((option) => faults(option, value, path));
  if (results.some((result) => result.length === 0)) return [];
  const inside = results.filter((result) => !result.includes(path));
  return inside.length === 1 ? inside[0]! : [path];
}

/** A schema with what it inherits. */
function flat(schema: Schema): Schema {
  if (schema.$ref) return flat(spec.schemas.get(refName(schema.$ref))!.schema);
  if (!schema.allOf) return schema;
  const parts = schema.allOf.map(flat);
  return {
    ...Object.assign({}, ...parts),
    ...(parts.some(({ properties }) => properties) && {
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)) as Schema['properties'],
      required: parts.flatMap(({ required = [] }) => required),
    }),
  } as Schema;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}
