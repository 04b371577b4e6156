import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventHead } from '../../../../src/models/peek.js';
import { nextState } from '../../../../src/streams/connection/machine.js';
import {
  initialState,
  isOpen,
  type Login,
  type MachineEffect,
  type MachineInput,
  type MachineState,
} from '../../../../src/streams/connection/machine-state.js';
import { createSequence } from '../../../../src/streams/connection/sequence.js';

const times = { heartbeatMs: 25_000, connectTimeoutMs: 10_000, resetAfterMs: 1_000 };
const loginOf = (token: number): Login => ({
  credential: { kind: 'bearer', token: `${token}` },
  sessionKey: `${token}`,
});
/** An event whose text is what the server meant by it. */
const headOf = (seq: number, payload: number | 'hello'): EventHead => ({
  kind: 'event',
  event: payload === 'hello' ? 'hello' : 'posted',
  seq,
  source: `${payload}`,
});
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
 * A server after protocol §2 and a gateway reduced to its machine and sequence. The user is sent events 1, 2, 3, …; the trace has what was
 * delivered and where a loss was reported.
 */
class World {
  state: MachineState = initialState;
  readonly sequence = createSequence();
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
  /** Connection that the last socket asked for. */
  private resumed = '';

  private apply(input: MachineInput): void {
    const [next, effects] = nextState(this.state, input, this.now, times);
    this.state = next;
    for (const effect of effects) this.perform(effect);
  }

  private deliver({ source }: EventHead): void {
    if (source !== 'hello') this.trace.push(Number(source));
  }

  private perform(effect: MachineEffect): void {
    if (effect.type === 'expect') this.sequence.expect(effect.seq);
    if (effect.type === 'deliver') this.deliver(effect.head);
    if (effect.type === 'open') this.resumed = effect.connectionId;
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
    if (this.state.phase !== 'down') return;
    const { owner } = this.state;
    this.dialledToken = this.token;
    const { expected } = this.sequence;
    this.apply({ type: 'dial', login: loginOf(this.token), resumable, expected, lastFrameAtMs: this.now });
    const connectionId = this.resumed;
    const resuming = connectionId !== '';
    if (resuming && expected === 0) this.problems.push('a resume from nothing');
    if (resuming && owner !== `${this.token}`) this.problems.push('a resume with another token');
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
      this.apply({ type: 'hello', head: headOf(seq, payload), connectionId: wire.id, userId: 'me' });
    } else {
      this.receive(seq, payload);
    }
  }

  private receive(seq: number, payload: number): void {
    const head = headOf(seq, payload);
    if (isOpen(this.state) && this.sequence.advance(seq)) this.deliver(head);
    else this.apply({ type: 'event', head, expected: this.sequence.expected });
  }

  answerPing(): void {
    if (!this.wire || this.state.phase === 'down' || this.state.pingedAt === undefined) return;
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
    if (this.state.phase !== 'down' && this.state.due === Infinity) this.problems.push('nothing to wait for');
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
  // Thousands of scripts: 1 s alone, more than the usual 5 s on a machine that is busy.
  const timeout = 30_000;
  it(
    'no event is let through twice or out of order, and none is missing without a loss that was reported',
    { timeout },
    () => {
      fc.assert(
        fc.property(fc.array(commands, { maxLength: 60 }), (script) => {
          const world = new World();
          for (const command of script) command(world);
          // All is well again: whatever is missing must have been reported by now.
          for (let n = 0; n < 4; n++) {
            world.dial(true);
            world.pass(30_000);
            world.emit();
          }
          expect(world.problems).toEqual([]);
          expect(world.state.phase).toBe('ready');
          let last: number | undefined;
          let reported = true;
          for (const step of world.trace) {
            if (step === 'loss') reported = true;
            else {
              if (last !== undefined) expect(step).toBeGreaterThan(last);
              if (last !== undefined && step !== last + 1) expect(reported, `${last} → ${step}`).toBe(true);
              last = step;
              reported = false;
            }
          }
        }),
        { numRuns: 2_000 },
      );
    },
  );
});
