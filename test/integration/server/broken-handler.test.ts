import { afterEach, describe, expect, it } from 'vitest';
import type { Area } from '../../../src/server/areas/area.js';
import { Core } from '../../../src/server/core.js';
import { createClock } from '../../../src/server/base/clock.js';
import { createLine } from '../../../src/server/faces/line.js';
import { createMemoryFace } from '../../../src/server/faces/memory.js';
import { listen } from '../../../src/server/faces/sockets.node.js';
import { createFaults } from '../../../src/server/faults/faults.js';
import { createSeeds } from '../../../src/server/seeds.js';
import { createWorld } from '../../../src/server/world.js';

const boom = (): never => {
  throw new Error('boom');
};

/** Parts of a server that do not work: one operation fails, one answers with what no head can hold, one action fails. */
const broken: Area = {
  handlers: {
    getPing: boom,
    getClientConfig: () => ({ status: 200, body: '', headers: { 'X-Odd': 'line\nbreak' } }),
  },
  actions: { user_typing: boom },
};

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function startBroken(over: 'sockets' | 'memory') {
  const clock = createClock();
  const world = createWorld({ version: '11.6', seed: 1, clock, config: {} });
  const faults = createFaults(world);
  const line = createLine(new Core(world, [broken]), faults);
  if (over === 'memory') {
    const { fetch } = createMemoryFace(line, clock);
    return { get: (path: string) => fetch(`http://server/api/v4${path}`), faults };
  }
  const face = await listen(line, { port: 0, host: '127.0.0.1' });
  closing.push(() => face.close());
  return { get: (path: string) => fetch(`${face.url}/api/v4${path}`), faults };
}

describe.each(['sockets', 'memory'] as const)('a handler that throws, over %s,', (over) => {
  it.each([0, 5])('is answered with 500 and its message, after %i ms', async (delayMs) => {
    const { get, faults } = await startBroken(over);
    faults.controls.slow(delayMs);
    const answer = await get('/system/ping');
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ id: 'embedded.handler.failed', message: 'boom', status_code: 500 });
  });

  it('or gives an answer that cannot be sent ends the request', async () => {
    const { get } = await startBroken(over);
    const outcome = await get('/config/client').then(
      ({ status }) => status,
      () => 'failed',
    );
    expect(outcome).toBe(over === 'sockets' ? 500 : 'failed');
  });
});

it('an action that throws is answered FAIL 500', () => {
  const world = createWorld({ version: '11.6', seed: 1, clock: createClock(), config: {} });
  const { token } = createSeeds(world).createUser({ username: 'alice' });
  const core = new Core(world, [broken]);
  const frames: string[] = [];
  const accept = core.connect({
    method: 'GET',
    target: '/api/v4/websocket',
    headers: { authorization: `Bearer ${token}` },
    body: new Uint8Array(),
    address: '127.0.0.1',
    secure: false,
  });
  if (typeof accept !== 'function') throw new Error('refused');
  const end = (): void => socket.onClose();
  const send = (text: string): void => void frames.push(text);
  const socket = accept({ writable: true, send, ping: () => undefined, close: end, terminate: end });
  socket.start();
  socket.onMessage('{"seq":1,"action":"user_typing"}', 32, false);
  world.clock.stop();
  expect(frames.at(-1)).toContain('"status":"FAIL","seq_reply":1,"error":{"id":"embedded.action.failed"');
});
