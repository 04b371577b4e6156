import { isApiError } from '../../../src/index.js';

/** Awaits a call whose refusal does not matter: a server may not allow it, or it has happened already. */
export async function attempt(call: PromiseLike<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isApiError(error)) throw error;
  }
}
