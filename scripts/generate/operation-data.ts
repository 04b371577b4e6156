import type { OperationFacts, Parameter, Schema, SpecOperation } from './spec.js';

/** The line of an operation in the table that `defineGroup` reads, and those of its other names. Absent facts have their defaults. */
export function operationLines(operation: SpecOperation): string[] {
  const { operationId: id, method, path } = operation;
  const takesBody = operation.requestBody !== undefined;
  const rename = Object.fromEntries(renames(operation));
  const fixed = Object.fromEntries(fixedParameters(operation).map(({ name, schema }) => [name, schema.const]));
  const facts = Object.entries({
    root: operation.beside || undefined,
    body: takesBody === method.startsWith('P') ? undefined : takesBody,
    safe: operation['x-safe'],
    form: formField(operation),
    answer: answerKind(operation),
    paging: operation['x-paging'],
    rows: operation['x-rows'],
    singlePageWith: operation['x-single-page-with'],
    rename: Object.keys(rename).length > 0 ? rename : undefined,
    fixed: Object.keys(fixed).length > 0 ? fixed : undefined,
    dedupe: operation['x-dedupe'],
    anonymous: operation['x-anonymous'],
    since: sinceOf(operation),
    until: operation['x-only'] === '5.37' ? '5.37' : undefined,
    licence: operation['x-licence'],
  }).flatMap(([key, value]) => (value === undefined ? [] : [fact(key, value)]));
  const names = Object.keys(operation['x-aliases'] ?? {});
  return [[id, method, path, ...facts].join(' '), ...names.map((name) => `${name} = ${id}`)];
}

function fact(key: string, value: unknown): string {
  if (value === true) return key;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/[\s=`\\$]/.test(text)) throw new Error(`${key}: ${text} cannot stand in a table`);
  return `${key}=${text}`;
}

/** Parameters that the operation itself gives their only value. */
export function fixedParameters({ parameters = [] }: OperationFacts): readonly Parameter[] {
  return parameters.filter((one) => one.in === 'query' && one.required === true && 'const' in one.schema);
}

/** Oldest server that is known: what it had needs no word. */
const oldest = [5, 37] as const;

function sinceOf(operation: SpecOperation): string | undefined {
  const since = operation['x-since'];
  if (operation['x-plugin']) return undefined;
  if (operation['x-newer']) return '11.7';
  const [major = 0, minor = 0] = since?.split('.').map(Number) ?? [];
  if (major > oldest[0] || (major === oldest[0] && minor > oldest[1])) return since;
  // All that is known is that 5.37 lacks it: the next major version stands for the first that may have it.
  return operation['x-only'] === '11.6' ? '6' : undefined;
}

/** What a successful call answers; `undefined` if nothing. */
export function answerSchema(operation: OperationFacts): Schema | undefined {
  return Object.values(successContent(operation))[0]?.schema;
}

/** All that it may answer, for some values of the query or body. */
export function answerSchemas(operation: OperationFacts): Schema[] {
  const main = answerSchema(operation);
  const variants = (operation['x-variants'] ?? []).map(({ answer }) => answer);
  return main ? [main, ...variants] : variants;
}

/** Whether a success may also come without an answer. */
export function mayBeEmpty({ responses }: OperationFacts): boolean {
  return '204' in responses && Object.keys(responses).some((code) => code !== '204' && code.startsWith('2'));
}

function successContent({ operationId, responses }: OperationFacts): Readonly<Record<string, { schema?: Schema }>> {
  const successes = Object.entries(responses).filter(([code]) => code.startsWith('2'));
  const [, response] = successes.find(([code]) => code !== '204') ?? successes[0] ?? [];
  if (!response) throw new Error(`${operationId}: no success`);
  return response.content ?? {};
}

function answerKind(operation: OperationFacts): string | undefined {
  const content = successContent(operation);
  if ('application/x-ndjson' in content) return 'ndjson';
  if ('text/plain' in content) return 'text';
  const schema = answerSchema(operation);
  if (!schema) return 'none';
  // Pages of rows are lists by their nature.
  if (operation['x-paging'] === 'page') return undefined;
  if (schema.format === 'binary') return 'blob';
  return answerSchemas(operation).some(({ type }) => type === 'array') ? 'list' : undefined;
}

function formField({ requestBody }: OperationFacts): string | undefined {
  if (requestBody?.content['application/octet-stream']) return 'binary';
  const schema = requestBody?.content['multipart/form-data']?.schema;
  return Object.entries(schema?.properties ?? {}).find(([, { format }]) => format === 'binary')?.[0];
}

/** The members that a body may have, in any of its forms. */
export function bodyMembers({ requestBody }: OperationFacts): [string, Schema][] {
  const body = Object.values(requestBody?.content ?? {})[0]?.schema ?? {};
  return [body, ...(body.anyOf ?? [])].flatMap(({ properties = {} }) => Object.entries(properties));
}

function renames(operation: OperationFacts): [string, string][] {
  const named: [string, Schema | Parameter][] = [
    ...(operation.parameters ?? []).map((one) => [one.name, one] as [string, Parameter]),
    ...bodyMembers(operation),
  ];
  return named.flatMap(([name, { 'x-sent-as': sentAs }]): [string, string][] => (sentAs ? [[name, sentAs]] : []));
}
