import { catchError, defer, map, switchMap, tap, type Observable } from 'rxjs';
import { checkText } from '../../models/check-text.js';
import { ApiError, AuthenticationError } from '../../models/errors.js';
import { bearer, singleFlight, valueOf } from './credential.js';
import type { Credential } from '../../models/credential.js';
import type { AuthStrategy, PasswordOptions } from './strategy.js';

/** Logs in and emits the token of the session. Errors as calls do. */
export type SignIn = (body: Readonly<Record<string, string>>) => Observable<string | null>;

/** The password was right, and an MFA code is required: protocol §5.1. */
const codeRequired = 'mfa.validate_token.authenticate.app_error';
const wrongCode = 'api.user.check_user_mfa.bad_code.app_error';

/** How long a login is not tried again after the first refusal; doubled by each further one, because failures in a row lock an account. */
const refusalMs = 60_000;

/**
 * Logs in when a credential is first needed, and again when its session has ended. Concurrent calls share one login. After a refusal no login
 * is tried for a while: not for ever, because the server reports some of its own failures as refusals (protocol §5.1), and not at all if a
 * function can give another MFA code.
 */
export function passwordAuth(options: PasswordOptions, signIn: SignIn, now: () => number): AuthStrategy {
  for (const name of ['loginId', 'password'] as const) checkText(`auth.${name}`, options[name]);
  const { loginId, password, mfaToken } = options;
  let current: Credential | undefined;
  let refusal: AuthenticationError | undefined;
  let refusals = 0;
  let refusedUntilMs = 0;

  const attempt = (code?: string): Observable<string | null> =>
    signIn({ login_id: loginId, password, ...(code !== undefined && { token: code }) });
  const refuse = (error: unknown): Error => {
    if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) return error as Error;
    const refused = new AuthenticationError(`the login was refused: ${error.serverMessage}`, {
      cause: error,
      id: error.id,
    });
    if (!(error.id === wrongCode && typeof mfaToken === 'function')) {
      refusal = refused;
      refusedUntilMs = now() + refusalMs * 2 ** refusals++;
    }
    return refused;
  };
  const login$ = defer(() => attempt()).pipe(
    catchError((error: unknown) => {
      if (mfaToken === undefined || !(error instanceof ApiError) || error.id !== codeRequired) throw error as Error;
      return valueOf(mfaToken).pipe(
        tap((code) => checkText('auth.mfaToken', code)),
        switchMap(attempt),
      );
    }),
    map((token) => {
      current = shownCredential(token);
      refusals = 0;
      return current;
    }),
    catchError((error: unknown) => {
      throw refuse(error);
    }),
    singleFlight,
  );
  const obtain = (): Observable<Credential> =>
    defer(() => {
      if (current) return [current];
      if (refusal && now() < refusedUntilMs) throw refusal;
      return login$;
    });
  return {
    credential: obtain,
    renew(refused) {
      if (current === refused) current = undefined;
      return obtain();
    },
    peek: () => current,
  };
}

function shownCredential(token: string | null): Credential {
  if (token !== null) return bearer(token);
  throw new AuthenticationError(
    'the login succeeded, but its Token header is hidden: CorsExposedHeaders must list it, or use the cookie',
  );
}
