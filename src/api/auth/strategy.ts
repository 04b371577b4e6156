import type { ObservableInput } from 'rxjs';
import type { Credential, CredentialSource } from '../../models/credential.js';

/** Where credentials come from. Implement it for other schemes; it must neither log nor expose the credential. */
export interface AuthStrategy extends CredentialSource {
  /** The current credential, if there is one, without asking for a new one. Calls that need none send it, too. */
  peek?(): Credential | undefined;
}

/** A value, or a function that gets it each time it is needed. */
export type ValueOrSource<T> = T | (() => ObservableInput<T>);

/** A token, or a function that gets one. */
export interface TokenOptions {
  /** Personal access, bot or session token. A function is called when a token is first needed, and again when the server has refused the last one. */
  readonly token: ValueOrSource<string>;
}

/** Logging in with a password: `POST /api/v4/users/login`. */
export interface PasswordOptions {
  /** User name, e-mail address, or LDAP id. */
  readonly loginId: string;
  readonly password: string;
  /**
   * The six digits of MFA, sent only if the server asks for them. On 11.6 each code works once (protocol §5.1), so a value works for one
   * login, and a function for all.
   */
  readonly mfaToken?: ValueOrSource<string>;
}

/** How a client authenticates. */
export type AuthOptions =
  | TokenOptions
  | PasswordOptions
  /** For pages of the server's own site: its session cookie, with the CSRF header. */
  | { readonly cookie: true }
  | AuthStrategy;
