import { describe, expect, it } from 'vitest';
import { nextState } from '../../../../src/streams/connection/machine.js';
import type { MachineInput } from '../../../../src/streams/connection/machine-state.js';
import { after, dial, headOf, hello, paths, phases, times, type Phase } from './machine-kit.js';

const inputs: { readonly [T in MachineInput['type']]: MachineInput<T> & { readonly at?: number } } = {
  dial,
  opened: { type: 'opened' },
  hello,
  event: { type: 'event', head: headOf(9), expected: 1 },
  pong: { type: 'pong' },
  refused: { type: 'refused', errorId: 'x' },
  tick: { type: 'tick', at: 100_000 },
  check: { type: 'check' },
  condemned: { type: 'condemned' },
  idle: { type: 'idle' },
  overrun: { type: 'overrun' },
  ended: { type: 'ended', code: 1000 },
};

/** What each input does in each phase: the next phase and the effects; a dot where it counts for nothing. */
const expected: Record<MachineInput['type'], Record<Phase, string>> = {
  dial: { down: 'opening: expect open', opening: '.', proving: '.', ready: '.', closing: '.' },
  opened: { down: '.', opening: 'proving: ping', proving: '.', ready: '.', closing: '.' },
  hello: { down: '.', opening: '.', proving: 'ready: expect ready deliver', ready: 'closing: close', closing: '.' },
  event: { down: '.', opening: '.', proving: 'closing: drop close', ready: 'closing: drop close', closing: '.' },
  pong: { down: '.', opening: '.', proving: 'ready: ready', ready: 'ready: alive', closing: '.' },
  refused: {
    down: '.',
    opening: '.',
    proving: 'closing: refused close',
    ready: 'closing: refused close',
    closing: '.',
  },
  tick: {
    down: '.',
    opening: 'closing: close',
    proving: 'proving: ping',
    ready: 'ready: ping',
    closing: 'closing: abandon',
  },
  check: { down: '.', opening: '.', proving: '.', ready: 'ready: ping', closing: '.' },
  condemned: { down: '.', opening: '.', proving: 'proving: abandon', ready: '.', closing: '.' },
  idle: {
    down: 'down: stopped',
    opening: 'closing: close',
    proving: 'closing: close',
    ready: 'closing: close',
    closing: 'closing:',
  },
  overrun: { down: '.', opening: '.', proving: 'closing: close', ready: 'closing: close', closing: '.' },
  ended: {
    down: 'down: retry',
    opening: 'down: retry',
    proving: 'down: retry',
    ready: 'down: retry',
    closing: 'down: retry',
  },
};

describe.each(Object.values(inputs))('$type', (input) => {
  it.each(phases)(`while %s does what the table of this test says`, (phase) => {
    const state = after(...paths[phase]);
    expect(state.phase).toBe(phase);
    const { at = 0, ...rest } = input;
    const [next, effects] = nextState(state, rest, at, times);
    const done =
      next === state && effects.length === 0 ? '.' : [`${next.phase}:`, ...effects.map(({ type }) => type)].join(' ');
    expect(done).toBe(expected[input.type][phase]);
  });
});
