import type { Credential } from '../../models/credential.js';
import { csrfCookie } from '../../models/csrf-cookie.js';

/**
 * Two sockets have the same session if this key is equal; only then may one resume the other (protocol §2.2). With a cookie credential the
 * browser may hold another session by now; the CSRF cookie, which scripts can read, changes with it.
 */
export function sessionKeyOf(credential: Credential): string {
  return credential.kind === 'bearer' ? credential.token : (csrfCookie() ?? '');
}
