import { checkText } from './check-text.js';
import { ValidationError } from './errors.js';

/**
 * Checks that an argument has the form of a server's id: 26 letters and digits (protocol §6.2).
 *
 * @param argument names it in the error, such as `typing.in: channelId`.
 * @throws ValidationError if it has not.
 */
export function checkId(argument: string, id: unknown): void {
  checkText(argument, id);
  if (!/^[a-z\d]{26}$/i.test(id)) throw new ValidationError(argument, 'must be a 26-character id');
}
