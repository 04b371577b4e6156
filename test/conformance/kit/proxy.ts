import { createServer, request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * A network between the client and the server that a test can break. It speaks HTTP and asks the server under its own name,
 * so that a server behind TLS or a virtual host answers as ever.
 */
export interface Proxy {
  /** Base URL that stands for the one of the server, sub-path included. */
  readonly url: string;
  /** Upgrades that went through so far. */
  readonly upgrades: number;
  /** Ends every open socket at once. With `deaf` the server's side stays open, as after a network that went away silently. */
  cut(options?: { readonly deaf?: boolean }): void;
  /** Stops every byte of the open sockets, both ways, without closing anything. */
  stall(): void;
  /** Breaks the next request whose body, or answer, is longer than this, at that byte; the server sees it break too. */
  breakAfter(bytes: number): void;
  /** Requests and answers broken so far. */
  readonly broken: number;
  /** While refusing, new connections end without an answer. */
  refuse(refusing: boolean): void;
  close(): Promise<void>;
}

export async function createProxy(serverUrl: string): Promise<Proxy> {
  const target = new URL(serverUrl);
  const secure = target.protocol === 'https:';
  const ask = secure ? requestHttps : requestHttp;
  /** Open WebSockets: the client's end and the server's. */
  const links = new Map<Duplex, Duplex>();
  const clients = new Set<Socket>();
  const abandoned = new Set<Duplex>();
  let refusing = false;
  let upgrades = 0;
  let breakAt = Infinity;
  let broken = 0;
  /** Counts what a stream carries, and breaks both ends where it was told to. */
  const watch = (stream: IncomingMessage, ends: readonly { destroy(): unknown }[]): void => {
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= breakAt) return;
      breakAt = Infinity;
      broken++;
      for (const end of ends) end.destroy();
    });
  };

  const forward = (incoming: IncomingMessage): RequestOptions => ({
    host: target.hostname,
    port: target.port || (secure ? 443 : 80),
    method: incoming.method,
    path: incoming.url,
    headers: { ...incoming.headers, host: target.host },
    agent: false,
  });

  const server = createServer((incoming, answer) => {
    const outgoing = ask(forward(incoming), (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
      watch(reply, [answer, reply]);
      reply.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    watch(incoming, [incoming, outgoing]);
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
    const outgoing = ask(forward(incoming));
    outgoing.on('error', () => client.destroy());
    client.on('error', () => undefined);
    outgoing.on('response', (reply) => {
      client.write(headOf(reply));
      reply.pipe(client);
    });
    outgoing.on('upgrade', (reply, upstream, upstreamHead) => {
      upgrades++;
      upstream.setNoDelay(true);
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
    cut({ deaf = false } = {}) {
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
    stall() {
      for (const [client, upstream] of links) {
        client.unpipe(upstream);
        upstream.unpipe(client);
        client.pause();
        upstream.pause();
      }
    },
    breakAfter(bytes) {
      breakAt = bytes;
    },
    get broken() {
      return broken;
    },
    refuse(value) {
      refusing = value;
      if (refusing) for (const socket of clients) if (!links.has(socket)) socket.destroy();
    },
    async close() {
      for (const upstream of [...links.values(), ...abandoned]) upstream.destroy();
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
