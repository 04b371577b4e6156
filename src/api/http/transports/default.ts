import { ValidationError } from '../../../models/errors.js';
import type { Transport } from '../types.js';
import { fetchTransport } from './fetch.js';
import type { UndiciTransportOptions } from './undici.node.js';

export type { UndiciTransportOptions } from './undici.node.js';

/** Everywhere but on Node: the platform's own `fetch`. */
export const defaultTransport = (): Transport => fetchTransport();

/**
 * Sends over a dispatcher of `undici`, on Node alone.
 *
 * @throws ValidationError elsewhere.
 */
export function undiciTransport(_options?: UndiciTransportOptions): Transport {
  throw new ValidationError('undiciTransport', 'works on Node.js alone');
}
