import { createServer, request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * A network between the client and the server that a test can break. It works on the level of HTTP and sends the server its own host name,
 * so that a server behind TLS or a virtual host answers as usual.
 */
export interface Proxy {
  /** Base URL to use instead of the server's, including the sub-path. */
  readonly url: string;
  /** Number of successful upgrades so far. */
  readonly upgrades: number;
  /** Ends every open socket at once. With `deaf` the server's side stays open, as after a silent loss of the network. */
  cut(options?: { readonly deaf?: boolean }): void;
  /** Stops all bytes of the open sockets in both directions, without closing them. */
  stall(): void;
  /** Cuts the connection of the next request or answer whose body is longer than this, at that byte, on both sides. */
  breakAfter(bytes: number): void;
  /** Number of cut requests and answers so far. */
  readonly broken: number;
  /** While `refusing` is true, new connections end without an answer. */
  refuse(refusing: boolean): void;
  close(): Promise<void>;
}

/** The open WebSockets: the client's end and the server's. */
function createLinks() {
  const links = new Map<Duplex, Duplex>();
  /** Ends of the server that stay open without a client. */
  const abandoned = new Set<Duplex>();
  return {
    has: (client: Duplex): boolean => links.has(client),
    join(client: Duplex, upstream: Duplex): void {
      upstream.on('error', () => undefined);
      links.set(client, upstream);
      client.on('close', () => {
        links.delete(client);
        if (!abandoned.has(upstream)) upstream.destroy();
      });
      upstream.on('close', () => {
        abandoned.delete(upstream);
        client.destroy();
      });
    },
    cut(deaf: boolean): void {
      for (const [client, upstream] of links) {
        if (deaf) {
          abandoned.add(upstream);
          upstream.unpipe(client);
          client.unpipe(upstream);
        } else {
          upstream.destroy();
        }
        client.destroy();
      }
    },
    stall(): void {
      for (const [client, upstream] of links) {
        client.unpipe(upstream);
        upstream.unpipe(client);
        client.pause();
        upstream.pause();
      }
    },
    close(): void {
      for (const upstream of [...links.values(), ...abandoned]) upstream.destroy();
    },
  };
}

/** Counts the bytes of streams and cuts both ends of one at a given byte. */
function createBreaker() {
  const breaker = {
    at: Infinity,
    broken: 0,
    watch(stream: IncomingMessage, ends: readonly { destroy(): unknown }[]): void {
      let bytes = 0;
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= breaker.at) return;
        breaker.at = Infinity;
        breaker.broken++;
        for (const end of ends) end.destroy();
      });
    },
  };
  return breaker;
}

/** Makes requests to the server like those that came in. */
function createAsk(target: URL) {
  const secure = target.protocol === 'https:';
  return (incoming: IncomingMessage, onReply?: (reply: IncomingMessage) => void): ClientRequest =>
    (secure ? requestHttps : requestHttp)(
      {
        host: target.hostname,
        port: target.port || (secure ? 443 : 80),
        method: incoming.method,
        path: incoming.url,
        headers: { ...incoming.headers, host: target.host },
        agent: false,
      },
      onReply,
    );
}

export async function createProxy(serverUrl: string): Promise<Proxy> {
  const target = new URL(serverUrl);
  const ask = createAsk(target);
  const links = createLinks();
  const breaker = createBreaker();
  const clients = new Set<Socket>();
  let refusing = false;
  let upgrades = 0;

  const server = createServer((incoming, answer) => {
    const outgoing = ask(incoming, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
      breaker.watch(reply, [answer, reply]);
      reply.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    breaker.watch(incoming, [incoming, outgoing]);
    incoming.pipe(outgoing);
  });

  server.on('connection', (socket) => {
    if (refusing) {
      socket.resetAndDestroy();
      return;
    }
    clients.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => clients.delete(socket)).on('error', () => undefined);
  });

  server.on('upgrade', (incoming, client, head) => {
    const outgoing = ask(incoming);
    outgoing.on('error', () => client.destroy());
    client.on('error', () => undefined);
    outgoing.on('response', (reply) => {
      client.write(headOf(reply));
      reply.pipe(client);
    });
    outgoing.on('upgrade', (reply, upstream, upstreamHead) => {
      upgrades++;
      upstream.setNoDelay(true);
      links.join(client, upstream);
      client.write(headOf(reply));
      client.write(upstreamHead);
      upstream.write(head);
      client.pipe(upstream);
      upstream.pipe(client);
    });
    outgoing.end();
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}${target.pathname.replace(/\/$/, '')}`,
    get upgrades() {
      return upgrades;
    },
    cut: ({ deaf = false } = {}) => links.cut(deaf),
    stall: () => links.stall(),
    breakAfter: (bytes) => void (breaker.at = bytes),
    get broken() {
      return breaker.broken;
    },
    refuse(value) {
      refusing = value;
      if (refusing) for (const socket of clients) if (!links.has(socket)) socket.destroy();
    },
    async close() {
      links.close();
      for (const socket of clients) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function headOf(reply: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${reply.statusCode} ${reply.statusMessage}`];
  for (let i = 0; i < reply.rawHeaders.length; i += 2) lines.push(`${reply.rawHeaders[i]}: ${reply.rawHeaders[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
