import { fullPath, isGenerated, loadSpec, type SpecOperation } from '../../scripts/generate/spec.js';
import { answerSchema } from '../../scripts/generate/operation-data.js';
import { readExtras, readRest, type Exchange, type RecordedVersion } from '../fixtures/recordings.js';

/** An exchange of the recordings, as the call of a generated method that would make it. */
export interface RecordedCall {
  readonly exchange: Exchange;
  readonly operation: SpecOperation;
  /** Arguments of the method, of the types that it asks for. */
  readonly args: readonly unknown[];
}

export const spec = loadSpec();
export const generated = spec.operations.filter((operation) => isGenerated(spec, operation));

const route = (method: string, path: string): string => `${method} ${path.replace(/\{\w+\}/g, '{}')}`;
const byRoute = new Map(generated.map((operation) => [route(operation.method, fullPath(operation)), operation]));

/** The generated operation of an exchange. */
export const operationOf = ({ method, template }: Exchange): SpecOperation | undefined =>
  byRoute.get(route(method, template));

/** Every recorded exchange that a generated method could make, whatever its answer. */
export function recordedCalls(version: RecordedVersion): RecordedCall[] {
  return [...readRest(version), ...readExtras(version)].flatMap((exchange) => {
    const operation = operationOf(exchange);
    const path = operation && pathArguments(operation, exchange);
    // What lies beside the API the other version answers with the page of the web app.
    if (operation?.beside && (operation['x-only'] ?? version) !== version) return [];
    // A credential in the query is none of the operation's parameters.
    if (!path || 'access_token' in exchange.query) return [];
    const body = bodyArgument(operation, exchange);
    // No value of the type gives a text that was malformed on purpose.
    if (operation.requestBody && typeof exchange.reqBody === 'string') return [];
    const query = queryArgument(operation, exchange);
    const args = [...path, ...(operation.requestBody ? [body] : []), ...(query ? [query] : [])];
    return [{ exchange, operation, args }];
  });
}

function pathArguments(operation: SpecOperation, exchange: Exchange): string[] | undefined {
  const pattern = new RegExp(`^${fullPath(operation).replace(/\{\w+\}/g, '([^/]+)')}$`);
  return pattern
    .exec(exchange.path)
    ?.slice(1)
    .map((segment) => decodeURIComponent(segment));
}

function bodyArgument({ requestBody }: SpecOperation, { reqBody }: Exchange): unknown {
  const { 'multipart/form-data': form, 'application/octet-stream': raw } = requestBody?.content ?? {};
  if (!form && !raw) return reqBody ?? undefined;
  const { parts, bytes: size } = (reqBody ?? {}) as { parts?: readonly FormPart[]; bytes?: number };
  if (!form || !parts) return new Blob([new Uint8Array(size ?? 0)]);
  const bytes = (part: FormPart | undefined): Blob => new Blob([new Uint8Array(part?.bytes ?? 0)]);
  if (Object.keys(form.schema?.properties ?? {}).length === 1) return bytes(parts[0]);
  const data = new FormData();
  for (const part of parts) data.append(part.name, part.value ?? bytes(part));
  return data;
}

interface FormPart {
  readonly name: string;
  readonly value?: string;
  readonly bytes?: number;
}

/** Texts of the query as the values that its type has. Parameters that the method fills in itself are left out. */
function queryArgument({ parameters = [] }: SpecOperation, { query }: Exchange): Record<string, unknown> | undefined {
  const typed = Object.entries(query).flatMap(([name, text]): [string, unknown][] => {
    const parameter = parameters.find((candidate) => candidate.in === 'query' && candidate.name === name);
    if (parameter && 'const' in parameter.schema) return [];
    switch (parameter?.schema.type) {
      case 'boolean':
        return [[name, ['true', '1'].includes(String(text))]];
      case 'integer':
      case 'number':
        return [[name, Number(text)]];
      default:
        return [[name, typeof text === 'number' ? String(text) : text]];
    }
  });
  const required = parameters.some(
    (parameter) => parameter.in === 'query' && parameter.required && !('const' in parameter.schema),
  );
  return typed.length > 0 || required ? Object.fromEntries(typed) : undefined;
}

/** Whether the answer is bytes. */
export const answersBytes = (operation: SpecOperation): boolean => answerSchema(operation)?.format === 'binary';
