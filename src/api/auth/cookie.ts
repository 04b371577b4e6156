import { defer } from 'rxjs';
import { AuthenticationError } from '../../models/errors.js';
import type { Credential } from '../../models/credential.js';
import type { AuthStrategy } from './strategy.js';

/** The session cookie that the browser holds for the server's own site. The page logs in, not this client. */
export function cookieAuth(): AuthStrategy {
  const credential: Credential = { kind: 'cookie' };
  return {
    credential: () => defer(() => [credential]),
    renew: () =>
      defer(() => {
        throw new AuthenticationError('the session of the cookie has ended');
      }),
    peek: () => credential,
  };
}
