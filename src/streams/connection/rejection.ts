import { AuthenticationError, isApiError, isMattermostError, type MattermostError } from '../../models/errors.js';

/**
 * Whether no further attempt can succeed: there is no valid credential, or the account must set up MFA first (protocol §5.4).
 *
 * This is not the opposite of `isTransient`, which says which requests are worth repeating. Some errors are neither, such as a 404 or 500 when
 * REST is asked about the credential, or what a credential source throws. They do not say that the login is lost, so the socket goes on.
 */
export function isFinal(error: unknown): error is MattermostError {
  if (isApiError(error)) return error.status === 401 || error.status === 403;
  return isMattermostError(error) && ['authentication', 'validation', 'closed'].includes(error.code);
}

/** What a connection is rejected with: a refusal of REST becomes the `AuthenticationError` that it amounts to. */
export function toRejection(cause: MattermostError): MattermostError {
  if (!isApiError(cause)) return cause;
  return new AuthenticationError(`the server refused the credential: ${cause.message}`, { cause, id: cause.id });
}
