import { ValidationError } from '../../../models/errors.js';
import type { Transport } from '../types.js';
import { fetchTransport } from './fetch.js';
import type { UndiciTransportOptions } from './undici.node.js';

export type { UndiciTransportOptions } from './undici.node.js';

/** On other platforms than Node: `fetch` of the platform. */
export const defaultTransport = (): Transport => fetchTransport();

/**
 * Sends over a dispatcher of `undici`, on Node only.
 *
 * @throws ValidationError elsewhere.
 */
export function undiciTransport(_options?: UndiciTransportOptions): Transport {
  throw new ValidationError('undiciTransport', 'must not be used here: it works on Node.js only');
}
