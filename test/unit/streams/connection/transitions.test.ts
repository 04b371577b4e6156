import { describe, expect, it } from 'vitest';
import { nextState } from '../../../../src/streams/connection/machine.js';
import {
  initialState,
  isOpen,
  type MachineEffect,
  type MachineInput,
} from '../../../../src/streams/connection/machine-state.js';
import {
  after,
  cut,
  dial,
  effectsOf,
  headOf,
  hello,
  login,
  other,
  paths,
  phases,
  run,
  times,
  type Timed,
} from './machine-kit.js';

describe('dialling', () => {
  const lost: Timed[] = [...paths.ready, cut];

  it('resumes the connection of the same session, and counts on', () => {
    const [state, effects] = run(...lost, { ...dial, at: 5 });
    expect(effects).toEqual([{ type: 'open', login, connectionId: 'c' }]);
    expect(state).toMatchObject({ resuming: true, connectionId: 'c', sinceMs: 7, due: 10_005 });
  });

  it.each<[string, MachineInput<'dial'>]>([
    ['with another session', { ...dial, login: other }],
    ['from number 0, which would hide a loss', { ...dial, expected: 0 }],
    ['when the upgrade carries no credential', { ...dial, resumable: false }],
  ])('never resumes %s', (_, again) => {
    const [state, effects] = run(...lost, again);
    expect(effects).toEqual([
      { type: 'expect', seq: 0 },
      { type: 'open', login: again.login, connectionId: '' },
    ]);
    expect(state).toMatchObject({ resuming: false, connectionId: '' });
  });

  it('resumes nothing when there is no connection yet', () => {
    expect(effectsOf(dial)).toEqual([
      { type: 'expect', seq: 0 },
      { type: 'open', login, connectionId: '' },
    ]);
  });

  it('with another session keeps an earlier reason of the loss', () => {
    const overflow: MachineInput = { type: 'ended', code: 1005 };
    expect(after(...paths.ready, overflow, { ...dial, login: other })).toMatchObject({ lost: 'overflow' });
    expect(after(...lost, { ...dial, login: other })).toMatchObject({ lost: 'token-changed' });
    expect(after(...lost, dial).lost).toBeUndefined();
  });

  it('begins without what the socket before has left', () => {
    const sleepy = after(
      ...paths.ready,
      { type: 'tick', at: 100_000 },
      { ...cut, at: 100_000 },
      { ...dial, at: 100_000 },
    );
    expect(sleepy).toMatchObject({ readyAt: undefined, pingedAt: undefined, closing: undefined, stalled: false });
  });
});

describe('ready', () => {
  it('after a hello says whose connection it is, counts on from there, and delivers the hello itself', () => {
    const [state, effects] = run(...paths.proving, { ...hello, head: headOf(4, 'hello'), at: 20 });
    expect(effects).toEqual([
      { type: 'expect', seq: 5 },
      { type: 'ready', connectionId: 'c', resumed: false, userId: 'me', loss: undefined, renewed: false },
      { type: 'deliver', head: headOf(4, 'hello') },
    ]);
    expect(state).toMatchObject({ readyAt: 20, due: 25_000, owner: 't' });
  });

  it('after a resume is no loss, and knows the user of the hello before', () => {
    const [state, effects] = run(...paths.ready, cut, dial, { type: 'opened' }, { type: 'pong', at: 30 });
    expect(effects).toEqual([
      { type: 'ready', connectionId: 'c', resumed: true, userId: 'me', loss: undefined, renewed: false },
    ]);
    expect(state).toMatchObject({ readyAt: 30, pingedAt: undefined, due: 25_030 });
  });

  it('after a hello in place of a resume is a loss since the last frame', () => {
    const effects = effectsOf(...paths.ready, cut, dial, { type: 'opened' }, { ...hello, connectionId: 'd', at: 40 });
    expect(effects[1]).toEqual({
      type: 'ready',
      connectionId: 'd',
      resumed: false,
      userId: 'me',
      loss: { reason: 'fresh-connection', sinceMs: 7, untilMs: 40 },
      renewed: false,
    });
  });

  it('with another session says so, and that the events between are lost', () => {
    const [state, effects] = run(...paths.ready, cut, { ...dial, login: other }, { type: 'opened' }, hello);
    expect(effects[1]).toMatchObject({ type: 'ready', renewed: true, loss: { reason: 'token-changed' } });
    expect(state).toMatchObject({ lost: undefined, owner: 'u' });
  });

  it('forgets where an event was missing after a hello', () => {
    const missing: MachineInput = { type: 'event', head: headOf(9), expected: 1 };
    const again = after(...paths.ready, missing, cut, dial, { type: 'opened' }, hello);
    expect(nextState(again, missing, 0, times)[1]).toMatchObject([{ type: 'drop' }, { type: 'close', code: 4001 }]);
  });
});

describe('an event', () => {
  it('of a lower number is dropped as a duplicate, and changes nothing', () => {
    const ready = after(...paths.ready);
    expect(nextState(ready, { type: 'event', head: headOf(2), expected: 3 }, 0, times)).toEqual([
      ready,
      [{ type: 'drop', reason: 'duplicate-event', head: headOf(2) }],
    ]);
  });

  it('of a higher number closes the socket for a resume; again at the same place the connection is given up', () => {
    const missing: MachineInput<'event'> = { type: 'event', head: headOf(5), expected: 3 };
    const [closing, effects] = run(...paths.ready, missing);
    expect(effects).toEqual([
      { type: 'drop', reason: 'missing-event', head: headOf(5) },
      { type: 'close', code: 4001 },
    ]);
    expect(closing).toMatchObject({ connectionId: 'c', closing: 'protocol', due: 1_000, lost: undefined });
    const resumed = [...paths.ready, missing, cut, dial, { type: 'opened' }, { type: 'pong' }] satisfies Timed[];
    const [givenUp, again] = run(...resumed, missing);
    expect(again).toEqual([
      { type: 'drop', reason: 'missing-event', head: headOf(5) },
      { type: 'close', code: 1000 },
    ]);
    expect(givenUp).toMatchObject({ connectionId: '', closing: 'protocol', lost: 'dropped' });
    expect(effectsOf(...resumed, { ...missing, expected: 4 }).at(-1)).toEqual({ type: 'close', code: 4001 });
  });
});

describe('the machine', () => {
  it('does nothing when it is asked too early, and asks REST when it is time', () => {
    const proving = after(...paths.proving);
    expect(nextState(proving, { type: 'tick' }, 999, times)).toEqual([proving, []]);
    expect(nextState(proving, { type: 'tick' }, 1_000, times)).toEqual([
      { ...proving, due: 6_000 },
      [{ type: 'probe', login }],
    ]);
  });

  it('asks REST about a silent socket after a second, or a shorter heartbeat; the socket has the rest of its time', () => {
    for (const heartbeatMs of [25_000, 100]) {
      const set = { ...times, heartbeatMs };
      const [proving] = nextState(nextState(initialState, dial, 0, set)[0], { type: 'opened' }, 0, set);
      const due = Math.min(1_000, heartbeatMs);
      expect(proving.due).toBe(due);
      const [silent, effects] = nextState(proving, { type: 'tick' }, due, set);
      expect(effects).toEqual([{ type: 'probe', login }]);
      expect(silent).toEqual({ ...proving, due: 6_000 });
      const [closing, close] = nextState(silent, { type: 'tick' }, 6_000, set);
      expect(close).toEqual([{ type: 'close', code: 4000 }]);
      expect(closing).toMatchObject({ closing: 'heartbeat' });
    }
    expect(after(dial, { type: 'opened', at: 100 }, { type: 'tick', at: 1_150 }).due).toBe(6_100);
  });

  it('condemns a socket only as long as nothing has proved it, and asks REST again before the next', () => {
    const [condemned, effects] = run(...paths.proving, { type: 'condemned' });
    expect(effects).toEqual([{ type: 'abandon' }]);
    expect(condemned.connectionId).toBe('');
    expect(nextState(condemned, cut, 5, times)[1]).toEqual([
      { type: 'retry', reason: 'session-lost', attempt: 1, abrupt: true, suspect: login },
    ]);
  });

  it('pings at once when the network changed, for an answer within 6 s or a shorter heartbeat, unless it waits for one', () => {
    const [asking, effects] = run(...paths.ready, { type: 'check', at: 100 });
    expect(effects).toEqual([{ type: 'ping' }]);
    expect(asking.due).toBe(6_100);
    expect(nextState(asking, { type: 'check' }, 200, times)).toEqual([asking, []]);
    expect(nextState(after(...paths.ready), { type: 'check' }, 0, { ...times, heartbeatMs: 50 })[0].due).toBe(50);
  });

  it('counts an answered ping from when it was sent', () => {
    const [state] = run(...paths.ready, { type: 'check', at: 100 }, { type: 'pong', at: 130 });
    expect(state).toMatchObject({ pingedAt: undefined, due: 25_100 });
    expect(after(...paths.ready, { type: 'pong', at: 200 }).due).toBe(25_200);
  });

  it('pings after each heartbeat, and gives the socket up when no answer came within the next', () => {
    const [asking, effects] = run(...paths.ready, { type: 'tick', at: 25_000 });
    expect(effects).toEqual([{ type: 'ping' }]);
    expect(asking).toMatchObject({ pingedAt: 25_000, due: 50_000, stalled: false });
    const [closing, close] = nextState(asking, { type: 'tick' }, 50_000, times);
    expect(close).toEqual([{ type: 'close', code: 4000 }]);
    expect(closing).toMatchObject({ closing: 'heartbeat', due: 51_000 });
  });

  it.each(['proving', 'ready'] as const)('asks again while %s when its timer is more than 2 s late', (phase) => {
    const asking = after(...paths[phase], { type: 'check' });
    const { due } = asking;
    for (const [lateMs, type] of [
      [2_000, phase === 'proving' ? 'probe' : 'close'],
      [2_001, 'ping'],
    ] as const) {
      expect(nextState(asking, { type: 'tick' }, due + lateMs, times)[1][0]?.type).toBe(type);
    }
    expect(nextState(asking, { type: 'tick' }, due + 3_000, times)[0].due).toBe(
      due + 3_000 + (phase === 'proving' ? 1_000 : 25_000),
    );
  });

  it.each(['proving', 'ready'] as const)(
    'while %s knows after more than 30 s that it may have been too slow, until an answer',
    (phase) => {
      const { due } = after(...paths[phase]);
      const late = (ms: number): Timed[] => [...paths[phase], { type: 'tick', at: due + ms }];
      expect(after(...late(30_000))).toMatchObject({ stalled: false });
      const slow = after(...late(30_001));
      expect(slow).toMatchObject({ stalled: true });
      const [again] = nextState(slow, { type: 'tick' }, slow.due + 2_500, times);
      expect(again).toMatchObject({ stalled: true });
      expect(nextState(slow, { type: 'pong' }, slow.due, times)[0]).toMatchObject({ stalled: false });
      const [down, effects] = nextState(slow, cut, slow.due, times);
      expect(down).toMatchObject({ connectionId: '', lost: 'slow-reader' });
      expect(effects).toMatchObject([{ type: 'retry', reason: 'slow-reader' }]);
    },
  );

  it.each<[MachineInput, object, MachineEffect[]]>([
    [
      { type: 'refused', errorId: 'x' },
      { closing: 'session-lost', lost: 'session-lost' },
      [
        { type: 'refused', errorId: 'x' },
        { type: 'close', code: 1000 },
      ],
    ],
    [{ type: 'overrun' }, { closing: 'slow-reader', lost: 'dropped' }, [{ type: 'close', code: 1000 }]],
    [hello, { closing: 'protocol', lost: undefined }, [{ type: 'close', code: 1000 }]],
    [{ type: 'idle' }, { closing: 'idle', lost: undefined }, [{ type: 'close', code: 1000 }]],
  ])('can never resume after %j', (input, state, effects) => {
    expect(run(...paths.ready, input)).toEqual([
      expect.objectContaining({ ...state, connectionId: '', due: 1_000 }),
      effects,
    ]);
  });

  it('keeps the first reason of a loss', () => {
    const slow = after(...paths.ready, { type: 'tick', at: 60_000 });
    const [state] = nextState({ ...slow, lost: 'overflow' }, { type: 'refused', errorId: 'x' }, 0, times);
    expect(state.lost).toBe('overflow');
    expect(nextState({ ...slow, lost: 'overflow' }, cut, 0, times)[0].lost).toBe('overflow');
  });

  it('waits no longer for an opening, or an echo, than it should', () => {
    expect(run(...paths.opening, { type: 'tick', at: 10_000 })).toEqual([
      expect.objectContaining({ closing: 'network', due: 11_000 }),
      [{ type: 'close', code: 1000 }],
    ]);
    const [state, effects] = run(...paths.closing, { type: 'tick', at: 1_000 });
    expect(effects).toEqual([{ type: 'abandon' }]);
    expect(state.due).toBe(Infinity);
  });

  it('that nobody needs resumes nothing later', () => {
    for (const path of [paths.closing, [...paths.ready, cut]] as const) {
      const [state] = nextState({ ...after(...path), connectionId: 'c' }, { type: 'idle' }, 0, times);
      expect(state.connectionId).toBe('');
    }
  });

  it('takes events and replies between the opening and the close', () => {
    expect(phases.filter((phase) => isOpen(after(...paths[phase])))).toEqual(['proving', 'ready']);
  });
});
