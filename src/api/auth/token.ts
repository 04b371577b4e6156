import { map, of, throwError } from 'rxjs';
import { AuthenticationError } from '../../models/errors.js';
import { bearer, singleFlight, valueOf } from './credential.js';
import type { AuthStrategy, Credential, TokenOptions } from './strategy.js';

/**
 * Authenticates with a token. Once the server has refused it, only a function can give another; one that gives the same again has none.
 *
 * @throws ValidationError if the token cannot be one.
 */
export function tokenAuth({ token }: TokenOptions): AuthStrategy {
  const known = typeof token !== 'function';
  let current = known ? bearer(token) : undefined;
  const fetched$ = valueOf(token).pipe(
    map((value) => (current = bearer(value))),
    singleFlight(),
  );
  const refuse = (): AuthenticationError =>
    new AuthenticationError('the server has refused the token, and there is no other');
  return {
    credential: () => (current ? of(current) : fetched$),
    renew(refused) {
      if (known) return throwError(refuse);
      if (current !== refused && current) return of(current);
      current = undefined;
      return fetched$.pipe(
        map((fresh) => {
          if (tokenOf(fresh) === tokenOf(refused)) throw refuse();
          return fresh;
        }),
      );
    },
    peek: () => current,
  };
}

const tokenOf = (credential: Credential): unknown => (credential as { token?: unknown }).token;
