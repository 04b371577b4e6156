import type { OperationFacts, Parameter, Schema, SpecOperation } from './spec.js';

/** The data of an operation that the pipeline interprets. Absent fields have their defaults. */
export function operationData(operation: SpecOperation): string {
  const rename = Object.fromEntries(renames(operation));
  return JSON.stringify({
    id: operation.operationId,
    method: operation.method,
    path: operation.path,
    safe: operation['x-safe'],
    form: formField(operation),
    answer: answerKind(operation),
    paging: operation['x-paging'],
    singlePageWith: operation['x-single-page-with'],
    rename: Object.keys(rename).length > 0 ? rename : undefined,
    dedupe: operation['x-dedupe'],
    anonymous: operation['x-anonymous'],
  });
}

/** What a successful call answers. */
export function answerSchema(operation: OperationFacts): Schema {
  const schema = Object.values(successContent(operation))[0]?.schema;
  if (!schema) throw new Error(`${operation.operationId}: no answer`);
  return schema;
}

function successContent({ operationId, responses }: OperationFacts): Readonly<Record<string, { schema?: Schema }>> {
  const [, response] = Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [];
  if (!response) throw new Error(`${operationId}: no success`);
  return response.content ?? {};
}

function answerKind(operation: OperationFacts): string | undefined {
  const content = successContent(operation);
  if ('application/x-ndjson' in content) return 'ndjson';
  if ('image/*' in content) return 'blob';
  const answers = [answerSchema(operation), ...(operation['x-variants'] ?? []).map(({ answer }) => answer)];
  return answers.some(({ type }) => type === 'array') ? 'list' : undefined;
}

function formField({ requestBody }: OperationFacts): string | undefined {
  const schema = requestBody?.content['multipart/form-data']?.schema;
  return Object.entries(schema?.properties ?? {}).find(([, { format }]) => format === 'binary')?.[0];
}

function renames({ parameters = [], requestBody }: OperationFacts): [string, string][] {
  const body = Object.values(requestBody?.content ?? {})[0]?.schema ?? {};
  const members = [body, ...(body.anyOf ?? [])].flatMap(({ properties = {} }) => Object.entries(properties));
  const named: [string, Schema | Parameter][] = [
    ...parameters.map((one) => [one.name, one] as [string, Parameter]),
    ...members,
  ];
  return named.flatMap(([name, { 'x-sent-as': sentAs }]): [string, string][] => (sentAs ? [[name, sentAs]] : []));
}
