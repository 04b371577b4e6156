import { ValidationError } from './errors.js';

/**
 * Refuses what is no text, and what is blank.
 *
 * @param argument names it in the error, such as `getUser: user_id`.
 */
export function checkText(argument: string, value: unknown): asserts value is string {
  if (typeof value !== 'string')
    throw new ValidationError(argument, `is ${value === null ? 'null' : typeof value} instead of a string`);
  if (!value.trim()) throw new ValidationError(argument, 'is empty');
}
