import { describe, expect, it } from 'vitest';
import type { Transition } from '../../../../src/streams/connection/machine-state.js';
import { after, cut, dial, headOf, login, paths, run, type Timed } from './machine-kit.js';

describe('the end of a socket', () => {
  const endOf = (path: readonly Timed[], code: number, at = 0): Transition => run(...path, { type: 'ended', code, at });

  it.each<[string, readonly Timed[], number, object]>([
    ['cut', paths.ready, 1006, { reason: 'network', abrupt: true, suspect: undefined }],
    ['closed by the server', paths.ready, 1000, { reason: 'closed-by-server', abrupt: false, suspect: undefined }],
    ['overflowed', paths.ready, 1005, { reason: 'overflow', abrupt: false, suspect: undefined }],
    ['overflowed before it was ready', paths.proving, 1005, { reason: 'overflow', suspect: login }],
    ['refused by a proxy', paths.opening, 1005, { reason: 'closed-by-server', suspect: undefined }],
    ['closed by this side', paths.closing, 1005, { reason: 'slow-reader', suspect: undefined }],
    ['mute', paths.proving, 1006, { reason: 'network', suspect: login }],
    ['refused', [...paths.ready, { type: 'refused', errorId: 'x' }], 1000, { reason: 'session-lost', suspect: login }],
    ['without a credential', [], 1006, { reason: 'network', abrupt: true, suspect: undefined }],
    ['without a credential, by a close', [], 1000, { reason: 'network', abrupt: false }],
  ])('that was %s says why', (_, path, code, effect) => {
    expect(endOf(path, code)[1]).toEqual([expect.objectContaining({ type: 'retry', attempt: 1, ...effect })]);
  });

  it.each<[string, readonly Timed[], number, object]>([
    ['a cut', paths.ready, 1006, { connectionId: 'c', lost: undefined }],
    ['a full queue', paths.ready, 1005, { connectionId: '', lost: 'overflow' }],
  ])('by %s leaves what may be resumed', (_, path, code, state) => {
    expect(endOf(path, code)[0]).toEqual({
      phase: 'down',
      userId: 'me',
      owner: 't',
      due: Infinity,
      attempt: 1,
      missing: undefined,
      ...state,
    });
  });

  it('remembers where an event was missing', () => {
    const path: Timed[] = [...paths.ready, { type: 'event', head: headOf(5), expected: 3 }];
    expect(endOf(path, 4001)[0].missing).toBe(3);
  });

  it('for nobody stops, and the next failure is a first one', () => {
    const [state, effects] = endOf([...paths.ready, { type: 'idle' }], 1000);
    expect(effects).toEqual([{ type: 'stopped' }]);
    expect(state.attempt).toBe(0);
  });

  it('counts failures in a row, from anew when the socket was ready for a while', () => {
    const twice = [...paths.ready, cut, dial, { type: 'opened' }, { type: 'pong' }] satisfies Timed[];
    expect(endOf(twice, 1006, 999)[0].attempt).toBe(2);
    expect(endOf(twice, 1006, 1_000)[0].attempt).toBe(1);
    expect(endOf([cut, cut], 1006)[0].attempt).toBe(3);
    expect(endOf([cut, dial], 1006, 5_000)[0].attempt).toBe(2);
  });

  it('without a sign of life on three resumes in a row has the resume suspected', () => {
    const mute: Timed[] = [dial, { type: 'opened' }, cut];
    const first: Timed[] = [...paths.ready, cut];
    expect(after(...first, ...mute)).toMatchObject({ attempt: 2, connectionId: 'c' });
    expect(after(...first, ...mute, ...mute)).toMatchObject({ attempt: 3, connectionId: '' });
    // Sockets that do not even open say nothing about it.
    expect(after(...first, dial, cut, dial, cut, dial, cut)).toMatchObject({ attempt: 4, connectionId: 'c' });
  });
});
