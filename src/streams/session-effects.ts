import type { User } from '../models/generated/entities.js';
import type { RestOutcome } from './history.js';
import type { SessionChange } from './session-change.js';

type Effect = readonly [type: SessionChange['type'], scope: SessionChange['scope']];

/** Calls that do something to sessions when they succeed: protocol §5.5. */
const effects = /* @__PURE__ */ new Map<string, Effect>([
  ['login', ['established', 'session']],
  ['loginByCwsToken', ['established', 'session']],
  ['logout', ['loggedOut', 'current']],
  ['revokeSession', ['revoked', 'session']],
  ['revokeAllSessions', ['revoked', 'user']],
  ['revokeSessionsFromAllUsers', ['revoked', 'everyone']],
  ['updateUserActive', ['deactivated', 'user']],
  ['deleteUser', ['deactivated', 'user']],
  ['disableBot', ['deactivated', 'user']],
  ['enableBot', ['reactivated', 'user']],
  ['convertUserToBot', ['convertedToBot', 'user']],
  ['updateUserPassword', ['passwordChanged', 'user']],
  ['resetPassword', ['passwordChanged', 'user']],
  ['revokeUserAccessToken', ['revoked', 'token']],
  ['disableUserAccessToken', ['tokenDisabled', 'token']],
  ['enableUserAccessToken', ['tokenEnabled', 'token']],
  ['attachDeviceId', ['deviceAttached', 'current']],
  ['attachDeviceExtraProps', ['deviceAttached', 'current']],
]);

/** What a call of this client did to sessions; `undefined` if nothing. Pure. */
export function sessionEffectOf(outcome: RestOutcome, ownId: string | undefined): SessionChange | undefined {
  const { operation, path, status, errorId, answer } = outcome;
  const effect = effects.get(operation);
  if (!effect || status < 200 || status > 299) return undefined;
  const body = (outcome.body ?? {}) as Readonly<Record<string, unknown>>;
  let [type] = effect;
  const [, scope] = effect;
  if (operation === 'updateUserActive' && body['active'] === true) type = 'reactivated';
  // The same route changes other properties of the session, which ends nothing.
  if (type === 'deviceAttached' && !body['device_id']) return undefined;
  const named = type === 'established' ? (answer as User | undefined)?.id : path[0];
  const userId = scope === 'current' || named === 'me' ? ownId : named;
  const sessionId = body['session_id'];
  const tokenId = body['token_id'];
  return {
    type,
    scope,
    ...(userId && { userId }),
    ...(typeof sessionId === 'string' && { sessionId }),
    ...(typeof tokenId === 'string' && { tokenId }),
    origin: 'local',
    evidence: { kind: 'call', operation, status, errorId },
  } as SessionChange;
}
