import { Observable, take, type SchedulerLike } from 'rxjs';
import { AuthenticationError, UnauthorizedError } from '../../models/errors.js';
import { setDeadline } from '../http/deadline.js';
import type { HttpEvent, HttpRequest, Interceptor } from '../http/types.js';
import { checkToken } from './credential.js';
import type { AuthStrategy, Credential } from './strategy.js';

/** Ids of a 401 that mean a dead session, and not a refusal of this one thing: protocol §5.4. */
const deadSession = /^api\.context\.(session_expired\.app_error|invalid_token\.error)$/;

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
  return (request, next) =>
    new Observable((subscriber) => {
      const fail = (error: unknown): void => subscriber.error(error);
      const send = (credential: Credential | undefined, onError: (error: unknown) => void): void => {
        let sent: Observable<HttpEvent>;
        try {
          sent = next(credential ? withCredential(request, credential, remembered) : request);
        } catch (error) {
          fail(error);
          return;
        }
        subscriber.add(
          sent.subscribe({
            next: (event) => subscriber.next(event),
            error: onError,
            complete: () => subscriber.complete(),
          }),
        );
      };
      const ask = (
        source: Observable<Credential>,
        use: (credential: Credential) => void,
        onError: typeof fail,
      ): void => {
        const asking = source.pipe(take(1)).subscribe({ next: use, error: onError });
        asking.add(setDeadline(request, subscriber, scheduler));
        subscriber.add(asking);
      };
      const first = (credential: Credential): void =>
        send(credential, (error) => {
          if (error instanceof UnauthorizedError && deadSession.test(error.id) && request.replayable) {
            // A refused login says why. Where there was nothing to try, the server's own words say more.
            const told = (why: unknown): void => fail(why instanceof AuthenticationError && !why.id ? error : why);
            if (strategy.peek?.() === credential) renewing(request.operation.id, error);
            ask(strategy.renew(credential), (fresh) => send(fresh, fail), told);
          } else fail(error);
        });
      const inHand = strategy.peek?.();
      if (request.operation.anonymous) send(inHand, fail);
      else if (inHand) first(inHand);
      else ask(strategy.credential(), first, fail);
    });
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
  const { cookie = '' } = (globalThis as { document?: { cookie?: string } }).document ?? {};
  const csrf = /(?:^|;\s*)MMCSRF=([^;]+)/.exec(cookie)?.[1];
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
