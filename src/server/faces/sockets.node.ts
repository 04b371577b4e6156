import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { limits } from '../hub/connection.js';
import type { SocketPort } from '../hub/connection.js';
import type { CoreRequest, CoreResponse } from '../base/http.js';
import type { Line, Served } from './line.js';
import type { Listen } from './sockets.js';

/** Bytes that may wait to be sent before the hub begins to queue: about the size of the kernel's buffer. */
const highWater = 64 * 1024;

/** The server on `node:http` and `ws`. */
export const listen: Listen = async (line, { port, host }) => {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // A larger message ends the socket with close code 1009 (protocol §1.6).
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
      line.handle(request, answer);
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

/** Whether `ws` would accept the handshake. For others the server has an answer of its own (protocol §1.1). */
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

/** Reads the body of a request up to its end, or up to where the peer or a fault ends the connection. */
async function readBody(
  incoming: IncomingMessage,
  cut: ReturnType<Line['cutOf']>,
): Promise<Pick<CoreRequest, 'body' | 'cutOff'>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.length;
      if (!cut || length <= cut.afterBytes) continue;
      cut.use();
      return { body: Buffer.concat(chunks).subarray(0, cut.afterBytes), cutOff: cut };
    }
  } catch {
    return { body: Buffer.concat(chunks), cutOff: { noticedAfterMs: 0 } };
  }
  return { body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) };
}

async function serve(line: Line, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  // The request may have no socket any more once its body has ended.
  const { socket } = incoming;
  const head = toRequest(incoming, new Uint8Array());
  const request = { ...head, ...(await readBody(incoming, line.cutOf(head))) };
  const cancel = line.handle(request, (response) => {
    if (!response || request.cutOff) {
      socket.destroy();
      return;
    }
    try {
      respond(line, request, response, outgoing);
    } catch {
      // The handler made headers that Node refuses.
      outgoing.writeHead(500).end();
    }
  });
  outgoing.once('close', cancel);
}

function respond(line: Line, { headers: asked }: CoreRequest, response: CoreResponse, outgoing: ServerResponse): void {
  const { status, cutAfter } = response;
  const plain = typeof response.body === 'string' ? Buffer.from(response.body) : response.body;
  // 5.37 compresses ranges, too (protocol §8.3).
  const zipped =
    plain.length >= gzipFrom && /\bgzip\b/.test(asked['accept-encoding'] ?? '') && !(asked['range'] && line.modern);
  const bytes = zipped ? gzipSync(plain) : plain;
  const { 'Accept-Ranges': ranges, ...headers } = response.headers as Record<string, string | string[]>;
  outgoing.writeHead(status, {
    ...headers,
    ...(ranges && !(zipped && line.modern) ? { 'Accept-Ranges': ranges } : {}),
    ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
    ...(status === 304 ? {} : { 'Content-Length': bytes.length }),
  });
  if (cutAfter === undefined) {
    outgoing.end(bytes);
    return;
  }
  outgoing.flushHeaders();
  outgoing.write(bytes.subarray(0, cutAfter), () => outgoing.destroy());
}

function refuseUpgrade(stream: Duplex, { status, headers, body }: CoreResponse): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  stream.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n${lines.join('')}\r\n${String(body)}`);
}

/** Connects a socket to the server. */
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
