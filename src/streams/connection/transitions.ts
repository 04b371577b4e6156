import type { DisconnectReason, LossReason } from './state.js';
import type { Down, Live, MachineEffect, MachineInput, MachineTimes, Transition } from './machine-state.js';

/** The server ends a socket that has not authenticated after 5 s (protocol §1.2); a little later it will not answer any more. */
const provingMs = 6_000;
/** A living server answers sooner. A socket that is silent for longer may have a dead credential, so REST is asked (protocol §1.2). */
const silenceMs = 1_000;
/** How long the server's echo of a close frame is awaited. */
const echoMs = 1_000;
/** A timer this late means that this side was busy, or slept. */
const lateMs = 2_000;
/** The server's write deadline: protocol §1.6. */
const stallMs = 30_000;
/** After this many failures in a row a socket that opened and stayed silent is not resumed: the resume itself may be the cause. */
const muteLimit = 3;

export function dial(
  state: Down,
  { login, resumable, expected, lastFrameAtMs }: MachineInput<'dial'>,
  now: number,
  { connectTimeoutMs }: MachineTimes,
): Transition {
  const { owner, lost } = state;
  const changed = owner !== undefined && owner !== login.sessionKey;
  // Number 0 would resume without a replay: protocol §2.2.
  const resuming = resumable && !changed && state.connectionId !== '' && expected > 0;
  const connectionId = resuming ? state.connectionId : '';
  const open: MachineEffect = { type: 'open', login, connectionId };
  return [
    {
      ...state,
      phase: 'opening',
      connectionId,
      login,
      resuming,
      sinceMs: lastFrameAtMs,
      readyAt: undefined,
      pingedAt: undefined,
      closing: undefined,
      stalled: false,
      due: now + connectTimeoutMs,
      lost: lost ?? (changed ? 'token-changed' : undefined),
    },
    resuming ? [open] : [{ type: 'expect', seq: 0 }, open],
  ];
}

/** There was no credential to open a socket with. */
export function failed(state: Down, { code }: MachineInput<'ended'>): Transition {
  const attempt = state.attempt + 1;
  return [
    { ...state, attempt },
    [{ type: 'retry', reason: 'network', attempt, abrupt: code === 1006, suspect: undefined }],
  ];
}

export function opened(state: Live, _: unknown, now: number, { heartbeatMs }: MachineTimes): Transition {
  return ping({ ...state, phase: 'proving' }, now, Math.min(heartbeatMs, silenceMs));
}

export function openTimedOut(state: Live, _: unknown, now: number): Transition {
  return close(state, now, 'network', 1000);
}

export function hello(
  state: Live,
  { head, connectionId, userId }: MachineInput<'hello'>,
  now: number,
  times: MachineTimes,
): Transition {
  const fresh: Live = { ...state, connectionId, userId, resuming: false, missing: undefined };
  const [ready, effects] = becomeReady(fresh, now, times);
  return [ready, [{ type: 'expect', seq: head.seq + 1 }, ...effects, { type: 'deliver', head }]];
}

/** 5.37 may register one socket twice: protocol §2.2, case 8. */
export function secondHello(state: Live, _: unknown, now: number): Transition {
  return lose(state, now, 'protocol');
}

export function event(state: Live, { head, expected }: MachineInput<'event'>, now: number): Transition {
  if (head.seq < expected) return [state, [{ type: 'drop', reason: 'duplicate-event', head }]];
  // Missing again after a resume: the server does not have it (protocol §1.5).
  const [next, effects] =
    state.missing === expected
      ? lose(state, now, 'protocol', 'dropped')
      : close({ ...state, missing: expected }, now, 'protocol', 4001);
  return [next, [{ type: 'drop', reason: 'missing-event', head }, ...effects]];
}

/** The first ping is answered, and `hello` would have come before: a resume (protocol §2.2). */
export function proved(state: Live, _: unknown, now: number, times: MachineTimes): Transition {
  return becomeReady(withAnswer(state, now, times), now, times);
}

export function answered(state: Live, _: unknown, now: number, times: MachineTimes): Transition {
  return [withAnswer(state, now, times), [{ type: 'alive' }]];
}

export function refused(state: Live, input: MachineInput<'refused'>, now: number): Transition {
  const [next, effects] = lose(state, now, 'session-lost', 'session-lost');
  return [next, [input, ...effects]];
}

export function provingTimedOut(state: Live, _: unknown, now: number, { heartbeatMs }: MachineTimes): Transition {
  if (isLate(state, now)) return ping(withLateness(state, now), now, Math.min(heartbeatMs, silenceMs));
  const provedBy = (state.pingedAt ?? now) + provingMs;
  if (now < provedBy) return [{ ...state, due: provedBy }, [{ type: 'probe', login: state.login }]];
  return close(state, now, 'heartbeat', 4000);
}

export function readyTimedOut(state: Live, _: unknown, now: number, { heartbeatMs }: MachineTimes): Transition {
  if (state.pingedAt === undefined || isLate(state, now)) return ping(withLateness(state, now), now, heartbeatMs);
  return close(state, now, 'heartbeat', 4000);
}

export function check(state: Live, _: unknown, now: number, { heartbeatMs }: MachineTimes): Transition | undefined {
  return state.pingedAt === undefined ? ping(state, now, Math.min(heartbeatMs, provingMs)) : undefined;
}

export function condemned(state: Live): Transition {
  return [{ ...state, connectionId: '', closing: 'session-lost' }, [{ type: 'abandon' }]];
}

export function dropped(state: Live, _: unknown, now: number): Transition {
  return lose(state, now, 'slow-reader', 'dropped');
}

export function idle(state: Live, _: unknown, now: number): Transition {
  return close({ ...state, connectionId: '' }, now, 'idle', 1000);
}

/** Nobody needs the connection, so nobody needs it resumed. */
export function forget(state: Live): Transition {
  return [{ ...state, connectionId: '' }, []];
}

export function stopped(state: Down): Transition {
  return [{ ...state, connectionId: '' }, [{ type: 'stopped' }]];
}

/** The server did not echo the close frame. */
export function abandon(state: Live): Transition {
  return [{ ...state, due: Infinity }, [{ type: 'abandon' }]];
}

export function ended(
  state: Live,
  { code }: MachineInput<'ended'>,
  now: number,
  { resetAfterMs }: MachineTimes,
): Transition {
  const { phase, closing, readyAt, pingedAt, stalled, login } = state;
  // An empty close frame is how the server drops a reader that is too slow: protocol §1.7.
  const overflow = code === 1005 && !closing && phase !== 'opening';
  const lost = overflow ? 'overflow' : stalled ? 'slow-reader' : undefined;
  const reason = closing ?? lost ?? (code === 1006 ? 'network' : 'closed-by-server');
  const attempt = (now - (readyAt ?? Infinity) >= resetAfterMs ? 0 : state.attempt) + 1;
  const mute = readyAt === undefined && pingedAt !== undefined;
  const resumable = lost === undefined && !(mute && attempt >= muteLimit);
  const down: Down = {
    phase: 'down',
    connectionId: resumable ? state.connectionId : '',
    userId: state.userId,
    owner: state.owner,
    due: Infinity,
    attempt,
    lost: state.lost ?? lost,
    missing: state.missing,
  };
  if (reason === 'idle') return [{ ...down, attempt: 0 }, [{ type: 'stopped' }]];
  const suspect = mute || reason === 'session-lost' ? login : undefined;
  return [down, [{ type: 'retry', reason, attempt, abrupt: code === 1006, suspect }]];
}

function becomeReady(state: Live, now: number, { heartbeatMs }: MachineTimes): Transition {
  const { resuming, owner, login, lost, pingedAt, connectionId, userId, sinceMs } = state;
  const first = owner === undefined;
  const loss = resuming || first ? undefined : { reason: lost ?? 'fresh-connection', sinceMs, untilMs: now };
  const renewed = !first && owner !== login.sessionKey;
  return [
    {
      ...state,
      phase: 'ready',
      owner: login.sessionKey,
      lost: undefined,
      readyAt: now,
      due: (pingedAt ?? now) + heartbeatMs,
    },
    [{ type: 'ready', connectionId, resumed: resuming, userId, loss, renewed }],
  ];
}

/** Sends a ping, which must be answered within `maxMs`. */
function ping(state: Live, now: number, maxMs: number): Transition {
  return [{ ...state, pingedAt: now, due: now + maxMs }, [{ type: 'ping' }]];
}

function withAnswer(state: Live, now: number, { heartbeatMs }: MachineTimes): Live {
  return { ...state, stalled: false, pingedAt: undefined, due: (state.pingedAt ?? now) + heartbeatMs };
}

/** Frames that came meanwhile are still unread, so a late timer proves nothing about the server. */
function isLate({ due }: Live, now: number): boolean {
  return now - due > lateMs;
}

function withLateness(state: Live, now: number): Live {
  return { ...state, stalled: state.stalled || now - state.due > stallMs };
}

/** Closes the socket, and forgets its connection. */
function lose(state: Live, now: number, closing: DisconnectReason, lost?: LossReason): Transition {
  return close({ ...state, connectionId: '', lost: state.lost ?? lost }, now, closing, 1000);
}

function close(state: Live, now: number, closing: DisconnectReason | 'idle', code: number): Transition {
  return [{ ...state, phase: 'closing', closing, due: now + echoMs }, [{ type: 'close', code }]];
}
