import { documentation } from './documentation.js';
import { answerSchema, fixedParameters } from './operation-data.js';
import type { Parameter, Schema, SpecOperation, Variant } from './spec.js';
import { comment, element, member, typeOf, type TypeContext } from './types.js';

export interface Method {
  /** Signatures of the method, and of its other names. */
  readonly code: string;
  /** Declaration of the type of its query, if it has one. */
  readonly query: string | undefined;
}

/** The parts of which signatures are made. */
interface Shape {
  readonly operation: SpecOperation;
  readonly path: readonly string[];
  readonly body: string | undefined;
  /** Parameters that callers give, and name of the type of all of them. */
  readonly query: readonly Parameter[];
  readonly queryType: string | undefined;
  readonly input: TypeContext;
  readonly output: TypeContext;
}

/** The method of an operation in the class `owner`; `use` is told of the entities that it mentions. */
export function createMethod(operation: SpecOperation, owner: string, use: (name: string) => void): Method {
  const { operationId: id, parameters = [] } = operation;
  const input: TypeContext = { input: true, use };
  const fixed = fixedParameters(operation);
  const query = parameters.filter((parameter) => parameter.in === 'query' && !fixed.includes(parameter));
  const shape: Shape = {
    operation,
    path: parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => camel(name)),
    body: bodyType(operation, input),
    query,
    queryType: query.length > 0 ? `${pascal(id)}Query` : undefined,
    input,
    output: { input: false, use },
  };
  const main = signature(shape, shape.body, shape.queryType, isQueryRequired(shape), resultType(shape));
  const variants = (operation['x-variants'] ?? []).map((variant) => variantSignature(shape, variant));
  const signatures = [...variants, main].map((text) => `${id}${text};`);
  return {
    code: [documentation(operation) + signatures.join('\n'), ...aliases(shape, owner, main)].join('\n\n'),
    query: queryDeclaration(shape, owner),
  };
}

const isQueryRequired = ({ query }: Shape): boolean => query.some(({ required }) => required);

function signature(
  shape: Shape,
  body: string | undefined,
  query: string | undefined,
  required: boolean,
  result: string,
): string {
  const args = shape.path.map((name) => `${name}: string`);
  if (body) args.push(`body${shape.operation.requestBody?.required ? '' : '?'}: ${body}`);
  if (query) args.push(`query${required ? '' : '?'}: ${query}`);
  return `(${args.join(', ')}): ${result}`;
}

function variantSignature(shape: Shape, { query = {}, body, answer }: Variant): string {
  const names = Object.keys(query).map((name) => `'${name}'`);
  const limits = Object.entries(query).map(([name, schema]) => `readonly ${name}: ${typeOf(schema, shape.input)}`);
  const narrowed = names.length > 0;
  return signature(
    shape,
    body ? typeOf(body, shape.input) : shape.body,
    narrowed
      ? `Omit<${shape.queryType ?? 'object'}, ${names.join(' | ')}> & { ${limits.join('; ')} }`
      : shape.queryType,
    narrowed || isQueryRequired(shape),
    `Call<${plain(answer, shape.output)}>`,
  );
}

function aliases({ operation }: Shape, owner: string, main: string): string[] {
  return Object.entries(operation['x-aliases'] ?? {}).map(([name, why]) => {
    const doc = comment([why, `@deprecated Use {@link ${owner}.${operation.operationId}}.`]);
    return `${doc}${name}${main};`;
  });
}

function bodyType({ requestBody }: SpecOperation, context: TypeContext): string | undefined {
  if (!requestBody) return undefined;
  const [type, { schema = {} } = {}] = Object.entries(requestBody.content)[0] ?? [];
  if (type !== 'multipart/form-data') return typeOf(schema, context);
  return Object.keys(schema.properties ?? {}).length === 1 ? 'BinaryInput' : 'FormData';
}

function resultType({ operation, output }: Shape): string {
  const schema = answerSchema(operation);
  switch (operation['x-paging']) {
    case undefined:
      return `Call<${plain(schema, output)}>`;
    case 'page':
      return `PagedCall<${typeOf(schema.items ?? {}, output)}>`;
    default:
      output.use('Post');
      return `PagedCall<Post, ${typeOf(schema, output)}>`;
  }
}

/** The type of an answer by itself: lists belong to the caller, who may change them. */
function plain(schema: Schema, context: TypeContext): string {
  return schema.type === 'array' ? `${element(schema, context)}[]` : typeOf(schema, context);
}

function queryDeclaration({ operation, query, queryType, input }: Shape, owner: string): string | undefined {
  if (!queryType) return undefined;
  const lines = query.map(({ name, schema, required, description, 'x-sent-as': sentAs }) =>
    member(name, { ...schema, ...(sentAs && { 'x-sent-as': sentAs }) }, !required, description, input),
  );
  const doc = comment([`Query of {@link ${owner}.${operation.operationId}}.`]);
  return `${doc}export interface ${queryType} {\n${lines.join('\n')}\n}\n`;
}

const camel = (name: string): string => name.replace(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase());

/** `some-name` or `someName` as `SomeName`. */
export const pascal = (name: string): string => camel(`-${name}`);
