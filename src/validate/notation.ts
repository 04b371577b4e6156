import {
  array,
  boolean,
  custom,
  exactOptional,
  lazy,
  literal,
  never,
  null_,
  number,
  objectWithRest,
  string,
  undefined_,
  union,
  unknown,
  type GenericSchema,
} from 'valibot';
import { parseJson } from '../models/parse-json.js';

/** A type, and what the types around it need to know of it. */
interface Type {
  /** The type in short, for people. Also the message of its schema, so that no message contains a value. */
  readonly text: string;
  readonly schema: GenericSchema;
  /** Which of these a value of it can be. */
  readonly can: readonly ('object' | 'array')[];
}

/**
 * Makes the schema of a type in the notation of the generated tables. That is a part of TypeScript's: names, texts in quotes, numbers, `T[]`,
 * `A | B`, parentheses and `{ name: T, other?: T }`. In an object, `*` is the type of all members that are not named; without it there may be
 * none. `integer` is a whole number, `object` an object with any members, `nothing` an answer without a body, and a name that starts with a
 * capital is a model, which is an object.
 *
 * @param model gives the schema of a model; called when a value of it is first checked.
 */
export function readType(notation: string, model: (name: string) => GenericSchema): GenericSchema {
  const tokens = notation.match(/[\w-]+|'[^']*'|\S/g) ?? [];
  let at = 0;
  const next = (token: string): boolean => tokens[at] === token && ++at > 0;

  const type = (): Type => {
    const options = [list()];
    while (next('|')) options.push(list());
    return options.length > 1 ? anyOf(options) : options[0]!;
  };
  const list = (): Type => {
    let read = single();
    for (; next('['); at++) read = arrayOf(read);
    return read;
  };
  const single = (): Type => {
    if (next('{')) return object();
    if (next('(')) {
      const read = type();
      at++;
      return read;
    }
    const name = tokens[at++]!;
    return /^[A-Z]/.test(name) ? objectType(name, () => model(name)) : simple(name);
  };
  const object = (): Type => {
    const texts: Record<string, string> = {};
    const entries: Record<string, GenericSchema> = {};
    let rest: GenericSchema = never('nothing');
    while (!next('}')) {
      const name = unquote(tokens[at++]!);
      const isOptional = next('?');
      at++;
      const { text, schema } = type();
      next(',');
      texts[name] = text;
      if (name === '*') rest = schema;
      else entries[name] = isOptional ? exactOptional(schema) : schema;
    }
    // Members have messages of their own, so this one is only for a member that is missing.
    const schema = objectWithRest(entries, rest, ({ path }) => texts[String(path?.[0].key)] ?? '');
    return objectType('object', () => schema);
  };
  return type().schema;
}

const unquote = (token: string): string => (token.startsWith("'") ? token.slice(1, -1) : token);

/** Types that are only a name. */
const simpleSchemas: Readonly<Record<string, (text: string) => GenericSchema>> = {
  string,
  number,
  integer: (text) => custom(Number.isInteger, text),
  boolean,
  null: null_,
  nothing: undefined_,
};

function simple(text: string): Type {
  if (text === 'object') return objectType(text, unknown);
  if (text === 'unknown') return { text, schema: unknown(), can: ['object', 'array'] };
  const schema =
    simpleSchemas[text]?.(text) ?? literal(text.startsWith("'") ? unquote(text) : (parseJson(text) as boolean), text);
  return { text, schema, can: [] };
}

/** `lazy`, as valibot counts arrays as objects, and JSON does not. */
function objectType(text: string, members: () => GenericSchema): Type {
  const wrong = never(text);
  return { text, schema: lazy((value) => (isObject(value) ? members() : wrong)), can: ['object'] };
}

function arrayOf({ text, schema }: Type): Type {
  const name = `${text.includes('|') ? `(${text})` : text}[]`;
  return { text: name, schema: array(schema, name), can: ['array'] };
}

/** An object or array is checked against the one option that it can be, if there is only one, so that the mismatches inside it are named. */
function anyOf(options: readonly Type[]): Type {
  const text = options.map((option) => option.text).join(' | ');
  const all = union(
    options.map(({ schema }) => schema),
    text,
  );
  const only = (kind: Type['can'][number]): GenericSchema => {
    const fitting = options.filter(({ can }) => can.includes(kind));
    return fitting.length === 1 ? fitting[0]!.schema : all;
  };
  const [objects, arrays] = [only('object'), only('array')];
  return {
    text,
    schema: lazy((value) => (Array.isArray(value) ? arrays : isObject(value) ? objects : all)),
    can: options.flatMap(({ can }) => can),
  };
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
