import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { limits } from '../hub/connection.js';
import type { SocketPort } from '../hub/connection.js';
import type { CoreRequest, CoreResponse } from '../http.js';
import type { Line, Served } from './line.js';
import type { Listen } from './sockets.js';

/** Bytes that a peer may leave untaken before the hub begins to queue: about what the kernel holds for it. */
const highWater = 64 * 1024;

/** The server on `node:http` and `ws`. */
export const listen: Listen = async (line, { port, host }) => {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // What is larger gets close code 1009 (protocol §1.6).
    maxPayload: limits.inbound,
    // No subprotocol is ever chosen (protocol §1.1).
    handleProtocols: () => false,
  });
  const server = createServer({ maxHeaderSize: 1 << 20, keepAliveTimeout: 60_000, requestTimeout: 300_000 });
  server.on('request', (incoming, outgoing) => void serve(line, incoming, outgoing));
  server.on('upgrade', (incoming, stream, head) => {
    stream.on('error', () => stream.destroy());
    const request = toRequest(incoming, new Uint8Array());
    const answer = (response: CoreResponse | null) => (response ? refuseUpgrade(stream, response) : stream.destroy());
    if (!isHandshake(incoming)) {
      line.exchange(request, answer);
      return;
    }
    const accept = line.upgrade(request);
    if (typeof accept !== 'function') answer(accept);
    else sockets.handleUpgrade(incoming, stream, head, (socket) => attach(socket, stream, accept));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Whether the library would take it; the server has its own answer to others (protocol §1.1). */
const isHandshake = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' &&
  headers.upgrade?.toLowerCase() === 'websocket' &&
  /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '') &&
  headers['sec-websocket-version'] === '13';

/** Smaller bodies are not worth compressing (protocol §6.7). */
const gzipFrom = 1_400;

function toRequest(incoming: IncomingMessage, body: Uint8Array): CoreRequest {
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string | undefined] => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return {
    method: incoming.method ?? 'GET',
    target: incoming.url ?? '/',
    headers: Object.fromEntries(headers),
    body,
    address: incoming.socket.remoteAddress ?? '',
    secure: false,
  };
}

async function serve(line: Line, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
  } catch {
    // The peer went away in the middle of its request: nobody is left to answer.
    return;
  }
  const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  const cancel = line.exchange(toRequest(incoming, body), (response) => {
    if (!response) {
      incoming.socket.destroy();
      return;
    }
    const plain = typeof response.body === 'string' ? Buffer.from(response.body) : response.body;
    const zipped =
      plain.length >= gzipFrom && /\bgzip\b/.test(incoming.headers['accept-encoding'] ?? '') && !incoming.headers.range;
    const bytes = zipped ? gzipSync(plain) : plain;
    outgoing.writeHead(response.status, {
      ...(response.headers as Record<string, string | string[]>),
      ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
      ...(response.status === 304 ? {} : { 'Content-Length': bytes.length }),
    });
    outgoing.end(bytes);
  });
  outgoing.once('close', cancel);
}

function refuseUpgrade(stream: Duplex, { status, headers, body }: CoreResponse): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  stream.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n${lines.join('')}\r\n${String(body)}`);
}

/** Puts a socket to use: the two ends tell each other what happens. */
function attach(socket: WebSocket, stream: Duplex, accept: (port: SocketPort) => Served): void {
  const port: SocketPort = {
    get writable() {
      return stream.writableLength < highWater;
    },
    send(text) {
      socket.send(text);
      if (stream.writableLength >= highWater) served.onStall();
    },
    ping: () => socket.ping(),
    close: (code) => socket.close(code),
    terminate: () => socket.terminate(),
  };
  const served = accept(port);
  stream.on('drain', () => served.onDrain());
  socket.on('pong', () => served.onPong());
  socket.on('message', (data: Buffer, binary) => served.onMessage(data.toString('utf8'), data.length, binary));
  socket.on('error', () => socket.terminate());
  socket.on('close', () => served.onClose());
}
