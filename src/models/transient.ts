import { isApiError, isMattermostError } from './errors.js';

/**
 * Whether an error passes by itself, so that the same request may succeed later: no network, no answer in time, too many requests (429), or
 * a server or proxy that is down, busy or restarting (502 and above). A 500 does not: the server answers the same again (protocol §9.1). Pure.
 */
export function isTransient(error: unknown): boolean {
  if (!isMattermostError(error)) return false;
  if (error.code === 'network' || error.code === 'timeout') return true;
  return isApiError(error) && (error.status === 429 || error.status >= 502);
}
