import mattermost from '@mattermost/client';
import { createClient } from 'matterstream';
import { WebSocket } from 'ws';
import { startPeer } from '../lib/child.js';
import type { Matches } from '../lib/match.js';
import type { Contender } from '../lib/rounds.js';

const token = 'benchbenchbenchbenchbench2';

/** Opens a socket, and calls `frame` for each frame after the greeting; resolves once that is there. */
type Connect = (url: string, frame: () => void) => Promise<void>;

const socketUrl = (url: string): string => `${url.replace('http', 'ws')}/api/v4/websocket`;

/** A bare `ws` that hands every text of an event to `take`. */
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
    // It reads the states of the class from the platform, which Node 20 has none on.
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

/** Counts down the frames of a burst. */
async function receiver(name: string, connect: Connect): Promise<Contender> {
  const peer = await startPeer('event-peer.mjs');
  let left = 0;
  let done = (): void => {};
  await connect(`http://127.0.0.1:${peer.port}`, () => {
    if (--left === 0) done();
  });
  return {
    name,
    prepare: (operations) => peer.ask({ prepare: operations }),
    run: (operations) =>
      new Promise((resolve) => {
        left = operations;
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

export const matches: Matches = {
  all: async () => {
    const contenders: Contender[] = [];
    // One after the other: the official client puts a `WebSocket` into the globals.
    for (const [name, connect] of Object.entries(connects)) contenders.push(await receiver(name, connect));
    return contenders;
  },
};
