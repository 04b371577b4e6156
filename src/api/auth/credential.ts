import { defer, take, reduce, type Observable } from 'rxjs';
import { ValidationError } from '../../models/errors.js';
import { shareByKey } from '../http/share-by-key.js';
import type { Credential } from '../../models/credential.js';
import type { ValueOrSource } from './strategy.js';

/**
 * The credential of a token, which neither `inspect` nor JSON shows.
 *
 * @throws ValidationError if it cannot be a token.
 */
export function bearer(token: unknown): Credential {
  return Object.defineProperty({ kind: 'bearer', token: '' }, 'token', {
    value: checkToken(token),
    enumerable: false,
  });
}

/** A header with other characters would fail in the transport, with a message that quotes the token. */
export function checkToken(token: unknown): string {
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new ValidationError('auth.token', 'must be a string of visible ASCII characters');
}

/** The value, or the first one that its function gives. Only objects are sources: RxJS takes a string for its letters, and quotes a number in an error. */
export function valueOf(source: ValueOrSource<string>): Observable<string> {
  return defer(() => {
    const value = typeof source === 'function' ? source() : source;
    return typeof value === 'object' ? value : [value];
  }).pipe(take(1));
}

/**
 * Shares one subscription among all who ask at the same time. The value is delivered when the source has completed, so that all that goes
 * with it has been done by then. Asking again from within the value, as after a refusal, starts another one.
 */
export function singleFlight<T>(source: Observable<T>): Observable<T> {
  const shared = shareByKey<T>();
  return defer(() => shared('', () => source.pipe(reduce((_, value) => value))));
}
