import type { EventHead } from '../../../../src/models/peek.js';
import { nextState } from '../../../../src/streams/connection/machine.js';
import {
  initialState,
  type Login,
  type MachineEffect,
  type MachineInput,
  type MachineState,
  type Transition,
} from '../../../../src/streams/connection/machine-state.js';

export const times = { heartbeatMs: 25_000, connectTimeoutMs: 10_000, resetAfterMs: 1_000 };
export const login: Login = { credential: { kind: 'bearer', token: 't' }, sessionKey: 't' };
export const other: Login = { credential: { kind: 'bearer', token: 'u' }, sessionKey: 'u' };
export const headOf = (seq: number, event = 'posted'): EventHead => ({ kind: 'event', event, seq, source: '' });
export const dial: MachineInput<'dial'> = { type: 'dial', login, resumable: true, expected: 3, lastFrameAtMs: 7 };
export const hello: MachineInput<'hello'> = {
  type: 'hello',
  head: headOf(0, 'hello'),
  connectionId: 'c',
  userId: 'me',
};
export const cut: MachineInput = { type: 'ended', code: 1006 };

export type Timed = MachineInput & { readonly at?: number };
export const run = (...inputs: Timed[]): Transition =>
  inputs.reduce<Transition>(([state], { at = 0, ...input }) => nextState(state, input, at, times), [initialState, []]);
export const after = (...inputs: Timed[]): MachineState => run(...inputs)[0];
export const effectsOf = (...inputs: Timed[]): readonly MachineEffect[] => run(...inputs)[1];

/** Inputs that lead into each phase. */
export const paths = {
  down: [],
  opening: [dial],
  proving: [dial, { type: 'opened' }],
  ready: [dial, { type: 'opened' }, hello, { type: 'pong' }],
  closing: [dial, { type: 'opened' }, hello, { type: 'overrun' }],
} satisfies Record<string, Timed[]>;
export type Phase = keyof typeof paths;
export const phases = Object.keys(paths) as Phase[];
