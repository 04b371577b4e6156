import type { ObservableInput } from 'rxjs';
import type { Credential, CredentialSource } from '../../models/credential.js';

/** Where credentials come from. Implement it for schemes of your own; it must neither log nor expose what it holds. */
export interface AuthStrategy extends CredentialSource {
  /** The credential in hand, if any, without asking for one. It goes along with calls that need none, too. */
  peek?(): Credential | undefined;
}

/** A value, or a function that gets it each time that it is needed. */
export type ValueOrSource<T> = T | (() => ObservableInput<T>);

/** A token that is known, or that a function gives. */
export interface TokenOptions {
  /** Personal access, bot or session token. A function is asked at first, and again when the server has refused what it gave. */
  readonly token: ValueOrSource<string>;
}

/** Logging in with a password: `POST /api/v4/users/login`. */
export interface PasswordOptions {
  /** User name, e-mail address, or what LDAP takes. */
  readonly loginId: string;
  readonly password: string;
  /**
   * The six digits of MFA, sent only if the server asks for them. On 11.6 each code works once (protocol §5.1), so a value is good for one
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
