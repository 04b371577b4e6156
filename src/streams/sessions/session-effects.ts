import { textOf } from '../../models/decode.js';
import type { User } from '../../models/generated/entities.js';
import type { RestOutcome } from '../../models/rest-outcome.js';
import type { SessionChange } from './session-change.js';

type Effect = readonly [type: SessionChange['type'], scope: SessionChange['scope'], ...operations: string[]];

/** What calls do to sessions when they succeed: protocol §5.5. A line is a change, what it concerns, and the calls that make it. */
const effects = /* @__PURE__ */ (() =>
  `
established session login loginByCwsToken
loggedOut current logout
revoked session revokeSession
revoked user revokeAllSessions
revoked everyone revokeSessionsFromAllUsers
revoked token revokeUserAccessToken
deactivated user updateUserActive deleteUser disableBot
reactivated user enableBot
convertedToBot user convertUserToBot
passwordChanged user updateUserPassword resetPassword
tokenDisabled token disableUserAccessToken
tokenEnabled token enableUserAccessToken
deviceAttached current attachDeviceId attachDeviceExtraProps`
    .split('\n')
    .map((line) => line.split(' ') as unknown as Effect))();

/** What a call of this client did to sessions; `undefined` if nothing. Pure. */
export function sessionEffectOf(outcome: RestOutcome, ownId: string): SessionChange | undefined {
  const { operation, path, status, errorId, answer } = outcome;
  const effect = effects.find((words) => words.includes(operation, 2));
  if (!effect || status < 200 || status > 299) return undefined;
  const body = (outcome.body ?? {}) as Readonly<Record<string, unknown>>;
  const [named, scope] = effect;
  const type = operation === 'updateUserActive' && body['active'] === true ? 'reactivated' : named;
  // The same route changes other properties of the session, which ends nothing.
  if (type === 'deviceAttached' && !body['device_id']) return undefined;
  const user = type === 'established' ? (answer as User | undefined)?.id : path[0];
  const userId = scope === 'current' || user === 'me' ? ownId : user;
  const sessionId = textOf(body['session_id']);
  const tokenId = textOf(body['token_id']);
  return {
    type,
    scope,
    ...(userId && { userId }),
    ...(sessionId && { sessionId }),
    ...(tokenId && { tokenId }),
    origin: 'local',
    evidence: { kind: 'call', operation, status, errorId },
  } as SessionChange;
}
