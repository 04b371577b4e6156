/** How long to wait between attempts. */
export interface BackoffOptions {
  /** Upper bound of the first wait, in milliseconds; each next one is twice the last. @default 250 */
  readonly baseMs?: number;
  /** Upper bound of every wait, in milliseconds. @default 10_000 */
  readonly capMs?: number;
}

/**
 * Exponential backoff with full jitter: a wait from 0 up to `min(capMs, baseMs · 2^(attempt - 1))`, in milliseconds. Pure.
 *
 * @param attempt number of attempts that have failed, from 1 on.
 * @param random a number from 0 up to, not including, 1.
 */
export function backoffMs(
  attempt: number,
  random: number,
  { baseMs = 250, capMs = 10_000 }: BackoffOptions = {},
): number {
  return random * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}
