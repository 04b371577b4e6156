import mattermost from '@mattermost/client';
import { createClient } from 'matterstream';
import { WebSocket } from 'ws';
import { startPeer, type Peer } from './lib/child.js';
import { interleave, speedRatio, type Contender } from './lib/rounds.js';
import type { Row } from './lib/table.js';

/** A listener that is connected, and counts down the frames of a burst. */
interface Listener {
  readonly contender: Contender;
  stop(): void;
}

type Connect = (url: string, frame: () => void) => Promise<() => void>;

/** Opens one listener on a peer of its own, so that a burst reaches nobody else. */
async function listener(name: string, peer: Peer, connect: Connect): Promise<Listener> {
  let left = 0;
  let done = (): void => {};
  const stop = await connect(`http://127.0.0.1:${peer.port}`, () => {
    if (--left === 0) done();
  });
  return {
    contender: {
      name,
      prepare: (operations) => peer.ask({ prepare: operations }),
      run: (operations) =>
        new Promise((resolve) => {
          left = operations;
          done = resolve;
          peer.send({ burst: true });
        }),
    },
    stop: () => {
      stop();
      void peer.stop();
    },
  };
}

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
        resolve(() => socket.close());
      });
    });

const matterstream =
  (listen: (client: ReturnType<typeof createClient>, frame: () => void) => void): Connect =>
  (url, frame) =>
    new Promise((resolve) => {
      const client = createClient({ url, auth: { token: 'benchbenchbenchbenchbench2' } });
      listen(client, frame);
      client.connection.open().subscribe(({ status }) => {
        if (status === 'ready') resolve(() => client.close());
      });
    });

const official: Connect = (url, frame) =>
  new Promise((resolve) => {
    // It reads the states of the class from the platform, which Node 20 has none on.
    Object.assign(globalThis, { WebSocket });
    const newWebSocketFn = (address: string) => new WebSocket(address) as unknown as globalThis.WebSocket;
    const client = new mattermost.WebSocketClient({ newWebSocketFn });
    client.addMissedMessageListener(() => {});
    client.addMessageListener(({ event }) => ((event as string) === 'hello' ? resolve(() => client.close()) : frame()));
    client.initialize(socketUrl(url), 'benchbenchbenchbenchbench2');
  });

/** Receiving bursts of `posted` frames, half of them in each byte shape. */
export async function benchReceive(quick: boolean): Promise<Row[]> {
  const connects: readonly (readonly [string, Connect])[] = [
    ['ws + JSON.parse', raw((text) => void JSON.parse(text))],
    [
      'ws + JSON.parse of the frame and its post',
      raw((text) => {
        const { data } = JSON.parse(text) as { data: { post: string } };
        JSON.parse(data.post);
      }),
    ],
    ['@mattermost/client', official],
    ['matterstream, events decoded', matterstream((client, frame) => void client.events.all$.subscribe(frame))],
  ];
  const listeners: Listener[] = [];
  for (const [name, connect] of connects) {
    listeners.push(await listener(name, await startPeer('event-peer.mjs'), connect));
  }
  const measured = await interleave(
    listeners.map((l) => l.contender),
    quick ? 1 : 9,
    quick ? 1000 : 20_000,
  );
  for (const { stop } of listeners) stop();
  const [frame, frameAndPost, , ours] = measured;
  const cost = (base: (typeof measured)[number]): string => `${(1 / speedRatio(ours!, base)).toFixed(2)} ×`;
  return measured.map((row) => ({
    group: 'receive an event',
    what: row.name,
    value: `${row.medianUs.toFixed(2)} µs`,
    ...(row === ours && {
      ratio: `${cost(frame!)} ws + JSON.parse; ${cost(frameAndPost!)} with the post parsed`,
      target: '≤ 1.2 ×',
    }),
  }));
}
