import { compareVersions, type OperationFacts, type Parameter, type Schema, type SpecOperation } from './spec.js';

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
    // Whether a plugin is active is all that `supports` asks of it.
    until: operation['x-plugin'] ? undefined : operation['x-until'],
    licence: operation['x-plugin'] ? undefined : operation['x-licence'],
  }).flatMap(([key, value]) => (value === undefined ? [] : [fact(key, value)]));
  const names = Object.keys(operation['x-aliases'] ?? {});
  return [[path, method, id, ...facts].join(' '), ...names.map((name) => `${name} = ${id}`)];
}

/** The same lines, each route told by how it goes on from the one before where that is shorter. */
export function relativeLines(lines: readonly string[]): string[] {
  let before: readonly string[] = [];
  return lines.map((line) => {
    const [route = '', method, ...rest] = line.split(' ');
    if (method === '=') return line;
    const parts = route.split('/');
    const differs = parts.findIndex((part, index) => part !== before[index]);
    const shared = differs < 0 ? parts.length : differs;
    const up = before.length - shared;
    before = parts;
    const relative = [...(up > 0 ? Array<string>(up).fill('..') : ['.']), ...parts.slice(shared)].join('/');
    return [shared > 1 && relative.length < route.length ? relative : route, method, ...rest].join(' ');
  });
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
const oldest = '5.37';
/** What is newer than 11.6, nobody knows since when, counts as of the next version. */
const firstUnseen = '11.7';

function sinceOf(operation: SpecOperation): string | undefined {
  if (operation['x-plugin']) return undefined;
  const since = operation['x-since'] ?? (operation['x-newer'] ? firstUnseen : undefined);
  return since && compareVersions(since, oldest) > 0 ? since : undefined;
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

/** Whether an operation pages only where it is asked for pages. */
export const pagesInVariant = ({ 'x-variants': variants = [] }: OperationFacts): boolean =>
  variants.some(({ paged }) => paged);

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
