import { catchError, defer, mergeMap, take, type Observable, type SchedulerLike } from 'rxjs';
import { csrfCookie } from '../../models/csrf-cookie.js';
import { isDeadSession } from '../../models/dead-session.js';
import { AuthenticationError, UnauthorizedError } from '../../models/errors.js';
import { inTime } from '../http/deadline.js';
import type { HttpEvent, HttpRequest, Interceptor } from '../http/types.js';
import { checkToken } from './credential.js';
import type { AuthStrategy, Credential } from './strategy.js';

/**
 * Puts the credential on each attempt; on a dead session asks the strategy for another one, and repeats the request once. `renewing` is told
 * of the refusal, which the caller then never sees: once for each credential, by the call that finds out first.
 */
export function authInterceptor(
  strategy: AuthStrategy,
  scheduler: SchedulerLike,
  renewing: (operation: string, refusal: UnauthorizedError) => void,
): Interceptor {
  const remembered: Remembered = { result: {} };
  return (request, next) => {
    const send = (credential: Credential): Observable<HttpEvent> =>
      next(withCredential(request, credential, remembered));
    const ask = (source: Observable<Credential>): Observable<Credential> =>
      source.pipe(take(1), inTime(request, scheduler));
    const first = (credential: Credential): Observable<HttpEvent> =>
      send(credential).pipe(
        catchError((error: unknown) => {
          if (!(error instanceof UnauthorizedError && isDeadSession(error.id) && request.replayable))
            throw error as Error;
          if (strategy.peek?.() === credential) renewing(request.operation.id, error);
          return ask(strategy.renew(credential)).pipe(
            catchError((why: unknown) => {
              // A refused login says why. Where there was nothing to try, the server's own words say more.
              throw why instanceof AuthenticationError && !why.id ? error : (why as Error);
            }),
            mergeMap(send),
          );
        }),
      );
    return defer(() => {
      const inHand = strategy.peek?.();
      if (request.operation.anonymous) return inHand ? send(inHand) : next(request);
      return inHand ? first(inHand) : ask(strategy.credential()).pipe(mergeMap(first));
    });
  };
}

function withCredential(request: HttpRequest, credential: Credential, remembered: Remembered): HttpRequest {
  const { headers, method } = request;
  if (credential.kind === 'bearer') {
    if (remembered.headers !== headers || remembered.credential !== credential) {
      const authorization = `Bearer ${checkToken(credential.token)}`;
      Object.assign(remembered, { headers, credential, result: { ...headers, authorization } });
    }
    return { ...request, headers: remembered.result };
  }
  const csrf = csrfCookie();
  return {
    ...request,
    credentials: 'include',
    // The first is needed for the server to set cookies, the second on all but GET: protocol §5.1, §5.2.
    headers: {
      ...headers,
      'x-requested-with': 'XMLHttpRequest',
      ...(csrf && method !== 'GET' && { 'x-csrf-token': csrf }),
    },
  };
}

/** The headers that were made last; most calls have the same. */
interface Remembered {
  headers?: HttpRequest['headers'];
  credential?: Credential;
  result: HttpRequest['headers'];
}
