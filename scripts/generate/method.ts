import { documentation } from './documentation.js';
import { answerSchema, fixedParameters, mayBeEmpty, pagesInVariant } from './operation-data.js';
import { refName, type Parameter, type Schema, type Spec, type SpecOperation, type Variant } from './spec.js';
import { comment, element, member, typeOf, type TypeContext } from './types.js';

export interface Method {
  /** Signatures of the method and of its aliases. */
  readonly code: string;
  /** Declaration of the type of its query, if it has a query. */
  readonly query: string | undefined;
}

/** What the signatures of an operation are made of. */
interface Shape {
  readonly operation: SpecOperation;
  readonly schemas: Spec['schemas'];
  readonly path: readonly string[];
  readonly body: string | undefined;
  /** Query parameters that callers give, and the name of their type. */
  readonly query: readonly Parameter[];
  readonly queryType: string | undefined;
  readonly input: TypeContext;
  readonly output: TypeContext;
}

/** The method of an operation in the interface `owner`; calls `use` with the name of each entity in it. */
export function createMethod(
  operation: SpecOperation,
  owner: string,
  schemas: Spec['schemas'],
  use: (name: string) => void,
): Method {
  const { operationId: id, parameters = [] } = operation;
  const input: TypeContext = { input: true, use };
  const fixed = fixedParameters(operation);
  const query = parameters.filter((parameter) => parameter.in === 'query' && !fixed.includes(parameter));
  const shape: Shape = {
    operation,
    schemas,
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

function variantSignature(shape: Shape, { query = {}, optional = false, body, answer, paged }: Variant): string {
  const names = Object.keys(query).map((name) => `'${name}'`);
  const limits = Object.entries(query).map(([name, schema]) =>
    member(name, schema, optional, undefined, shape.input).replace(/;$/, ''),
  );
  const narrowed = names.length > 0;
  return signature(
    shape,
    body ? typeOf(body, shape.input) : shape.body,
    narrowed
      ? `Omit<${shape.queryType ?? 'object'}, ${names.join(' | ')}> & { ${limits.join('; ')} }`
      : shape.queryType,
    (narrowed && !optional) || isQueryRequired(shape),
    paged ? pagedCall(shape, answer) : `Call<${plain(answer, shape.output)}>`,
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
  const types = Object.entries(requestBody.content).map(([type, { schema = {} }]) =>
    type === 'multipart/form-data' && Object.keys(schema.properties ?? {}).length !== 1
      ? 'FormData'
      : /^(multipart|application\/octet)/.test(type)
        ? 'BinaryInput'
        : typeOf(schema, context),
  );
  return types.sort().join(' | ');
}

function resultType(shape: Shape): string {
  const { operation, output } = shape;
  const schema = answerSchema(operation);
  if (!schema) return 'Call<void>';
  return operation['x-paging'] && !pagesInVariant(operation)
    ? pagedCall(shape, schema)
    : `Call<${plain(schema, output)}${mayBeEmpty(operation) ? ' | undefined' : ''}>`;
}

function pagedCall(shape: Shape, page: Schema): string {
  const { output } = shape;
  return page.type === 'array'
    ? `PagedCall<${typeOf(page.items ?? {}, output)}>`
    : `PagedCall<${rowType(shape, page)}, ${typeOf(page, output)}>`;
}

/** The type of one row of a page that is an object: `x-rows` names the member that holds them; a post list has them by id. */
function rowType({ operation, schemas, output }: Shape, page: Schema): string {
  const properties = propertiesOf(page, schemas);
  const name = operation['x-rows'] ?? ('posts' in properties ? 'posts' : 'file_infos');
  const held = name === '*' ? (page.additionalProperties as Schema) : properties[name];
  const row = held?.items ?? held?.additionalProperties;
  if (typeof row !== 'object')
    throw new Error(`${operation.operationId}: x-rows must be a member of the answer that holds rows`);
  return typeOf(row, output);
}

/** The members of an object, and those of the schemas that it extends. */
function propertiesOf(schema: Schema, schemas: Spec['schemas']): Readonly<Record<string, Schema>> {
  const whole = (schema.$ref && schemas.get(refName(schema.$ref))?.schema) || schema;
  const extended = (whole.allOf ?? []).map((base) => propertiesOf(base, schemas));
  return extended.reduce((all, some) => ({ ...all, ...some }), whole.properties ?? {});
}

/** The type of an answer. A list is not `readonly`: it belongs to the caller, who may change it. */
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

/** `some-name` as `someName`. */
export const camel = (name: string): string => name.replace(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase());

/** `some-name` or `someName` as `SomeName`. */
export const pascal = (name: string): string => camel(`-${name}`);
