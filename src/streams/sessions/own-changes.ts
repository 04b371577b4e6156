import { isDeadSession } from '../../models/dead-session.js';
import type { Session, User } from '../../models/generated/entities.js';
import type { RestOutcome } from '../../models/rest-outcome.js';
import type { ConnectionSignal } from '../connection/connection.js';
import type { SessionChange, SessionEvidence } from './session-change.js';
import { sessionEffectOf } from './session-effects.js';
import type { SessionState } from './session-state.js';

/** What is known at the time of an outcome or a signal. */
export interface Known {
  readonly state: SessionState;
  /** Id of the user who is logged in; empty if that is not known. */
  readonly ownId: string;
  readonly nowMs: number;
}

/** Changes of the own session that no call asks for. */
type OwnType = 'established' | 'renewed' | 'revoked' | 'expired' | 'mfaRequired';

/** The change that the outcome of a call shows, if any. Pure. */
export function changeOfOutcome(outcome: RestOutcome, known: Known): SessionChange | undefined {
  const { operation, status, errorId } = outcome;
  const evidence = { kind: 'call', operation, status, errorId } as const;
  // An id without a status is that of a refused login: the call had no credential.
  if ((status === 401 && isDeadSession(errorId)) || (status === 0 && errorId)) return endOf(known, evidence);
  if (status === 403 && errorId === 'api.context.mfa_required.app_error') {
    return ownChange('mfaRequired', 'remote', known, evidence);
  }
  const ownId = ownIdIn(outcome);
  if (ownId) return ownChange('established', 'local', { ownId }, evidence);
  return sessionEffectOf(outcome, known.ownId);
}

/** The change of the own session that the socket shows, if any. Pure. */
export function changeOfSignal(signal: ConnectionSignal, known: Known): SessionChange | undefined {
  switch (signal.type) {
    case 'refused': {
      const { status, errorId } = signal;
      // While MFA is wanted, the server refuses all actions in the same way: protocol §5.5.
      return known.state.current.status === 'blocked' ? undefined : endOf(known, { kind: 'reply', status, errorId });
    }
    case 'rejected':
      return endOf(known, { kind: 'rejection', error: signal.error });
    case 'renewed':
      return ownChange('renewed', 'local', known, { kind: 'connection' });
    case 'ready': {
      const { connectionId, userId } = signal;
      const ownId = userId || known.ownId;
      return ownChange('established', 'local', { ownId }, { kind: 'connection', connectionId });
    }
  }
}

/** Id of the user who is logged in, if the call has read it. Pure. */
export function ownIdIn({ operation, path, answer }: RestOutcome): string | undefined {
  return operation === 'getUser' && path[0] === 'me' ? (answer as User | undefined)?.id : undefined;
}

/** When the last of the own sessions expires, in milliseconds, if the call has listed them; `Infinity` if one never does. Pure. */
export function lastExpiryIn({ operation, path, answer }: RestOutcome, ownId: string): number | undefined {
  const isOwn = path[0] === 'me' || path[0] === ownId;
  if (operation !== 'getSessions' || !isOwn || !Array.isArray(answer)) return undefined;
  const expiries = (answer as readonly Session[]).map(({ expires_at }) => expires_at || Infinity);
  return expiries.length > 0 ? Math.max(...expiries) : Infinity;
}

/** The server does not say why a session is gone. It counts as expired if all own sessions have expired by now. */
function endOf(known: Known, evidence: SessionEvidence): SessionChange {
  const type = known.nowMs >= known.state.lastExpiryMs ? 'expired' : 'revoked';
  return ownChange(type, 'remote', known, evidence);
}

function ownChange(
  type: OwnType,
  origin: SessionChange['origin'],
  { ownId }: Pick<Known, 'ownId'>,
  evidence: SessionEvidence,
): SessionChange {
  return { type, scope: 'current', ...(ownId && { userId: ownId }), origin, evidence };
}
