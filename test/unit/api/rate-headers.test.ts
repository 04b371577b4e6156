import { describe, expect, it } from 'vitest';
import { readRate, type RateFacts } from '../../../src/api/http/rate-headers.js';

const read = (headers: Record<string, string>): RateFacts => readRate(new Headers(headers));
const nothing: RateFacts = { remaining: undefined, retryAfterMs: undefined, spacingMs: undefined };

describe('rate headers', () => {
  it('say nothing when they are missing or are not whole numbers', () => {
    expect(read({})).toEqual(nothing);
    for (const value of ['', 'x', '-5', '1.5', '5x', 'x5', '5 6']) {
      const headers = { remaining: value, limit: value, reset: value };
      const named = Object.fromEntries(Object.entries(headers).map(([name, one]) => [`x-ratelimit-${name}`, one]));
      expect(read({ ...named, 'retry-after': value })).toEqual(nothing);
    }
  });

  it('that are joined count with the smallest limit and remaining and the largest reset', () => {
    const headers = { 'x-ratelimit-remaining': '5, 3', 'x-ratelimit-limit': '50,100', 'x-ratelimit-reset': ' 10 , 20' };
    expect(read(headers)).toEqual({ remaining: 3, retryAfterMs: 20_000, spacingMs: 400 });
    expect(read({ 'x-ratelimit-remaining': '0' }).remaining).toBe(0);
  });

  it('give the spacing of a full bucket if limit and reset are known', () => {
    expect(read({ 'x-ratelimit-limit': '10', 'x-ratelimit-reset': '5' }).spacingMs).toBe(500);
    expect(read({ 'x-ratelimit-limit': '0', 'x-ratelimit-reset': '5' }).spacingMs).toBe(5000);
    expect(read({ 'x-ratelimit-limit': '10', 'x-ratelimit-reset': '0' }).spacingMs).toBe(0);
    expect(read({ 'x-ratelimit-limit': '10' }).spacingMs).toBeUndefined();
    expect(read({ 'x-ratelimit-reset': '5' }).spacingMs).toBeUndefined();
  });

  it('name the wait by Retry-After, in seconds or as a date, before the reset', () => {
    const reset = { 'x-ratelimit-reset': '60' };
    expect(read({ ...reset, 'retry-after': '3, 4' }).retryAfterMs).toBe(4000);
    expect(read({ ...reset, 'retry-after': '0' }).retryAfterMs).toBe(0);
    const date = 'Mon, 23 Nov 2026 18:35:40 GMT';
    const later = { ...reset, 'retry-after': 'Mon, 23 Nov 2026 18:35:43 GMT' };
    expect(read({ ...later, date }).retryAfterMs).toBe(3000);
    expect(read({ ...later, date: 'Mon, 23 Nov 2026 18:35:50 GMT' }).retryAfterMs).toBe(0);
    expect(read(later).retryAfterMs).toBe(60_000);
  });
});
