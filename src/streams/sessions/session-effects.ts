import type { User } from '../../models/generated/entities.js';
import type { RestOutcome } from '../../models/rest-outcome.js';
import { textOf } from '../../models/text-of.js';
import type { SessionChange } from './session-change.js';

/** `type` and `scope` of a change, in the pairs that exist. */
type ChangeKind = SessionChange extends infer C ? (C extends SessionChange ? Pick<C, 'type' | 'scope'> : never) : never;

/** What calls do to sessions when they succeed: protocol §5.5. */
const effects: readonly (readonly [kind: ChangeKind, operations: readonly string[]])[] = [
  [{ type: 'established', scope: 'session' }, ['login', 'loginByCwsToken']],
  [{ type: 'loggedOut', scope: 'current' }, ['logout']],
  [{ type: 'revoked', scope: 'session' }, ['revokeSession']],
  [{ type: 'revoked', scope: 'user' }, ['revokeAllSessions']],
  [{ type: 'revoked', scope: 'everyone' }, ['revokeSessionsFromAllUsers']],
  [{ type: 'revoked', scope: 'token' }, ['revokeUserAccessToken']],
  [{ type: 'deactivated', scope: 'user' }, ['updateUserActive', 'deleteUser', 'disableBot']],
  [{ type: 'reactivated', scope: 'user' }, ['enableBot']],
  [{ type: 'convertedToBot', scope: 'user' }, ['convertUserToBot']],
  [{ type: 'passwordChanged', scope: 'user' }, ['updateUserPassword', 'resetPassword']],
  [{ type: 'tokenDisabled', scope: 'token' }, ['disableUserAccessToken']],
  [{ type: 'tokenEnabled', scope: 'token' }, ['enableUserAccessToken']],
  [{ type: 'deviceAttached', scope: 'current' }, ['attachDeviceId', 'attachDeviceExtraProps']],
];

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
  const [kind] = effects.find(([, operations]) => operations.includes(operation)) ?? [];
  // The same route also changes other properties of the session, which ends none.
  return kind?.type === 'deviceAttached' && !body['device_id'] ? undefined : kind;
}

function userIdOf({ type }: ChangeKind, { path, answer }: RestOutcome, ownId: string): string | undefined {
  const userId = type === 'established' ? (answer as User | undefined)?.id : path[0];
  return userId === 'me' ? ownId : userId;
}
