import type { HttpRequest } from '../http/types.js';

/** Time in which the server knows a `pending_post_id` again, from the first attempt on: 30 s (protocol §9.1), less what a request travels. */
const keyLifetimeMs = 28_000;

/** When the server forgets the key of a create, by the scheduler's clock; `Infinity` for calls without a key. */
export function keyExpiresAtMs({ operation, meter }: HttpRequest): number {
  return operation.dedupe ? meter.firstAtMs + keyLifetimeMs : Infinity;
}
