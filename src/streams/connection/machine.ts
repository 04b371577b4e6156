import type { Down, InputType, Live, MachineInput, MachineState, MachineTimes, Transition } from './machine-state.js';
import {
  abandon,
  answered,
  check,
  condemned,
  dial,
  dropped,
  ended,
  event,
  failed,
  forget,
  hello,
  idle,
  opened,
  openTimedOut,
  proved,
  provingTimedOut,
  readyTimedOut,
  refused,
  secondHello,
  stopped,
} from './transitions.js';

type Handler<S, T extends InputType> = (
  state: S,
  input: MachineInput<T>,
  now: number,
  times: MachineTimes,
) => Transition | undefined;

/** What one input does in each phase. */
type Row<T extends InputType> = { readonly down: Handler<Down, T> } & Readonly<Record<Live['phase'], Handler<Live, T>>>;

/** The input changes nothing in this phase. */
const none = (): undefined => undefined;

const table: { readonly [T in InputType]: Row<T> } = {
  dial: { down: dial, opening: none, proving: none, ready: none, closing: none },
  opened: { down: none, opening: opened, proving: none, ready: none, closing: none },
  hello: { down: none, opening: none, proving: hello, ready: secondHello, closing: none },
  event: { down: none, opening: none, proving: event, ready: event, closing: none },
  pong: { down: none, opening: none, proving: proved, ready: answered, closing: none },
  refused: { down: none, opening: none, proving: refused, ready: refused, closing: none },
  tick: { down: none, opening: openTimedOut, proving: provingTimedOut, ready: readyTimedOut, closing: abandon },
  check: { down: none, opening: none, proving: none, ready: check, closing: none },
  condemned: { down: none, opening: none, proving: condemned, ready: none, closing: none },
  idle: { down: stopped, opening: idle, proving: idle, ready: idle, closing: forget },
  overrun: { down: none, opening: none, proving: dropped, ready: dropped, closing: none },
  ended: { down: failed, opening: ended, proving: ended, ready: ended, closing: ended },
};

/** The state after an input, and what is to be done about it. `now` is the clock in milliseconds. Pure. */
export function nextState(state: MachineState, input: MachineInput, now: number, times: MachineTimes): Transition {
  return step(state, input, now, times) ?? [state, []];
}

function step<T extends InputType>(
  state: MachineState,
  input: MachineInput<T>,
  now: number,
  times: MachineTimes,
): Transition | undefined {
  // While a tick waited in the inbox its time may have been changed.
  if (input.type === 'tick' && now < state.due) return undefined;
  const row: Row<T> = table[input.type];
  // Stryker disable next-line ConditionalExpression,StringLiteral: both branches call the handler of the phase, only their types differ
  return state.phase === 'down' ? row.down(state, input, now, times) : row[state.phase](state, input, now, times);
}
