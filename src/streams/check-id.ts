import { ValidationError } from '../models/errors.js';

/**
 * Refuses what cannot be an id of the server: 26 letters and digits (protocol §6.2).
 *
 * @param where names the argument in the error, such as `typing.in: channelId`.
 */
export function checkId(where: string, id: unknown): void {
  if (typeof id !== 'string')
    throw new ValidationError(where, `is ${id === null ? 'null' : typeof id} instead of a string`);
  if (!/^[a-z\d]{26}$/i.test(id))
    throw new ValidationError(where, id ? 'is no id of 26 letters and digits' : 'is empty');
}
