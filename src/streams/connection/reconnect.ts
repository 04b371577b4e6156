import { backoffMs } from '../../models/backoff.js';
import { AuthenticationError, isApiError, isMattermostError, type MattermostError } from '../../models/errors.js';

/** When the gateway connects again. */
export interface ReconnectOptions {
  /** Upper bound of the wait after the second failure in a row, in milliseconds; it doubles with each further one. @default 500 */
  readonly baseMs?: number;
  /** Upper bound of every wait, in milliseconds. @default 30_000 */
  readonly capMs?: number;
  /** How long a connection must have been ready for the next failure to count as the first again, in milliseconds. @default 500 */
  readonly resetAfterMs?: number;
}

/**
 * The server needs a moment to see that a socket was cut, or it will not resume it: within the same turn one resume in four fails, after 5 ms
 * none of 800 did (protocol §2.1).
 */
const settleMs = 25;

/** How long to wait after a failure. The first time it is short, so that a cut connection is soon back; then there is full jitter. */
export function retryDelayMs(
  attempt: number,
  abrupt: boolean,
  random: number,
  { baseMs = 500, capMs = 30_000 }: ReconnectOptions,
): number {
  const settle = abrupt ? settleMs : 0;
  return attempt < 2 ? settle + random * settleMs : Math.max(settle, backoffMs(attempt - 1, random, { baseMs, capMs }));
}

/** Whether no further attempt can succeed: there is no valid credential, or the account must set up MFA first (protocol §5.4). */
export function isFinal(error: unknown): error is MattermostError {
  if (isApiError(error)) return [401, 403].includes(error.status);
  if (!isMattermostError(error)) return false;
  return error.code === 'authentication' || error.code === 'validation' || error.code === 'closed';
}

/** What a connection is rejected with: a refusal of REST becomes the `AuthenticationError` that it amounts to. */
export function toRejection(cause: unknown): MattermostError {
  if (!isApiError(cause)) return cause as MattermostError;
  return new AuthenticationError(`the server refused the credential: ${cause.message}`, { cause, id: cause.id });
}
