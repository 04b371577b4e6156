import { ValidationError } from './errors.js';

/**
 * A value as JSON.
 *
 * @param argument names it in the error, such as `createPost: body`.
 * @throws ValidationError for what JSON cannot say: circles, a `BigInt`, a function.
 */
export function toJson(argument: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Told below.
  }
  if (text === undefined) throw new ValidationError(argument, 'is no JSON value');
  return text;
}
