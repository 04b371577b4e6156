import type { CurrentSession, SessionChange } from './session-change.js';

/** What is known of sessions by the changes so far. */
export interface SessionState {
  readonly current: CurrentSession;
  /** When the last of the own sessions expires by their latest list, in milliseconds; `Infinity` if that is not known, or never. */
  readonly lastExpiryMs: number;
  /** Users that were deactivated, so that each deactivation is reported once. */
  readonly deactivated: ReadonlySet<SessionChange['userId']>;
}

/** Bounds the memory for deactivated users. */
const maxDeactivated = 1_000;

/** The state before anything is known. */
export const initialState: SessionState = {
  current: { status: 'unknown' },
  lastExpiryMs: Infinity,
  deactivated: new Set(),
};

/**
 * The state at the start of a run: what happened since the last run is not known. Pure.
 *
 * @param isReady whether the socket is ready, which proves the session.
 * @param ownId who is logged in; may be empty.
 */
export function restarted({ lastExpiryMs }: SessionState, isReady: boolean, ownId: string): SessionState {
  return { ...initialState, lastExpiryMs, ...(isReady && { current: activeSession(ownId) }) };
}

/** The state after a change, or `undefined` if the change is known already. Pure. */
export function stateAfter(state: SessionState, change: SessionChange): SessionState | undefined {
  if (change.type === 'deactivated' || change.type === 'reactivated') return afterActivation(state, change);
  // An attached device ends other sessions, not the own one.
  const isOwn = change.scope === 'current' && change.type !== 'deviceAttached';
  return isOwn ? afterOwnChange(state, change) : state;
}

function activeSession(userId: string | undefined): CurrentSession {
  return { status: 'active', ...(userId && { userId }) };
}

function afterActivation(state: SessionState, { type, userId }: SessionChange): SessionState | undefined {
  if (type === 'reactivated') {
    return { ...state, deactivated: new Set([...state.deactivated].filter((id) => id !== userId)) };
  }
  if (state.deactivated.has(userId)) return undefined;
  const kept = state.deactivated.size < maxDeactivated ? state.deactivated : initialState.deactivated;
  return { ...state, deactivated: new Set([...kept, userId]) };
}

function afterOwnChange(state: SessionState, change: SessionChange): SessionState | undefined {
  const { type, userId } = change;
  const { status } = state.current;
  if (type === 'established' || type === 'renewed') {
    if (type === 'established' && status === 'active') return undefined;
    return { ...state, current: activeSession(userId), lastExpiryMs: Infinity };
  }
  const next = type === 'mfaRequired' ? 'blocked' : 'ended';
  return status === next ? undefined : { ...state, current: { status: next, change } };
}
