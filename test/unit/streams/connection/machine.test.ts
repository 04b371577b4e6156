import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  initialState,
  nextState,
  type MachineState,
  type MachineEffect,
  type MachineInput,
} from '../../../../src/streams/connection/machine.js';

const times = { heartbeatMs: 25_000, connectTimeoutMs: 10_000, resetAfterMs: 1_000 };
/** Written events that the model server keeps for a replay; the real one keeps 128, which random runs would never fill. */
const ringSize = 4;

interface Registered {
  readonly id: string;
  readonly token: number;
  /** What each number carried, from 0 on. */
  readonly written: (number | 'hello')[];
  /** What awaits a resume, as long as the session is valid. */
  queue: number[];
  active: boolean;
  /** Its session has ended: nothing is written or kept any more, also when the same token is good again (protocol §5.5). */
  mute: boolean;
}

/**
 * A server after protocol §2 and a gateway reduced to its session. The user is sent events 1, 2, 3, …; the trace has what the session let
 * through and where it owned up to a loss.
 */
class World {
  session: MachineState = initialState;
  readonly trace: (number | 'loss')[] = [];
  readonly problems: string[] = [];
  now = 0;
  private token = 1;
  private validTokens = new Set([1]);
  private sent = 0;
  private ids = 0;
  private readonly connections = new Map<string, Registered>();
  wire: Registered | undefined;
  private dialledToken = 0;
  private refused = false;

  private apply(input: MachineInput, payload?: number): void {
    const [next, effects] = nextState(this.session, input, this.now, times);
    this.session = next;
    for (const effect of effects) this.perform(effect, payload);
  }

  private perform(effect: MachineEffect, payload: number | undefined): void {
    if (effect.type === 'deliver' && payload !== undefined) this.trace.push(payload);
    if (effect.type === 'ready' && effect.loss) this.trace.push('loss');
    if (effect.type === 'refused') this.refused = true;
    if (effect.type === 'close' || effect.type === 'abandon') this.over(effect.type === 'close' ? effect.code : 1006);
    if (effect.type === 'retry' || effect.type === 'stopped') this.down();
  }

  private down(): void {
    if (!this.validTokens.has(this.token)) this.validTokens.add(++this.token);
  }

  private over(code: number): void {
    if (this.wire) this.wire.active = false;
    this.wire = undefined;
    this.apply({ type: 'ended', code });
  }

  /** Opens a socket: the server resumes or registers, and the first frames arrive. */
  dial(resumable: boolean): void {
    if (this.session.phase !== 'down') return;
    const before = this.session;
    this.dialledToken = this.token;
    this.apply({ type: 'dial', key: this.token, resumable });
    const { resuming, connectionId, expected } = this.session;
    if (resuming && (expected === 0 || connectionId === '')) this.problems.push('a resume from nothing');
    if (resuming && before.owner !== this.token) this.problems.push('a resume with another token');
    if (resuming && this.refused) this.problems.push('a resume after a refusal');
    this.refused = false;
    this.apply({ type: 'opened' });
    const known = resuming ? this.connections.get(connectionId) : undefined;
    if (known && !known.active && known.written.length - expected <= ringSize && expected <= known.written.length) {
      const replay = known.written.splice(expected);
      this.wire = known;
      known.active = true;
      const queue = known.queue;
      known.queue = [];
      for (const payload of [...replay, ...queue]) this.write(payload);
    } else {
      this.wire = { id: `c${++this.ids}`, token: this.token, written: [], queue: [], active: true, mute: false };
      this.connections.set(this.wire.id, this.wire);
      this.write('hello');
    }
    this.answerPing();
  }

  private write(payload: number | 'hello'): void {
    const { wire } = this;
    if (!wire) return;
    const seq = wire.written.length;
    wire.written.push(payload);
    if (payload === 'hello') {
      this.apply({ type: 'hello', seq, connectionId: wire.id });
    } else {
      this.receive(seq, payload);
    }
  }

  private receive(seq: number, payload: number): void {
    if (advance(this.session, seq)) this.trace.push(payload);
    else this.apply({ type: 'event', seq }, payload);
  }

  answerPing(): void {
    if (!this.wire || this.session.pingedAt === undefined) return;
    if (!this.wire.mute && this.validTokens.has(this.dialledToken)) this.apply({ type: 'pong' });
    else this.apply({ type: 'refused', errorId: 'x' });
  }

  /** The user is sent an event: written, kept for a resume, or, for a dead session, swallowed. */
  emit(): void {
    const payload = ++this.sent;
    for (const connection of this.connections.values()) {
      if (connection.mute) continue;
      if (connection === this.wire) this.write(payload);
      else if (!connection.active) connection.queue.push(payload);
    }
  }

  /** One frame is lost on the way, as after a panic while encoding it. */
  lose(): void {
    const { wire } = this;
    if (!wire || wire.mute) return;
    wire.written.push(++this.sent);
  }

  duplicate(): void {
    const last = this.wire ? this.wire.written.length - 1 : -1;
    const payload = this.wire?.written[last];
    if (typeof payload === 'number') this.receive(last, payload);
  }

  cut(noticed: boolean): void {
    const { wire } = this;
    this.wire = undefined;
    if (!wire) return;
    if (noticed) wire.active = false;
    this.apply({ type: 'ended', code: 1006 });
  }

  overflow(): void {
    const { wire } = this;
    if (!wire) return;
    this.connections.delete(wire.id);
    this.sent++;
    this.wire = undefined;
    this.apply({ type: 'ended', code: 1005 });
  }

  endSession(tokenStaysGood: boolean): void {
    for (const connection of this.connections.values()) connection.mute ||= connection.token === this.token;
    if (tokenStaysGood) return;
    this.validTokens.delete(this.token);
    if (!this.wire) this.validTokens.add(++this.token);
  }

  forget(): void {
    for (const [id, { active }] of this.connections) if (!active) this.connections.delete(id);
  }

  secondHello(): void {
    if (this.wire) this.write('hello');
  }

  pass(ms: number): void {
    this.now += ms;
    this.apply({ type: 'tick' });
    if (this.session.phase !== 'down' && this.session.due === Infinity) this.problems.push('nothing to wait for');
    this.answerPing();
  }

  idle(): void {
    this.apply({ type: 'idle' });
  }
}

type Command = (world: World) => void;
const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Command>((world) => world.emit()) },
  {
    weight: 5,
    arbitrary: fc.boolean().map<Command>((resumable) => (world) => world.dial(resumable || world.now % 3 > 0)),
  },
  { weight: 3, arbitrary: fc.boolean().map<Command>((noticed) => (world) => world.cut(noticed)) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 60_000 }).map<Command>((ms) => (world) => world.pass(ms)) },
  fc.constantFrom<Command[]>(
    (world) => world.lose(),
    (world) => world.duplicate(),
    (world) => world.overflow(),
    (world) => world.endSession(false),
    (world) => world.wire && world.endSession(true),
    (world) => world.forget(),
    (world) => world.secondHello(),
    (world) => world.idle(),
  ),
);

describe('whatever a network and a server do', () => {
  it('no event is let through twice or out of order, and none is missing without a loss that was told', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 60 }), (script) => {
        const world = new World();
        for (const command of script) command(world);
        // All is well again: whatever is missing must have been told by now.
        for (let n = 0; n < 4; n++) {
          world.dial(true);
          world.pass(30_000);
          world.emit();
        }
        expect(world.problems).toEqual([]);
        expect(world.session.phase).toBe('ready');
        let last: number | undefined;
        let told = true;
        for (const step of world.trace) {
          if (step === 'loss') told = true;
          else {
            if (last !== undefined) expect(step).toBeGreaterThan(last);
            if (last !== undefined && step !== last + 1) expect(told, `${last} → ${step}`).toBe(true);
            last = step;
            told = false;
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a session', () => {
  const after = (...inputs: (MachineInput & { readonly at?: number })[]): MachineState =>
    inputs.reduce((session, { at = 0, ...input }) => nextState(session, input, at, times)[0], initialState);
  const open: MachineInput[] = [{ type: 'dial', key: 'k', resumable: true }, { type: 'opened' }];
  const hello: MachineInput = { type: 'hello', seq: 0, connectionId: 'c' };

  it('is not changed by what a socket brings after its end', () => {
    const down = after(...open, { type: 'ended', code: 1006 });
    for (const input of [
      { type: 'event', seq: 0 },
      hello,
      { type: 'pong' },
      { type: 'refused', errorId: '' },
      { type: 'opened' },
      { type: 'overrun' },
      { type: 'check' },
      { type: 'condemned' },
    ] satisfies MachineInput[]) {
      expect(nextState(down, input, 2, times)).toEqual([down, []]);
    }
  });

  it('never asks to resume from number 0, which would hide a loss', () => {
    const again = after(...open, { ...hello, seq: -1 }, { type: 'ended', code: 1006 }, ...open);
    expect(again.resuming).toBe(false);
  });

  it('does nothing when it is asked too early', () => {
    const proving = after(...open);
    expect(nextState(proving, { type: 'tick' }, 999, times)).toEqual([proving, []]);
  });

  it('that is silent asks REST after a second, or a shorter heartbeat, and has the rest of its time all the same', () => {
    for (const heartbeatMs of [25_000, 100]) {
      const set = { ...times, heartbeatMs };
      const [proving] = nextState(nextState(initialState, open[0]!, 0, set)[0], open[1]!, 0, set);
      const due = Math.min(1_000, heartbeatMs);
      expect(proving.due).toBe(due);
      const [silent, effects] = nextState(proving, { type: 'tick' }, due, set);
      expect(effects).toEqual([{ type: 'probe' }]);
      expect(silent).toEqual({ ...proving, due: 6_000 });
      expect(nextState(silent, { type: 'tick' }, 6_000, set)[1]).toEqual([{ type: 'close', code: 4000 }]);
    }
  });

  it('is condemned only as long as nothing has proved it', () => {
    const [down, effects] = nextState(after(...open), { type: 'condemned' }, 5, times);
    expect(effects).toEqual([{ type: 'abandon' }]);
    expect(nextState(down, { type: 'ended', code: 1006 }, 5, times)[1]).toMatchObject([
      { type: 'retry', reason: 'session-lost', probe: true },
    ]);
    const ready = after(...open, hello);
    expect(nextState(ready, { type: 'condemned' }, 5, times)).toEqual([ready, []]);
  });

  it('asks at once when the network changed, unless it is asking already', () => {
    const ready = after(...open, hello, { type: 'pong', at: 10 });
    const [asking, effects] = nextState(ready, { type: 'check' }, 100, times);
    expect(effects).toEqual([{ type: 'ping' }]);
    expect(asking.due).toBe(6_100);
    expect(nextState(asking, { type: 'check' }, 200, times)).toEqual([asking, []]);
  });
});
