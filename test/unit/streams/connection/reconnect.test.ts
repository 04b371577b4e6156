import { VirtualTimeScheduler } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ValidationError } from '../../../../src/models/errors.js';
import type { MachineEffect } from '../../../../src/streams/connection/machine-state.js';
import { durationOf, settingsOf, type GatewayOptions } from '../../../../src/streams/connection/options.js';
import { planRetry, retryDelayMs } from '../../../../src/streams/connection/reconnect.js';

afterEach(() => vi.unstubAllGlobals());

describe('the wait after a failure', () => {
  it('is short the first time, after a cut long enough for the server to see it', () => {
    expect(retryDelayMs(1, false, 0, {})).toBe(0);
    expect(retryDelayMs(1, false, 1, {})).toBe(25);
    expect(retryDelayMs(1, true, 0, {})).toBe(25);
    expect(retryDelayMs(1, true, 1, {})).toBe(50);
  });

  it('then doubles from 500 ms to 30 s, with full jitter, but is not too short for the server after a cut', () => {
    expect([2, 3, 4, 5, 8, 9, 50].map((attempt) => retryDelayMs(attempt, true, 1, {}))).toEqual([
      500, 1_000, 2_000, 4_000, 30_000, 30_000, 30_000,
    ]);
    expect(retryDelayMs(2, true, 0.5, {})).toBe(250);
    expect(retryDelayMs(2, true, 0, {})).toBe(25);
    expect(retryDelayMs(2, false, 0, {})).toBe(0);
    expect(retryDelayMs(9, false, 1, { baseMs: 10, capMs: 100 })).toBe(100);
    expect(retryDelayMs(2, false, 1, { baseMs: 10, capMs: 100 })).toBe(10);
  });

  const effect: MachineEffect<'retry'> = {
    type: 'retry',
    reason: 'network',
    attempt: 3,
    abrupt: false,
    suspect: undefined,
  };
  it('is shown, and begins when it is subscribed', () => {
    const scheduler = new VirtualTimeScheduler();
    Object.defineProperty(scheduler, 'now', { value: () => scheduler.frame + 70 });
    const { status, over$ } = planRetry(effect, { baseMs: 10 }, () => 0.5, scheduler);
    expect(status).toEqual({ status: 'waiting', attempt: 3, retryAtMs: 80, reason: 'network' });
    expect(scheduler.actions).toEqual([]);
    const seen: unknown[] = [];
    over$.subscribe({ next: () => seen.push(scheduler.frame), complete: () => seen.push('done') });
    scheduler.flush();
    expect(seen).toEqual([10, 'done']);
  });

  it.each([
    [{}, 30_000],
    [{ capMs: 400 }, 400],
  ])('without a network is the longest (%j)', (options, longest) => {
    vi.stubGlobal('navigator', { onLine: false });
    vi.stubGlobal('addEventListener', () => undefined);
    vi.stubGlobal('removeEventListener', () => undefined);
    const scheduler = new VirtualTimeScheduler();
    const { status, over$ } = planRetry(effect, options, () => 0, scheduler);
    expect(status).toEqual({ status: 'offline' });
    over$.subscribe();
    scheduler.flush();
    expect(scheduler.frame).toBe(longest);
  });
});

describe('the settings', () => {
  const given = { url: 'https://chat.example.com' } as GatewayOptions;

  it('are these when nothing is said', () => {
    expect(settingsOf(given)).toMatchObject({
      url: 'wss://chat.example.com/api/v4/websocket',
      times: { heartbeatMs: 25_000, connectTimeoutMs: 10_000, resetAfterMs: 500 },
      requestTimeoutMs: 10_000,
      idleCloseMs: 5_000,
      reconnect: {},
      random: Math.random,
    });
    expect(settingsOf({ ...given, url: 'http://x/sub' }).url).toBe('ws://x/sub/api/v4/websocket');
  });

  it('are what was said', () => {
    const said = { heartbeatMs: 1, connectTimeoutMs: 2, requestTimeoutMs: 3, idleCloseMs: Infinity };
    const reconnect = { resetAfterMs: 4 };
    expect(settingsOf({ ...given, ...said, reconnect })).toMatchObject({
      times: { heartbeatMs: 1, connectTimeoutMs: 2, resetAfterMs: 4 },
      requestTimeoutMs: 3,
      idleCloseMs: Infinity,
      reconnect,
    });
  });

  it.each(['heartbeatMs', 'connectTimeoutMs', 'requestTimeoutMs'])('have no %s of 0', (name) => {
    const message = `${name}: must be a number of milliseconds above 0 and below 2^31`;
    expect(() => settingsOf({ ...given, [name]: 0 })).toThrow(new ValidationError(name, message.split(': ')[1]!));
  });

  it('have durations that a timer can wait', () => {
    expect(durationOf({ ms: 2 ** 31 - 1 }, 'ms', 1)).toBe(2 ** 31 - 1);
    expect(durationOf({ ms: undefined }, 'ms', 1)).toBe(1);
    expect(() => durationOf({ ms: 2 ** 31 }, 'ms', 1)).toThrow(
      'ms: must be a number of milliseconds above 0 and below 2^31',
    );
  });
});
