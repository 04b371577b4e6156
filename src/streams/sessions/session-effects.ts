import type { User } from '../../models/generated/entities.js';
import type { RestOutcome } from '../../models/rest-outcome.js';
import { textOf } from '../../models/text-of.js';
import type { SessionChange } from './session-change.js';

/** `type` and `scope` of a change, in the pairs that exist. */
type ChangeKind = SessionChange extends infer C ? (C extends SessionChange ? Pick<C, 'type' | 'scope'> : never) : never;

/** What calls do to sessions when they succeed: protocol §5.5. */
const effects = {
  login: { type: 'established', scope: 'session' },
  loginByCwsToken: { type: 'established', scope: 'session' },
  logout: { type: 'loggedOut', scope: 'current' },
  revokeSession: { type: 'revoked', scope: 'session' },
  revokeAllSessions: { type: 'revoked', scope: 'user' },
  revokeSessionsFromAllUsers: { type: 'revoked', scope: 'everyone' },
  revokeUserAccessToken: { type: 'revoked', scope: 'token' },
  updateUserActive: { type: 'deactivated', scope: 'user' },
  deleteUser: { type: 'deactivated', scope: 'user' },
  disableBot: { type: 'deactivated', scope: 'user' },
  enableBot: { type: 'reactivated', scope: 'user' },
  convertUserToBot: { type: 'convertedToBot', scope: 'user' },
  updateUserPassword: { type: 'passwordChanged', scope: 'user' },
  resetPassword: { type: 'passwordChanged', scope: 'user' },
  disableUserAccessToken: { type: 'tokenDisabled', scope: 'token' },
  enableUserAccessToken: { type: 'tokenEnabled', scope: 'token' },
  attachDeviceId: { type: 'deviceAttached', scope: 'current' },
  attachDeviceExtraProps: { type: 'deviceAttached', scope: 'current' },
} as const satisfies Readonly<Record<string, ChangeKind>>;

/** What a call of this client did to sessions, if anything. Pure. */
export function sessionEffectOf(outcome: RestOutcome, ownId: string): SessionChange | undefined {
  const { operation, status, errorId } = outcome;
  const body = (outcome.body ?? {}) as Readonly<Record<string, unknown>>;
  const kind = status >= 200 && status < 300 ? kindOf(operation, body) : undefined;
  if (!kind) return undefined;
  const userId = kind.scope === 'current' ? ownId : userIdOf(kind, outcome, ownId);
  const sessionId = textOf(body['session_id']);
  const tokenId = textOf(body['token_id']);
  return {
    ...kind,
    ...(userId && { userId }),
    ...(sessionId && { sessionId }),
    ...(tokenId && { tokenId }),
    origin: 'local',
    evidence: { kind: 'call', operation, status, errorId },
  };
}

function kindOf(operation: string, body: Readonly<Record<string, unknown>>): ChangeKind | undefined {
  if (operation === 'updateUserActive' && body['active'] === true) return { type: 'reactivated', scope: 'user' };
  const kind = Object.hasOwn(effects, operation) ? effects[operation as keyof typeof effects] : undefined;
  // The same route also changes other properties of the session, which ends none.
  return kind?.type === 'deviceAttached' && !body['device_id'] ? undefined : kind;
}

function userIdOf({ type }: ChangeKind, { path, answer }: RestOutcome, ownId: string): string | undefined {
  const userId = type === 'established' ? (answer as User | undefined)?.id : path[0];
  return userId === 'me' ? ownId : userId;
}
