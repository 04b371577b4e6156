import type { AliasEntry, OperationEntry } from '../../src/api/define-group.js';
import type { OperationFacts } from '../../src/api/operation.js';
import { compareVersions } from '../../src/models/compare-versions.js';
import type { OperationObject, Parameter, Schema, SpecOperation } from './spec.js';

/** The facts of an operation that differ from the defaults. */
export function operationFacts(operation: SpecOperation): OperationFacts {
  const takesBody = operation.requestBody !== undefined;
  const rename = renames(operation);
  const fixed = fixedParameters(operation).map(({ name, schema }) => [name, schema.const]);
  const facts: { readonly [Name in keyof OperationFacts]: OperationFacts[Name] | undefined } = {
    root: operation.beside || undefined,
    body: takesBody === operation.method.startsWith('P') ? undefined : takesBody,
    safe: operation['x-safe'],
    form: formField(operation),
    answer: answerKind(operation),
    paging: operation['x-paging'],
    rows: operation['x-rows'],
    singlePageWith: operation['x-single-page-with'],
    rename: rename.length > 0 ? Object.fromEntries(rename) : undefined,
    fixed: fixed.length > 0 ? (Object.fromEntries(fixed) as Record<string, string>) : undefined,
    dedupe: operation['x-dedupe'],
    anonymous: operation['x-anonymous'],
    since: sinceOf(operation),
    // For an operation of a plugin, `supports` checks only whether the plugin is active.
    until: operation['x-plugin'] ? undefined : operation['x-until'],
    licence: operation['x-plugin'] ? undefined : operation['x-licence'],
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** The entries of an operation in its group, under its own name and under its other names. */
export function operationEntries(operation: SpecOperation): [name: string, OperationEntry | AliasEntry<string>][] {
  const { operationId: id, method, path } = operation;
  const facts = operationFacts(operation);
  const route = `${method} ${path as `/${string}`}` as const;
  const aliases = Object.keys(operation['x-aliases'] ?? {});
  return [
    [id, Object.keys(facts).length > 0 ? [route, facts] : [route]],
    ...aliases.map((name): [string, AliasEntry<string>] => [name, { aliasOf: id }]),
  ];
}

/** Query parameters that have one possible value, which the method sends by itself. */
export function fixedParameters({ parameters = [] }: OperationObject): readonly Parameter[] {
  return parameters.filter((one) => one.in === 'query' && one.required === true && 'const' in one.schema);
}

/** Oldest version that the facts were read from: what it has needs no `since`. */
const oldest = '5.37';
/** `since` of what is newer than 11.6, if the version is not known. */
const firstUnseen = '11.7';

function sinceOf(operation: SpecOperation): string | undefined {
  if (operation['x-plugin']) return undefined;
  const since = operation['x-since'] ?? (operation['x-newer'] ? firstUnseen : undefined);
  return since && compareVersions(since, oldest) > 0 ? since : undefined;
}

/** Schema of the answer of a successful call; `undefined` if there is no body. */
export function answerSchema(operation: OperationObject): Schema | undefined {
  return Object.values(successContent(operation))[0]?.schema;
}

/** Schemas of all answers, those for some values of the query or body among them. */
export function answerSchemas(operation: OperationObject): Schema[] {
  const main = answerSchema(operation);
  const variants = (operation['x-variants'] ?? []).map(({ answer }) => answer);
  return main ? [main, ...variants] : variants;
}

/** Whether an operation pages only with some values of the query or body. */
export const pagesInVariant = ({ 'x-variants': variants = [] }: OperationObject): boolean =>
  variants.some(({ paged }) => paged);

/** Whether a success may also have no body. */
export function mayBeEmpty({ responses }: OperationObject): boolean {
  return '204' in responses && Object.keys(responses).some((code) => code !== '204' && code.startsWith('2'));
}

function successContent({ operationId, responses }: OperationObject): Readonly<Record<string, { schema?: Schema }>> {
  const successes = Object.entries(responses).filter(([code]) => code.startsWith('2'));
  const [, response] = successes.find(([code]) => code !== '204') ?? successes[0] ?? [];
  if (!response) throw new Error(`${operationId}: must have a response with a status of 2xx`);
  return response.content ?? {};
}

function answerKind(operation: OperationObject): OperationFacts['answer'] {
  const content = successContent(operation);
  if ('application/x-ndjson' in content) return 'ndjson';
  if ('text/plain' in content) return 'text';
  const schema = answerSchema(operation);
  if (!schema) return 'none';
  // With `page`, the client takes null for an empty list without being told.
  if (operation['x-paging'] === 'page') return undefined;
  if (schema.format === 'binary') return 'blob';
  return answerSchemas(operation).some(({ type }) => type === 'array') ? 'list' : undefined;
}

function formField({ requestBody }: OperationObject): string | undefined {
  if (requestBody?.content['application/octet-stream']) return 'binary';
  const schema = requestBody?.content['multipart/form-data']?.schema;
  return Object.entries(schema?.properties ?? {}).find(([, { format }]) => format === 'binary')?.[0];
}

/** The members that a body may have, in any of its forms. */
export function bodyMembers({ requestBody }: OperationObject): [string, Schema][] {
  const body = Object.values(requestBody?.content ?? {})[0]?.schema ?? {};
  return [body, ...(body.anyOf ?? [])].flatMap(({ properties = {} }) => Object.entries(properties));
}

function renames(operation: OperationObject): [string, string][] {
  const named: [string, Schema | Parameter][] = [
    ...(operation.parameters ?? []).map((one) => [one.name, one] as [string, Parameter]),
    ...bodyMembers(operation),
  ];
  return named.flatMap(([name, { 'x-sent-as': sentAs }]): [string, string][] => (sentAs ? [[name, sentAs]] : []));
}
