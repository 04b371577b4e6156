import type { MattermostError } from '../../models/errors.js';

/** How a change of a session became known. */
export type SessionEvidence =
  /** By the answer to a REST call of this client. */
  | { readonly kind: 'call'; readonly operation: string; readonly status: number; readonly errorId: string }
  /** By the reply to a ping or another action. */
  | { readonly kind: 'reply'; readonly status: number; readonly errorId: string }
  /** By an event of the server. */
  | { readonly kind: 'event'; readonly event: string }
  /** By the socket: it became ready, or was opened again with another credential. */
  | { readonly kind: 'connection'; readonly connectionId?: string }
  /** By a credential that the server rejected on the socket and on REST. */
  | { readonly kind: 'rejection'; readonly error: MattermostError };

/** What every change has. */
export interface SessionChangeFacts {
  /** The user whom it is about, where that is known. */
  readonly userId?: string;
  /** The session that it is about, where that is known. A client never learns the id of its own session. */
  readonly sessionId?: string;
  /** Id of the access token (not the token) that it is about, where that is known. */
  readonly tokenId?: string;
  /** `local`: done by this client. `remote`: learned from the server, and possibly done by this client too. */
  readonly origin: 'local' | 'remote';
  readonly evidence: SessionEvidence;
}

/** Something that happened to sessions. `scope` says to which: `current` is the one of this client. */
export type SessionChange = SessionChangeFacts &
  (
    | {
        /**
         * The session of this client is proved, for the first time or again; or (`session`) a login made one, by a call of this client, or by
         * the client itself where it has a password.
         */
        readonly type: 'established';
        readonly scope: 'current' | 'session';
      }
    | {
        /** The socket was opened again with a new credential of this client. */
        readonly type: 'renewed';
        readonly scope: 'current';
      }
    | {
        /**
         * Sessions were ended, or (`token`) an access token was deleted. For `current`: the server does not accept the credential, and does not
         * say why.
         */
        readonly type: 'revoked';
        readonly scope: 'current' | 'session' | 'user' | 'token' | 'everyone';
      }
    | {
        /**
         * `expired`: as `revoked`, but by the latest list of own sessions that this client read, all of them have run out by now.
         * `loggedOut`: this client logged out; a personal access token or bot token stays valid (protocol §5.5).
         * `mfaRequired`: the server refuses everything until the user has set up MFA.
         * `deviceAttached`: the session now has a device id, which ended the other sessions with that id.
         */
        readonly type: 'expired' | 'loggedOut' | 'mfaRequired' | 'deviceAttached';
        readonly scope: 'current';
      }
    | {
        /**
         * `deactivated` and `convertedToBot` end all sessions of the user (on a 5.37 server, those of a converted user go on).
         * `reactivated` makes access tokens valid again, but no session. `passwordChanged` ends other sessions only where the server is set so.
         */
        readonly type: 'deactivated' | 'reactivated' | 'convertedToBot' | 'passwordChanged';
        readonly scope: 'user';
      }
    | { readonly type: 'tokenDisabled' | 'tokenEnabled'; readonly scope: 'token' }
  );

/** What is known of the session of this client. `blocked`: it is alive, but the server wants MFA to be set up first. */
export type CurrentSession =
  | { readonly status: 'unknown' }
  | { readonly status: 'active'; readonly userId?: string }
  | { readonly status: 'ended' | 'blocked'; readonly change: SessionChange };
