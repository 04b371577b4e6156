import { NetworkError, ServerError, TimeoutError } from '../../models/errors.js';

/** Whether a transfer may go on after an error: no answer, or one of a server that is not well. */
export const isOutage = (error: unknown): boolean =>
  error instanceof NetworkError || error instanceof TimeoutError || error instanceof ServerError;
