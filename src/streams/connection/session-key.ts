import type { Credential } from '../../models/credential.js';
import { csrfCookie } from '../../models/csrf-cookie.js';

/**
 * Two sockets have the same session if their keys are equal; only then may one resume the connection of the other (protocol §2.2). Scripts
 * cannot read the session cookie, but the CSRF cookie, which changes with it.
 */
export function sessionKeyOf(credential: Credential): string {
  return credential.kind === 'bearer' ? credential.token : (csrfCookie() ?? '');
}
