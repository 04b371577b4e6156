import { checkText } from '../models/check-text.js';
import { ValidationError } from '../models/errors.js';

/**
 * Refuses what cannot be an id of the server: 26 letters and digits (protocol §6.2).
 *
 * @param where names the argument in the error, such as `typing.in: channelId`.
 */
export function checkId(where: string, id: unknown): void {
  checkText(where, id);
  if (!/^[a-z\d]{26}$/i.test(id)) throw new ValidationError(where, 'is no id of 26 letters and digits');
}
