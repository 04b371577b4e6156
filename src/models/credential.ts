import type { Observable } from 'rxjs';

/** What a request or a socket is authenticated with. Compared by identity: a renewed credential is a new object. */
export type Credential =
  | { readonly kind: 'bearer'; readonly token: string }
  /** The session cookie, which the browser keeps and sends; REST adds the CSRF header. */
  | { readonly kind: 'cookie' };

/** Where credentials come from. */
export interface CredentialSource {
  /**
   * The credential to use now. Cold; emits one and completes. May log in first, once for all who are subscribed at the same time. Errors with
   * `AuthenticationError` when there is none.
   */
  credential(): Observable<Credential>;
  /**
   * Another credential after the server has refused this one as a dead session. Cold; emits one and completes, or errors with
   * `AuthenticationError` if there is none. All who are subscribed at the same time share one attempt.
   */
  renew(refused: Credential): Observable<Credential>;
}
