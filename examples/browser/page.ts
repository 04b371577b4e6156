import { readFile } from 'node:fs/promises';
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The files of the page on one origin with a Mattermost, as a reverse proxy in front of both has it. */
export interface Page {
  readonly port: number;
  /** Port of the Mattermost on this machine: what is asked under `/api/` goes there. */
  forwardTo(port: number): void;
  close(): Promise<void>;
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Bundles and serves the page; 0 is any free port. */
export async function servePage(port: number): Promise<Page> {
  const bundle = await build({
    entryPoints: [here('main.ts')],
    bundle: true,
    // The sources of this repository instead of its build; a project that has installed the package leaves this out.
    conditions: ['matterstream-source'],
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
  });
  const files = new Map([
    ['/', { type: 'text/html; charset=utf-8', content: await readFile(here('index.html')) }],
    ['/style.css', { type: 'text/css; charset=utf-8', content: await readFile(here('style.css')) }],
    ['/main.js', { type: 'text/javascript; charset=utf-8', content: bundle.outputFiles[0]?.contents }],
  ]);
  let behind = 0;

  const server = createServer((incoming, answer) => {
    const path = incoming.url?.split('?', 1)[0] ?? '';
    if (path.startsWith('/api/')) {
      forward(incoming, answer, behind);
      return;
    }
    const file = files.get(path);
    answer.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain', 'cache-control': 'no-store' });
    answer.end(file?.content ?? 'not found');
  });
  const upgraded = forwardUpgrades(server, () => behind);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    forwardTo: (to) => (behind = to),
    close: () =>
      new Promise((resolve) => {
        for (const socket of upgraded) socket.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The `Host` header stays as it came: Mattermost compares the origin of a page with it. */
function forward(incoming: IncomingMessage, answer: ServerResponse, port: number): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(answer);
  });
  onward.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
  answer.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

/** Passes WebSockets on as they are; returns those that are open. */
function forwardUpgrades(server: Server, port: () => number): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const onward = connect(port(), '127.0.0.1');
    const tie = (one: Duplex, other: Duplex): void => {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    };
    tie(socket, onward);
    tie(onward, socket);
    const { method, url, rawHeaders } = incoming;
    const headers = rawHeaders.map((text, at) => (at % 2 ? `${text}\r\n` : `${text}: `)).join('');
    onward.write(`${method} ${url} HTTP/1.1\r\n${headers}\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  return open;
}
