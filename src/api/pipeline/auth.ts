import { catchError, defaultIfEmpty, defer, map, mergeMap, take, type Observable } from 'rxjs';
import type { Credential } from '../../models/credential.js';
import { isDeadSession } from '../../models/dead-session.js';
import { AuthenticationError, UnauthorizedError } from '../../models/errors.js';
import { createSign } from '../auth/sign.js';
import type { AuthStrategy } from '../auth/strategy.js';
import type { HttpHandler } from '../http/types.js';

/**
 * Signs each attempt with the present credential, after a login where one is needed. When the server refuses the credential as a dead session
 * the attempt is made once more, with a renewed one; the caller never sees that refusal. Operations that need no session take the credential
 * that is in hand, and ask for none.
 */
export function withAuth(
  auth: AuthStrategy | undefined,
  onRefusal: (operation: string, refusal: UnauthorizedError) => void,
  next: HttpHandler,
): HttpHandler {
  if (!auth) return next;
  const sign = createSign();
  return (request) => {
    const { operation, replayable } = request;
    const send = (credential: Credential) => next(sign(request, credential));
    const sendOrRenew = (credential: Credential) =>
      send(credential).pipe(
        catchError((error: unknown) => {
          const isRefused = error instanceof UnauthorizedError && isDeadSession(error.id);
          if (!isRefused || !replayable) throw error as Error;
          if (auth.peek?.() === credential) onRefusal(operation.id, error);
          return renewed(auth, credential, error).pipe(mergeMap(send));
        }),
      );
    const inHand = auth.peek?.();
    if (operation.anonymous) return inHand ? send(inHand) : next(request);
    return inHand ? sendOrRenew(inHand) : one(() => auth.credential()).pipe(mergeMap(sendOrRenew));
  };
}

/** Another credential. A refused login says why there is none; where there was nothing to try, the server's own words say more. */
function renewed(auth: AuthStrategy, refused: Credential, refusal: UnauthorizedError): Observable<Credential> {
  return one(() => auth.renew(refused)).pipe(
    catchError((error: unknown) => {
      throw error instanceof AuthenticationError && !error.id ? refusal : (error as Error);
    }),
  );
}

function one(ask: () => Observable<Credential>): Observable<Credential> {
  return defer(ask).pipe(
    take(1),
    defaultIfEmpty(undefined),
    map((credential) => {
      if (!credential) throw new AuthenticationError('the strategy gave no credential');
      return credential;
    }),
  );
}
