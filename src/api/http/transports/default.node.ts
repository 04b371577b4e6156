import type { Transport } from '../types.js';
import { fetchTransport } from './fetch.js';
import { undiciTransport } from './undici.node.js';

export { undiciTransport } from './undici.node.js';
export type { UndiciTransportOptions } from './undici.node.js';

/**
 * On Node `undici`, which is the fastest there. Bun and Deno take this file too, but have a `fetch` of their own that is better than what
 * they make of `undici`.
 */
export function defaultTransport(): Transport {
  return 'Bun' in globalThis || 'Deno' in globalThis ? fetchTransport() : undiciTransport();
}
