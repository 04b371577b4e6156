import type { Credential } from '../../models/credential.js';
import type { EventHead } from '../../models/peek.js';
import type { DisconnectReason, Loss, LossReason } from './state.js';

/** Durations that the machine decides by, in milliseconds. */
export interface MachineTimes {
  readonly heartbeatMs: number;
  readonly connectTimeoutMs: number;
  readonly resetAfterMs: number;
}

/** What a socket is opened with. */
export interface Login {
  readonly credential: Credential;
  /** See `sessionKeyOf`. */
  readonly sessionKey: string;
}

/** What outlives a socket: protocol §2.5. */
interface Lasting {
  /** Connection that may be resumed; empty if none may. */
  readonly connectionId: string;
  /** User that the last `hello` was for; empty before the first. */
  readonly userId: string;
  /** Session that was ready last. */
  readonly owner: string | undefined;
  /** When a `tick` is wanted. */
  readonly due: number;
  /** Failures in a row. */
  readonly attempt: number;
  /** What is known to be lost, and not reported yet. */
  readonly lost: LossReason | undefined;
  /** Number of an event that was missing, and that a resume should bring. */
  readonly missing: number | undefined;
}

/** There is no socket. */
export interface Down extends Lasting {
  readonly phase: 'down';
}

/** There is a socket. */
export interface Live extends Lasting {
  /** `proving`: open, and neither `hello` nor the answer to the ping has come. */
  readonly phase: 'opening' | 'proving' | 'ready' | 'closing';
  readonly login: Login;
  /** The socket asked to resume, and no `hello` has come to say no. */
  readonly resuming: boolean;
  /** When the last frame of the sockets before came. */
  readonly sinceMs: number | undefined;
  /** When the socket became ready. */
  readonly readyAt: number | undefined;
  /** When the ping was sent that is not answered yet. */
  readonly pingedAt: number | undefined;
  /** Why this side ends the socket. */
  readonly closing: DisconnectReason | 'idle' | undefined;
  /** This side may not have read for longer than the server waits. */
  readonly stalled: boolean;
}

/** Everything that is known about the connection to the server, but the number of the next event: see `Sequence`. */
export type MachineState = Down | Live;

interface Inputs {
  /** There is a login to open a socket with. `resumable`: the upgrade carries the credential. */
  dial: {
    readonly login: Login;
    readonly resumable: boolean;
    readonly expected: number;
    readonly lastFrameAtMs: number | undefined;
  };
  opened: unknown;
  hello: { readonly head: EventHead; readonly connectionId: string; readonly userId: string };
  /** An event that is not the expected one. */
  event: { readonly head: EventHead; readonly expected: number };
  /** The ping was answered, and not with 401. A server too busy for it is alive. */
  pong: unknown;
  /** An action was answered 401: protocol §5.5. */
  refused: { readonly errorId: string };
  tick: unknown;
  /** The network changed, or REST has met a dead session: the socket may not work any more. */
  check: unknown;
  /** REST refuses the login of the socket, or there is another by now. */
  condemned: unknown;
  /** Nobody needs the socket any more. */
  idle: unknown;
  /** So many frames waited that some were dropped. */
  overrun: unknown;
  /** The socket ended, or there was no credential to open one with. `code` as in `SocketEvent`. */
  ended: { readonly code: number };
}

export type InputType = keyof Inputs;

/** What happens to the connection: one type of input, or any. */
export type MachineInput<T extends InputType = InputType> = { [K in T]: { readonly type: K } & Inputs[K] }[T];

interface Effects {
  /** Open a socket, and resume the connection of this id unless it is empty. */
  open: { readonly login: Login; readonly connectionId: string };
  /** Count events from this number on. */
  expect: { readonly seq: number };
  ping: unknown;
  /** Ask REST whether the login of the socket is dead. */
  probe: { readonly login: Login };
  deliver: { readonly head: EventHead };
  /** The event is not delivered. */
  drop: { readonly reason: 'duplicate-event' | 'missing-event'; readonly head: EventHead };
  ready: {
    readonly connectionId: string;
    readonly resumed: boolean;
    readonly userId: string;
    readonly loss: Loss | undefined;
    /** The session is another than that of the last `ready`. */
    readonly renewed: boolean;
  };
  /** A ready socket has answered a ping. */
  alive: unknown;
  /** Close the socket with a handshake. */
  close: { readonly code: number };
  /** Take the socket as ended. */
  abandon: unknown;
  refused: { readonly errorId: string };
  /** The socket ended: wait, then open the next. */
  retry: {
    readonly reason: DisconnectReason;
    /** Failures in a row. */
    readonly attempt: number;
    /** The socket ended without a close handshake. */
    readonly abrupt: boolean;
    /** Login that may be dead: ask REST before the wait. */
    readonly suspect: Login | undefined;
  };
  /** The socket ended, or the wait for one, since nobody needed it. */
  stopped: unknown;
}

export type EffectType = keyof Effects;

/** What is to be done: one type of effect, or any. */
export type MachineEffect<T extends EffectType = EffectType> = { [K in T]: { readonly type: K } & Effects[K] }[T];

/** The state after an input, and what is to be done about it, in order. */
export type Transition = readonly [MachineState, readonly MachineEffect[]];

export const initialState: MachineState = {
  phase: 'down',
  connectionId: '',
  userId: '',
  owner: undefined,
  due: Infinity,
  attempt: 0,
  lost: undefined,
  missing: undefined,
};

/** Whether the socket brings events and replies that count. */
export function isOpen({ phase }: MachineState): boolean {
  return phase === 'proving' || phase === 'ready';
}
