import { vi } from 'vitest';
import type { HttpRequest } from '../../../../src/api/http/types.js';

/** A request as a transport gets it. */
export function requestOf(facts: Partial<HttpRequest> = {}): HttpRequest {
  return {
    operation: { id: 'getUser', method: 'GET', path: '/users/{user_id}' },
    method: 'GET',
    url: 'http://mm.test/api/v4/users/me',
    headers: {},
    body: undefined,
    replayable: true,
    read: 'text',
    progress: false,
    credentials: 'omit',
    options: {},
    timeoutMs: 1000,
    endsAtMs: 1000,
    attemptTimeoutMs: 1000,
    meter: { attempts: 1, firstAtMs: 0 },
    ...facts,
  };
}

/** A stream of these chunks. */
export const streamOf = (...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

/** Waits until a condition holds, three seconds at most. */
export const until = (condition: () => boolean): Promise<true> =>
  vi.waitUntil(condition, { interval: 1, timeout: 3000 });
