import type { Observable } from 'rxjs';

/** What says who asks. Compared by identity: a renewed credential is a new object. */
export type Credential =
  | { readonly kind: 'bearer'; readonly token: string }
  /** The session cookie that the browser holds and sends by itself; REST adds the CSRF header. */
  | { readonly kind: 'cookie' };

/** Where credentials come from. */
export interface CredentialSource {
  /**
   * The credential to use now. Cold; emits one and completes; may log in first, once for all who ask at the same time. Errors with
   * `AuthenticationError` when there is none.
   */
  credential(): Observable<Credential>;
  /**
   * The server has refused this credential as a dead session. Emits another one, or errors with `AuthenticationError` if there is none.
   * Cold; those who ask at the same time share one attempt.
   */
  renew(refused: Credential): Observable<Credential>;
}
