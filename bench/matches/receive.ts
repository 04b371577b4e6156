import mattermost from '@mattermost/client';
import { createClient } from 'matterstream';
import { WebSocket } from 'ws';
import { startPeer } from '../lib/child.js';
import type { Matches } from '../lib/match.js';
import type { Contender } from '../lib/rounds.js';

const token = 'benchbenchbenchbenchbench2';

/** Opens a socket, and calls `frame` for each frame after the greeting; resolves once the greeting has come. */
type Connect = (url: string, frame: () => void) => Promise<void>;

const socketUrl = (url: string): string => `${url.replace('http', 'ws')}/api/v4/websocket`;

/** A bare `ws` that hands the text of every event to `take`. */
const raw =
  (take: (text: string) => void): Connect =>
  (url, frame) =>
    new Promise((resolve) => {
      const socket = new WebSocket(socketUrl(url), { perMessageDeflate: false });
      // The first frame is `hello`.
      socket.once('message', () => {
        socket.on('message', (bytes: Buffer) => {
          take(bytes.toString());
          frame();
        });
        resolve();
      });
    });

const official: Connect = (url, frame) =>
  new Promise((resolve) => {
    // The official client reads `WebSocket.OPEN` and the like from the global class, which Node 20 lacks.
    Object.assign(globalThis, { WebSocket });
    const newWebSocketFn = (address: string) => new WebSocket(address) as unknown as globalThis.WebSocket;
    const client = new mattermost.WebSocketClient({ newWebSocketFn });
    client.addMissedMessageListener(() => {});
    client.addMessageListener(({ event }) => ((event as string) === 'hello' ? resolve() : frame()));
    client.initialize(socketUrl(url), token);
  });

const ours: Connect = (url, frame) =>
  new Promise((resolve) => {
    const client = createClient({ url, auth: { token } });
    client.events.all$.subscribe(frame);
    client.connection.open().subscribe(({ status }) => {
      if (status === 'ready') resolve();
    });
  });

/** A `ws` that looks at nothing. `frame` is called for the last frame of a burst, which is known by its length. */
const rawUnread: Connect = (url, frame) =>
  new Promise((resolve) => {
    const socket = new WebSocket(socketUrl(url), { perMessageDeflate: false });
    socket.once('message', () => {
      socket.on('message', (bytes: Buffer) => {
        if (bytes.length < shortest) frame();
      });
      resolve();
    });
  });

/** A client that listens to one event of each burst, its last, and to no other. */
const oursUnheard: Connect = (url, frame) =>
  new Promise((resolve) => {
    const client = createClient({ url, auth: { token } });
    client.events.on('status_change').subscribe(frame);
    client.connection.open().subscribe(({ status }) => {
      if (status === 'ready') resolve();
    });
  });

/** Bytes that every `posted` frame has, and no `status_change`. */
const shortest = 500;

/** Plays bursts; each is done once `frame` was called for all of its frames, or, where only its last one is heard, once. */
async function bursts(name: string, connect: Connect, { lastOnly = false } = {}): Promise<Contender> {
  const peer = await startPeer('event-peer.mjs');
  let left = 0;
  let done = (): void => {};
  await connect(`http://127.0.0.1:${peer.port}`, () => {
    if (--left === 0) done();
  });
  return {
    name,
    prepare: async (operations) => {
      await peer.ask({ prepare: operations, last: lastOnly });
    },
    run: (operations) =>
      new Promise((resolve) => {
        left = lastOnly ? 1 : operations;
        done = resolve;
        peer.send({ burst: true });
      }),
  };
}

export const frameAlone = 'ws + JSON.parse';
export const frameAndPost = 'ws + JSON.parse of the frame and its post';

const connects: Readonly<Record<string, Connect>> = {
  [frameAlone]: raw((text) => void JSON.parse(text)),
  [frameAndPost]: raw((text) => {
    const { data } = JSON.parse(text) as { data: { post: string } };
    JSON.parse(data.post);
  }),
  '@mattermost/client': official,
  'matterstream, events decoded': ours,
};

export const wsAlone = 'ws';
export const unheard = 'matterstream, nobody listens';

export const matches: Matches = {
  unheard: async () => [
    await bursts(wsAlone, rawUnread, { lastOnly: true }),
    await bursts(unheard, oursUnheard, { lastOnly: true }),
  ],
  heard: async () => {
    const contenders: Contender[] = [];
    // One after the other: the official client puts a `WebSocket` into the globals.
    for (const [name, connect] of Object.entries(connects)) contenders.push(await bursts(name, connect));
    return contenders;
  },
};
