import { checkText } from '../../models/check-text.js';
import { ValidationError } from '../../models/errors.js';
import type { Operation } from '../operation.js';

/**
 * Route of an operation with its encoded parameters.
 *
 * @throws ValidationError for a parameter that would lead to another route.
 */
export function buildPath(operation: Operation, values: readonly unknown[]): string {
  const { id, path } = operation;
  let text = '';
  let from = 0;
  for (let at = 0, open; (open = path.indexOf('{', from)) !== -1; at++) {
    const close = path.indexOf('}', open);
    const value = values[at];
    // Nearly all are ids, which need no encoding.
    const segment =
      typeof value === 'string' && /^\w+$/.test(value)
        ? value
        : toSegment(`${id}: ${path.slice(open + 1, close)}`, value);
    text += path.slice(from, open) + segment;
    from = close + 1;
  }
  return text + path.slice(from);
}

function toSegment(argument: string, value: unknown): string {
  checkText(argument, value);
  if (/[/\\]|^\.\.?$/.test(value)) throw new ValidationError(argument, 'must be one segment of a path');
  return encode(argument, value);
}

function encode(argument: string, value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    throw new ValidationError(argument, 'must not have half of a surrogate pair');
  }
}

/**
 * Query of a call: `undefined` and null are left out, and an array repeats its name.
 *
 * @throws ValidationError for a value that is not a string, a finite number or a boolean.
 */
export function buildQuery(operation: Operation, query: object): string {
  let text = '';
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one === undefined || one === null) continue;
      if (!/string|boolean/.test(typeof one) && !Number.isFinite(one)) {
        throw new ValidationError(`${operation.id}: ${name}`, 'must be a string, a finite number or a boolean');
      }
      text += `${text ? '&' : '?'}${name}=${encode(`${operation.id}: ${name}`, one as string)}`;
    }
  }
  return text;
}

/** A body or query with its public names replaced by those that the server reads. Returns the same object if the operation renames nothing. */
export function renameKeys<T>({ rename }: Operation, value: T): T {
  if (!rename || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [rename[name] ?? name, one as unknown])) as T;
}
