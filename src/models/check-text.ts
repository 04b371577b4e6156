import { ValidationError } from './errors.js';

/**
 * Checks that an argument is a string that is not blank.
 *
 * @param argument names it in the error, such as `getUser: user_id`.
 * @throws ValidationError if it is not.
 */
export function checkText(argument: string, value: unknown): asserts value is string {
  if (typeof value !== 'string')
    throw new ValidationError(argument, `must be a string, not ${value === null ? 'null' : typeof value}`);
  if (!value.trim()) throw new ValidationError(argument, 'must not be empty');
}
