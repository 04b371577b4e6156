import type { Transport } from '../types.js';
import { fetchTransport } from './fetch.js';
import { undiciTransport } from './undici.node.js';

export { undiciTransport } from './undici.node.js';
export type { UndiciTransportOptions } from './undici.node.js';

/**
 * `undici` on Node, where it is the fastest. Bun and Deno load this file too, but their own `fetch` is better than their `undici`.
 */
export function defaultTransport(): Transport {
  return 'Bun' in globalThis || 'Deno' in globalThis ? fetchTransport() : undiciTransport();
}
