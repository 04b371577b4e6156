import { refName, type Schema } from './spec.js';

/** Where a type is used. */
export interface TypeContext {
  /** True for values that callers make: optional members accept `undefined`, bytes are `BinaryInput`. */
  readonly input: boolean;
  /** Called with the name of each schema in the type. */
  readonly use: (name: string) => void;
}

/** TypeScript for a schema, not formatted. */
export function typeOf(schema: Schema, context: TypeContext): string {
  if (schema.$ref) {
    const name = refName(schema.$ref);
    context.use(name);
    return name;
  }
  if (schema['x-partial-of']) return `DeepPartial<${typeOf(schema['x-partial-of'], context)}>`;
  if ('const' in schema) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  if (schema.anyOf) return schema.anyOf.map((member) => typeOf(member, context)).join(' | ');
  if (schema.allOf) return schema.allOf.map((member) => typeOf(member, context)).join(' & ');
  if (typeof schema.type === 'object') {
    const types = schema.type.map((type) => (type === 'null' ? 'null' : typeOf({ ...schema, type }, context)));
    return types.join(' | ');
  }
  switch (schema.type) {
    case 'string':
      return stringType(schema, context);
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
    case 'null':
      return schema.type;
    case 'array':
      return `readonly ${element(schema, context)}[]`;
    case 'object':
      return objectType(schema, context);
    case undefined:
      return 'unknown';
    default:
      throw new Error(`type: must be a type of JSON Schema, not ${schema.type}`);
  }
}

/** The type of the elements of an array, in brackets where `[]` would bind more closely. */
export function element({ items }: Schema, context: TypeContext): string {
  const type = typeOf(items ?? {}, context);
  return /^readonly |[|&]/.test(type) && !type.startsWith('{') ? `(${type})` : type;
}

function stringType(schema: Schema, { input }: TypeContext): string {
  if (schema.format === 'binary') return input ? 'BinaryInput' : 'Blob';
  const known = schema['x-extensible-enum'];
  // Newer servers and plugins add values: `string & {}` allows them, and editors still suggest the known ones.
  return known ? [...known.map(literal), '(string & {})'].join(' | ') : 'string';
}

function objectType(schema: Schema, context: TypeContext): string {
  const rest = schema.additionalProperties;
  if (schema.properties) return `{ ${members(schema, context)} }`;
  return `Readonly<Record<string, ${typeof rest === 'object' ? typeOf(rest, context) : 'unknown'}>>`;
}

/** The members of an object type, each with its description. */
export function members(schema: Schema, context: TypeContext): string {
  const lines = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const optional = !schema.required?.includes(name);
    return member(name, property, optional, property.description, context);
  });
  const rest = schema.additionalProperties;
  if (rest)
    lines.push(
      `readonly [key: string]: ${typeof rest === 'object' ? `${typeOf(rest, context)} | undefined` : 'unknown'};`,
    );
  return lines.join('\n');
}

/** One member. The description is not taken from the schema, because that of a parameter stands beside it. */
export function member(
  name: string,
  schema: Schema,
  optional: boolean,
  description: string | undefined,
  context: TypeContext,
): string {
  const key = /^\w+$/.test(name) ? name : `'${name}'`;
  const type = typeOf(schema, context);
  const sentAs = schema['x-sent-as'];
  const doc = comment([
    [description, absence(schema)].filter(Boolean).join(' '),
    sentAs && `@deprecated The documented name. The server reads \`${sentAs}\`, and that name is sent.`,
  ]);
  return `${doc}readonly ${key}${optional ? '?' : ''}: ${type}${optional && context.input && type !== 'unknown' ? ' | undefined' : ''};`;
}

function absence(schema: Schema): string | undefined {
  if (schema['x-absent']) return `Not sent by ${schema['x-absent']}.`;
  if (schema['x-only']) return `Sent by ${schema['x-only']} only.`;
  if (schema['x-since']) return `Since ${schema['x-since']}.`;
  return undefined;
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", String.raw`\'`)}'` : JSON.stringify(value);

const width = 110;

/** A documentation comment with the given paragraphs, wrapped. Empty without any. */
export function comment(paragraphs: readonly (string | false | undefined)[]): string {
  const blocks = paragraphs.filter((paragraph): paragraph is string => !!paragraph);
  if (blocks.length === 0) return '';
  const lines = blocks.flatMap((block, index) => [...(index > 0 ? [''] : []), ...wrap(block)]);
  return lines.length === 1
    ? `/** ${lines[0] ?? ''} */\n`
    : `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}

function wrap(text: string): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines = [''];
    for (const word of paragraph.split(' ')) {
      const last = lines.at(-1) ?? '';
      if (last && last.length + word.length >= width) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    return lines;
  });
}
