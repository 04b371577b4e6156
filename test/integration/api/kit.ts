import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { undiciTransport } from '#transport';
import { crossFetchTransport } from '../../../src/api/http/transports/cross-fetch.js';
import { fetchTransport } from '../../../src/api/http/transports/fetch.js';
import type { Transport } from '../../../src/api/http/types.js';

// Bun puts its own `undici` and `node-fetch` in the place of both; there the platform's fetch is the transport.
export const transports: [string, () => Transport][] = [
  ['native fetch', () => fetchTransport()],
  ...('Bun' in globalThis
    ? []
    : ([
        ['undici', () => undiciTransport()],
        ['cross-fetch', () => crossFetchTransport()],
      ] satisfies [string, () => Transport][])),
];

/** What reached the server. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Handler = (request: IncomingMessage, answer: ServerResponse, received: Received) => void;

/** A server of plain HTTP on the loopback. */
export interface Peer {
  readonly url: string;
  readonly received: Received[];
  /** Connections that are open. */
  readonly sockets: ReadonlySet<Socket>;
  /** Connections that were ever opened. */
  connections(): number;
  /** Answers once the whole request is there. */
  handle(handler: Handler): void;
  /** Answers when the head of the request is there. */
  handleHead(handler: (request: IncomingMessage, answer: ServerResponse) => void): void;
  close(): Promise<void>;
}

export async function startPeer(): Promise<Peer> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let opened = 0;
  let onHead: (request: IncomingMessage, answer: ServerResponse) => void;
  const server: Server = createServer((request, answer) => onHead(request, answer));
  server.on('connection', (socket) => {
    opened++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const handle = (handler: Handler): void => {
    onHead = (request, answer) => {
      const chunks: Buffer[] = [];
      request.on('error', () => undefined);
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const one = {
          method: request.method!,
          url: request.url!,
          headers: request.headers,
          body: Buffer.concat(chunks),
        };
        received.push(one);
        handler(request, answer, one);
      });
    };
  };
  handle((_, answer) => answer.end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    sockets,
    connections: () => opened,
    handle,
    handleHead: (handler) => {
      onHead = handler;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Waits until a condition holds, looking again each turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
