import { defer, map, type Observable } from 'rxjs';
import { AuthenticationError } from '../../models/errors.js';
import { bearer, singleFlight, valueOf } from './credential.js';
import type { Credential } from '../../models/credential.js';
import type { AuthStrategy, TokenOptions } from './strategy.js';

/**
 * Authenticates with a token. Once the server has refused it, only a function can give another; the same token again is an error.
 *
 * @throws ValidationError if the token is not a string of visible ASCII characters.
 */
export function tokenAuth({ token }: TokenOptions): AuthStrategy {
  let current = typeof token === 'function' ? undefined : bearer(token);
  const fetched$ = valueOf(token).pipe(
    map((value) => (current = bearer(value))),
    singleFlight,
  );
  const obtain = (): Observable<Credential> => defer(() => (current ? [current] : fetched$));
  return {
    credential: obtain,
    renew(refused) {
      if (current === refused) current = undefined;
      return obtain().pipe(
        map((fresh) => {
          if (tokenOf(fresh) === tokenOf(refused))
            throw new AuthenticationError('the server has refused the token, and there is no other');
          return fresh;
        }),
      );
    },
    peek: () => current,
  };
}

const tokenOf = (credential: Credential): unknown => (credential as { token?: unknown }).token;
