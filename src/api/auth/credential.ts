import { defer, Observable, take } from 'rxjs';
import { ValidationError } from '../../models/errors.js';
import { Flight } from '../http/flight.js';
import type { Credential } from '../../models/credential.js';
import type { ValueOrSource } from './strategy.js';

/**
 * The credential of a token. Whoever inspects or serialises it sees no token.
 *
 * @throws ValidationError for what cannot be one.
 */
export function bearer(token: unknown): Credential {
  return Object.defineProperty({ kind: 'bearer', token: '' }, 'token', {
    value: checkToken(token),
    enumerable: false,
  });
}

/** A header with anything else in it would fail in the transport, with a message that quotes it. */
export function checkToken(token: unknown): string {
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new ValidationError('auth.token', 'must be a string of visible ASCII characters');
}

/** A value, or what its function gives: the value itself, too, for a string is an iterable of letters to `from`. */
export function valueOf(source: ValueOrSource<string>): Observable<string> {
  return defer(() => {
    const value = typeof source === 'function' ? source() : source;
    return typeof value === 'string' ? [value] : value;
  }).pipe(take(1));
}

/**
 * One subscription for all who ask at the same time. Who asks again from within the answer, because it was refused at once, makes another
 * one. The value comes with the completion, when all who hear of its coming have heard.
 */
export function singleFlight<T>(source: Observable<T>): Observable<T> {
  let current: Flight<T> | undefined;
  return new Observable((rider) => {
    if (current) {
      current.board(rider);
      return;
    }
    const flight = new Flight<T>(() => {
      if (current === flight) current = undefined;
    });
    current = flight;
    flight.board(rider);
    let latest: T | undefined;
    flight.add(
      source.subscribe({
        next: (value) => (latest = value),
        error: (error: unknown) => flight.error(error),
        complete: () => {
          if (latest !== undefined) flight.next(latest);
          flight.complete();
        },
      }),
    );
  });
}
