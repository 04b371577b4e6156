import { asyncScheduler, VirtualTimeScheduler } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAlarm } from '../../../../src/streams/connection/alarm.js';
import { createHolders } from '../../../../src/streams/connection/holders.js';

afterEach(() => void vi.useRealTimers());

function clock() {
  const scheduler = new VirtualTimeScheduler(undefined, 0);
  Object.defineProperty(scheduler, 'now', { value: () => scheduler.frame });
  const advance = (ms: number): void => {
    scheduler.maxFrames = scheduler.frame + ms;
    scheduler.schedule(() => undefined, ms);
    scheduler.flush();
  };
  return { scheduler, advance };
}

describe('the alarm', () => {
  const alarmed = () => {
    const { scheduler, advance } = clock();
    const rings: number[] = [];
    const alarm = createAlarm(scheduler, () => rings.push(scheduler.frame));
    return { scheduler, advance, rings, alarm };
  };

  it('rings once, at its time', () => {
    const { alarm, advance, rings } = alarmed();
    advance(5);
    alarm.set(20);
    advance(100);
    expect(rings).toEqual([20]);
  });

  it('set to another time rings at that one alone, and never if it is set to Infinity', () => {
    const { alarm, advance, rings, scheduler } = alarmed();
    alarm.set(20);
    alarm.set(30);
    advance(25);
    expect(rings).toEqual([]);
    advance(25);
    expect(rings).toEqual([30]);
    alarm.set(70);
    alarm.set(Infinity);
    expect(scheduler.actions).toEqual([]);
    advance(100);
    expect(rings).toEqual([30]);
  });

  it('keeps its timer when it is set to the same time', () => {
    const { alarm, scheduler } = alarmed();
    alarm.set(20);
    const [timer] = scheduler.actions;
    alarm.set(20);
    expect(scheduler.actions).toEqual([timer]);
  });

  it('can be set to the time at which it has just rung, which is now', () => {
    const { alarm, advance, rings } = alarmed();
    alarm.set(20);
    advance(20);
    alarm.set(20);
    advance(1);
    expect(rings).toEqual([20, 20]);
  });

  it('set to Infinity keeps no timer of the platform, which would ring at once', () => {
    vi.useFakeTimers();
    const alarm = createAlarm(asyncScheduler, () => undefined);
    alarm.set(Date.now() + 20);
    expect(vi.getTimerCount()).toBe(1);
    alarm.set(Infinity);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('set to Infinity first and then to a time rings', () => {
    const { alarm, advance, rings } = alarmed();
    alarm.set(Infinity);
    alarm.set(10);
    advance(10);
    expect(rings).toEqual([10]);
  });
});

describe('holders', () => {
  const held = (idleCloseMs: number) => {
    const { scheduler, advance } = clock();
    const unheld: number[] = [];
    const holders = createHolders(idleCloseMs, scheduler, () => unheld.push(scheduler.frame));
    return { scheduler, advance, unheld, holders };
  };

  it('are counted, each once', () => {
    const { holders } = held(10);
    const release = holders.take();
    const second = holders.take();
    expect(holders.count).toBe(2);
    release();
    release();
    expect(holders.count).toBe(1);
    second();
    expect(holders.count).toBe(0);
  });

  it('that are all gone are reported when the time is over, unless another comes', () => {
    const { holders, advance, unheld } = held(10);
    holders.take()();
    advance(9);
    const release = holders.take();
    advance(50);
    expect(unheld).toEqual([]);
    release();
    advance(10);
    expect(unheld).toEqual([69]);
  });

  it('of a socket that stays open for ever start no wait', () => {
    vi.useFakeTimers();
    const holders = createHolders(Infinity, asyncScheduler, () => undefined);
    holders.take()();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('start no wait, and end the one that runs, once they are stopped', () => {
    const { holders, scheduler } = held(10);
    const release = holders.take();
    holders.take();
    release();
    expect(scheduler.actions).toEqual([]);
    const other = held(10);
    const late = other.holders.take();
    other.holders.stop();
    late();
    expect(other.scheduler.actions).toEqual([]);
    const waiting = held(10);
    waiting.holders.take()();
    expect(waiting.scheduler.actions).toHaveLength(1);
    waiting.holders.stop();
    expect(waiting.scheduler.actions).toEqual([]);
  });
});
