import type { MattermostError } from '../../models/errors.js';

/** What a change of a session was recognised by. */
export type SessionEvidence =
  /** How a REST call of this client was answered. */
  | { readonly kind: 'call'; readonly operation: string; readonly status: number; readonly errorId: string }
  /** How a ping or another action was answered. */
  | { readonly kind: 'reply'; readonly status: number; readonly errorId: string }
  /** An event of the server. */
  | { readonly kind: 'event'; readonly event: string }
  /** The socket became ready, or went over to another credential. */
  | { readonly kind: 'connection'; readonly connectionId?: string }
  /** The server would not let the socket in, and REST agreed. */
  | { readonly kind: 'rejection'; readonly error: MattermostError };

/** What holds for every change. */
export interface SessionChangeFacts {
  /** User concerned, where it is known. */
  readonly userId?: string;
  /** Session concerned, where it is known. The server never tells a client the id of its own. */
  readonly sessionId?: string;
  /** Id of the access token concerned (not the token), where it is known. */
  readonly tokenId?: string;
  /** `local`: done by this client. `remote`: learned from the server, whoever did it. */
  readonly origin: 'local' | 'remote';
  readonly evidence: SessionEvidence;
}

/** Something that happened to a session. `scope` says to which: the one behind this client, or others. */
export type SessionChange = SessionChangeFacts &
  (
    | {
        /**
         * The session of this client is proved, for the first time or anew; or (`session`) a login made one: a call of this client, or the
         * client by itself where it has a password.
         */
        readonly type: 'established';
        readonly scope: 'current' | 'session';
      }
    | {
        /** The socket went over to a new credential of the same client. */
        readonly type: 'renewed';
        readonly scope: 'current';
      }
    | {
        /**
         * Sessions were ended, or (`token`) an access token was deleted. For `current`: the credential is not accepted any more, or never was;
         * the server does not say why.
         */
        readonly type: 'revoked';
        readonly scope: 'current' | 'session' | 'user' | 'token' | 'everyone';
      }
    | {
        /**
         * `expired`: no longer accepted, and by the last list of own sessions that this client read all of them had run out by now.
         * `loggedOut`: this client logged out; a personal access or bot token stays good all the same (protocol §5.5).
         * `mfaRequired`: the server refuses everything until the user has set up MFA.
         * `deviceAttached`: the session now has a device id, which ended the other sessions with that id.
         */
        readonly type: 'expired' | 'loggedOut' | 'mfaRequired' | 'deviceAttached';
        readonly scope: 'current';
      }
    | {
        /**
         * `deactivated` and `convertedToBot` end all sessions of the user (a 5.37 server lets those of a converted one go on).
         * `reactivated` revives no session, but access tokens. `passwordChanged` ends other sessions only where the server is set so.
         */
        readonly type: 'deactivated' | 'reactivated' | 'convertedToBot' | 'passwordChanged';
        readonly scope: 'user';
      }
    | { readonly type: 'tokenDisabled' | 'tokenEnabled'; readonly scope: 'token' }
  );

/** What is known of the session behind this client. `blocked`: it lives, but the server wants MFA set up first. */
export type CurrentSession =
  | { readonly status: 'unknown' }
  | { readonly status: 'active'; readonly userId?: string }
  | { readonly status: 'ended' | 'blocked'; readonly change: SessionChange };
