import { ValidationError } from './errors.js';

/**
 * The JSON text of a value.
 *
 * @param argument names it in the error, such as `createPost: body`.
 * @throws ValidationError for what JSON cannot express: circular references, a `BigInt`, a function.
 */
export function toJson(argument: string, value: unknown): string {
  const text = stringify(value);
  if (text === undefined) throw new ValidationError(argument, 'must be a JSON value');
  return text;
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
