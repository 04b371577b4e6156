import type { DisconnectReason, LossReason } from './state.js';

/** Waits of a session, in milliseconds. */
export interface MachineTimes {
  readonly heartbeatMs: number;
  readonly connectTimeoutMs: number;
  readonly resetAfterMs: number;
}

/** Everything that is known about the connection to the server: protocol §2.5. */
export interface MachineState {
  readonly phase: 'down' | 'opening' | 'proving' | 'ready' | 'closing';
  /** Connection that may be resumed; empty if none may. */
  readonly connectionId: string;
  /** Place of the next event. */
  readonly expected: number;
  /** Login that was ready last, and the one that the present socket was opened with. Compared, never read. */
  readonly owner: unknown;
  readonly dialled: unknown;
  /** The present socket asked to resume, and no `hello` has come to say no. */
  readonly resuming: boolean;
  /** When the present socket became ready. */
  readonly readyAt: number | undefined;
  /** When the ping was sent that is not answered yet. */
  readonly pingedAt: number | undefined;
  /** When a `tick` is wanted. */
  readonly due: number;
  /** Failures in a row. */
  readonly attempt: number;
  /** What is known to be lost, and not told yet. */
  readonly lost: LossReason | undefined;
  /** Why this side ends the socket. */
  readonly closing: DisconnectReason | 'idle' | undefined;
  /** This side may not have read for longer than the server waits. */
  readonly stalled: boolean;
  /** Where an event was missing that a resume should bring. */
  readonly missing: number | undefined;
}

/** What happens to a session. */
export type MachineInput =
  /** A socket is about to be opened. `resumable`: the upgrade carries the credential. */
  | { readonly type: 'dial'; readonly key: unknown; readonly resumable: boolean }
  | { readonly type: 'opened' }
  | { readonly type: 'hello'; readonly seq: number; readonly connectionId: string }
  /** An event that is not the expected one. */
  | { readonly type: 'event'; readonly seq: number }
  /** The ping was answered, and not with 401. A server too busy for it is alive. */
  | { readonly type: 'pong' }
  /** An action was answered 401: protocol §5.5. */
  | { readonly type: 'refused'; readonly errorId: string }
  | { readonly type: 'tick' }
  /** The network changed, or REST has met a dead session: ask at once whether the socket still works. */
  | { readonly type: 'check' }
  /** REST refuses the credential of the socket, or there is another by now. */
  | { readonly type: 'condemned' }
  /** Nobody listens any more. */
  | { readonly type: 'idle' }
  /** So many frames waited that some were dropped. */
  | { readonly type: 'overrun' }
  /** The socket ended, or there was no credential to open one with. `code` as in `SocketEvent`. */
  | { readonly type: 'ended'; readonly code: number };

/** What the gateway is to do, in order. */
export type MachineEffect =
  | { readonly type: 'ping' | 'probe' | 'deliver' | 'abandon' | 'stopped' | 'duplicate-event' | 'missing-event' }
  | { readonly type: 'close'; readonly code: number }
  | { readonly type: 'refused'; readonly errorId: string }
  | {
      readonly type: 'ready';
      readonly loss: LossReason | undefined;
      /** The credential is another than that of the last ready. */
      readonly renewed: boolean;
    }
  | {
      readonly type: 'retry';
      readonly reason: DisconnectReason;
      /** The socket ended without a close handshake. */
      readonly abrupt: boolean;
      /** Perhaps the credential is dead: ask REST. */
      readonly probe: boolean;
    };

/** The session after an input, and what is to be done about it. */
export type Step = readonly [MachineState, readonly MachineEffect[]];

/** The server ends a socket that has not authenticated after 5 s (protocol §1.2); a little later it will not answer any more. */
const provingMs = 6_000;
/** What answers at all does it sooner: a socket that is silent for longer may have a dead credential, so REST is asked (protocol §1.2). */
const silenceMs = 1_000;
/** How long the server's echo of a close frame is awaited. */
const echoMs = 1_000;
/** A timer this late means that this side was busy, or slept. */
const lateMs = 2_000;
/** The server's write deadline: protocol §1.6. */
const stallMs = 30_000;
/** Sockets in a row that may end before they are ready until the resume itself is suspected. */
const muteLimit = 3;

const forgotten = { connectionId: '', expected: 0 };
const noSocket = {
  phase: 'down',
  due: Infinity,
  readyAt: undefined,
  pingedAt: undefined,
  closing: undefined,
  stalled: false,
} as const;

/** In a function, since bundlers keep a spread that nobody uses. */
export const initialState: MachineState = /* @__PURE__ */ (() => ({
  ...noSocket,
  ...forgotten,
  owner: undefined,
  dialled: undefined,
  resuming: false,
  attempt: 0,
  lost: undefined,
  missing: undefined,
}))();

/**
 * Counts an event that is the expected one; false for any other, which {@link nextState} judges. It changes the session in place, as each
 * event would otherwise cost a copy, which takes as long as parsing a small frame.
 */
export function advance(session: MachineState, seq: number): boolean {
  if (seq !== session.expected || !isOpen(session)) return false;
  (session as { expected: number }).expected++;
  return true;
}

function isOpen({ phase }: MachineState): boolean {
  return phase === 'proving' || phase === 'ready';
}

/** What becomes of a session, and what to do about it. `now` is the clock in milliseconds. Pure. */
export function nextState(session: MachineState, input: MachineInput, now: number, times: MachineTimes): Step {
  return step(session, input, now, times) ?? [session, []];
}

function step(session: MachineState, input: MachineInput, now: number, times: MachineTimes): Step | undefined {
  const { phase, pingedAt } = session;
  switch (input.type) {
    case 'dial':
      return phase === 'down' ? dial(session, input.key, input.resumable, now + times.connectTimeoutMs) : undefined;
    case 'tick':
      return now < session.due ? undefined : onTick(session, now, times);
    case 'idle':
      if (phase === 'down' || phase === 'closing') return [{ ...session, ...forgotten }, []];
      return close({ ...session, ...forgotten }, now, 'idle', 1000);
    case 'ended':
      return onEnded(session, input.code, now, times);
    case 'opened':
      return phase === 'opening' ? ping({ ...session, phase: 'proving' }, now, times) : undefined;
  }
  if (!isOpen(session)) return undefined;
  switch (input.type) {
    case 'event':
      return onEvent(session, input.seq, now);
    case 'hello':
      // 5.37 may register one socket twice: protocol §2.2, case 8.
      if (phase === 'ready') return lose(session, now, 'protocol');
      return ready(
        { ...session, connectionId: input.connectionId, expected: input.seq + 1, resuming: false, missing: undefined },
        now,
        times,
        [{ type: 'deliver' }],
      );
    case 'pong': {
      const due = (pingedAt ?? now) + times.heartbeatMs;
      const answered = { ...session, stalled: false, pingedAt: undefined, due };
      // `hello` would have come before this reply: protocol §2.2.
      return phase === 'ready' ? [answered, []] : ready(answered, now, times);
    }
    case 'refused': {
      const [closing, effects] = lose(session, now, 'session-lost', 'session-lost');
      return [closing, [input, ...effects]];
    }
    case 'check':
      if (phase !== 'ready' || pingedAt !== undefined) return undefined;
      return ping(session, now, times, provingMs);
    case 'condemned':
      if (phase !== 'proving') return undefined;
      return [{ ...session, ...forgotten, closing: 'session-lost' }, [{ type: 'abandon' }]];
    case 'overrun':
      return lose(session, now, 'slow-reader', 'dropped');
  }
}

function dial(session: MachineState, key: unknown, resumable: boolean, due: number): Step {
  const { owner, connectionId, expected, lost } = session;
  const changed = owner !== undefined && owner !== key;
  // Number 0 would resume without a replay: protocol §2.2.
  const resuming = resumable && !changed && connectionId !== '' && expected > 0;
  return [
    {
      ...session,
      ...(!resuming && forgotten),
      phase: 'opening',
      dialled: key,
      resuming,
      due,
      lost: lost ?? (changed ? 'token-changed' : undefined),
    },
    [],
  ];
}

function onEvent(session: MachineState, seq: number, now: number): Step {
  const { expected, missing } = session;
  if (seq < expected) return [session, [{ type: 'duplicate-event' }]];
  // Missing again after a resume: the server does not have it (protocol §1.5).
  const [closing, effects] =
    missing === expected
      ? lose(session, now, 'protocol', 'dropped')
      : close({ ...session, missing: expected }, now, 'protocol', 4001);
  return [closing, [{ type: 'missing-event' }, ...effects]];
}

function ready(
  session: MachineState,
  now: number,
  { heartbeatMs }: MachineTimes,
  then: readonly MachineEffect[] = [],
): Step {
  const { resuming, owner, dialled, lost, pingedAt } = session;
  const first = owner === undefined;
  return [
    {
      ...session,
      phase: 'ready',
      owner: dialled,
      lost: undefined,
      readyAt: now,
      due: (pingedAt ?? now) + heartbeatMs,
    },
    [
      {
        type: 'ready',
        loss: resuming || first ? undefined : (lost ?? 'fresh-connection'),
        renewed: !first && owner !== dialled,
      },
      ...then,
    ],
  ];
}

function onTick(session: MachineState, now: number, times: MachineTimes): Step {
  const { phase, pingedAt, due, stalled } = session;
  const late = now - due;
  if (phase === 'closing') return [{ ...session, due: Infinity }, [{ type: 'abandon' }]];
  if (phase === 'opening') return close(session, now, 'network', 1000);
  // What came meanwhile is still unread, so a late timer proves nothing about the server.
  if (late > lateMs || pingedAt === undefined) {
    return ping({ ...session, stalled: stalled || late > stallMs }, now, times);
  }
  const provedBy = pingedAt + provingMs;
  if (phase === 'proving' && now < provedBy) return [{ ...session, due: provedBy }, [{ type: 'probe' }]];
  return close(session, now, 'heartbeat', 4000);
}

/** @param maxMs bounds the wait for the answer, which a heartbeat bounds in any case. */
function ping(
  session: MachineState,
  now: number,
  { heartbeatMs }: MachineTimes,
  maxMs = session.phase === 'ready' ? Infinity : silenceMs,
): Step {
  return [{ ...session, pingedAt: now, due: now + Math.min(heartbeatMs, maxMs) }, [{ type: 'ping' }]];
}

/** Ends the socket, and what it belonged to cannot be resumed. */
function lose(session: MachineState, now: number, closing: DisconnectReason, lost?: LossReason): Step {
  return close({ ...session, ...forgotten, lost: session.lost ?? lost }, now, closing, 1000);
}

function close(session: MachineState, now: number, closing: DisconnectReason | 'idle', code: number): Step {
  return [{ ...session, phase: 'closing', closing, due: now + echoMs }, [{ type: 'close', code }]];
}

function onEnded(session: MachineState, code: number, now: number, { resetAfterMs }: MachineTimes): Step {
  const { phase, closing, readyAt, pingedAt, stalled } = session;
  // An empty close frame is how the server drops a reader that is too slow: protocol §1.7.
  const overflow = code === 1005 && !closing && phase !== 'opening';
  const lost = overflow ? 'overflow' : stalled ? 'slow-reader' : undefined;
  const reason = closing ?? lost ?? (code === 1006 ? 'network' : 'closed-by-server');
  const attempt = (readyAt !== undefined && now - readyAt >= resetAfterMs ? 0 : session.attempt) + 1;
  const mute = readyAt === undefined && pingedAt !== undefined;
  const down: MachineState = {
    ...session,
    ...((lost !== undefined || (mute && attempt >= muteLimit)) && forgotten),
    ...noSocket,
    lost: session.lost ?? lost,
    attempt,
  };
  if (reason === 'idle') return [{ ...down, attempt: 0 }, [{ type: 'stopped' }]];
  return [down, [{ type: 'retry', reason, abrupt: code === 1006, probe: mute || reason === 'session-lost' }]];
}
