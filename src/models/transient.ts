import { isMattermostError, type ApiError } from './errors.js';

/**
 * Whether an error passes by itself, so that the same request may succeed later: no network, no answer in time, too many requests (429), or
 * a server or proxy that is down, busy or restarting (502 and above). A 500 is not: the server gives the same one again (protocol §9.1). Pure.
 */
export function isTransient(error: unknown): boolean {
  if (!isMattermostError(error)) return false;
  if (error.code === 'network' || error.code === 'timeout') return true;
  const { status } = error as Partial<ApiError>;
  return error.code === 'api' && (status === 429 || status! >= 502);
}
