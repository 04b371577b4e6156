import type { Observable } from 'rxjs';
import { csrfCookie } from '../../models/csrf-cookie.js';

/** What the socket is opened with. */
export type SocketCredential =
  | { readonly kind: 'bearer'; readonly token: string }
  /** The browser adds its session cookie by itself. */
  | { readonly kind: 'cookie' };

/** Where the gateway gets credentials from. The strategies of the REST pipeline are such. */
export interface Credentials {
  /** The credential to use now. Cold; emits one; may log in first. Errors with `AuthenticationError` when there is none. */
  credential(): Observable<SocketCredential>;
  /** Another one instead of a credential that turned out dead. Errors with `AuthenticationError` when there is none. */
  renew(refused: SocketCredential): Observable<SocketCredential>;
}

/**
 * What tells whether two sockets have the same session: no resume otherwise (protocol §2.2). Behind an unchanged cookie credential the browser
 * may hold another session; the CSRF cookie, which scripts may read, changes with it.
 */
export function keyOf(credential: SocketCredential): string {
  return credential.kind === 'bearer' ? credential.token : (csrfCookie() ?? '');
}
