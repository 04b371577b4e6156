import { Agent, get } from 'node:http';
import mattermost from '@mattermost/client';
import crossFetch from 'cross-fetch';
import { createClient, type ClientOptions } from 'matterstream';
import { crossFetchTransport, fetchTransport } from 'matterstream/api';
import { Agent as UndiciAgent, request } from 'undici';
import { startPeer } from '../lib/child.js';
import type { Matches } from '../lib/match.js';
import type { Contender } from '../lib/rounds.js';

const token = 'benchbenchbenchbenchbench2';
const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };

/** More ids than requests in flight: equal requests in flight at the same time would share one. */
const userIds = Array.from({ length: 1000 }, (_, n) => `bench${String(n).padStart(21, '0')}`);

/** Reads one user, of about 1 kB. */
type ReadUser = (userId: string) => Promise<unknown>;
type Url = (userId: string) => string;

function nodeHttp(url: Url): ReadUser {
  const agent = new Agent({ keepAlive: true });
  return (userId) =>
    new Promise((resolve, reject) => {
      get(url(userId), { agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(JSON.parse(text)));
      }).on('error', reject);
    });
}

function undici(url: Url): ReadUser {
  const dispatcher = new UndiciAgent();
  return async (userId) => (await request(url(userId), { headers, dispatcher })).body.json();
}

function official(_: Url, origin: string): ReadUser {
  const client = new mattermost.Client4();
  client.setUrl(origin);
  client.setToken(token);
  return (userId) => client.getUser(userId);
}

const ours =
  (options: Partial<ClientOptions> = {}) =>
  (_: Url, origin: string): ReadUser => {
    const client = createClient({ url: origin, auth: { token }, ...options });
    return async (userId) => client.users.getUser(userId);
  };

const readers: Readonly<Record<string, (url: Url, origin: string) => ReadUser>> = {
  'undici.request': undici,
  'node:http': nodeHttp,
  'native fetch': (url) => async (userId) => (await fetch(url(userId), { headers })).json() as Promise<unknown>,
  'cross-fetch': (url) => async (userId) => (await crossFetch(url(userId), { headers })).json() as Promise<unknown>,
  '@mattermost/client': official,
  matterstream: ours(),
  'matterstream over native fetch': ours({ transport: fetchTransport() }),
  'matterstream over cross-fetch': ours({ transport: crossFetchTransport() }),
};

/** Reads users `operations` times, `width` at once. */
async function inFlight(width: number, operations: number, read: ReadUser): Promise<void> {
  let left = operations;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await read(userIds[left & 511]!);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** Reads a thousand users at once: one and the same, or each another. */
async function allAtOnce(operations: number, isSame: boolean, read: ReadUser): Promise<void> {
  await Promise.all(Array.from({ length: operations }, (_, n) => read(userIds[isSame ? 0 : n]!)));
}

/** A client, with a server of its own, which counts its sockets. */
async function contender(name: string, run: (read: ReadUser, operations: number) => Promise<void>): Promise<Contender> {
  const peer = await startPeer('rest-peer.mjs');
  const origin = `http://127.0.0.1:${peer.port}`;
  const read = readers[name]!((userId) => `${origin}/api/v4/users/${userId}`, origin);
  return {
    name,
    run: (operations) => run(read, operations),
    sockets: async () => Number(await peer.ask({ sockets: true })),
  };
}

const atOnce = ['undici.request', '@mattermost/client', 'matterstream'];

/** Which clients each of ours is compared with. */
const teams: Readonly<Record<string, readonly string[]>> = {
  platform: ['undici.request', 'node:http', 'matterstream'],
  official: ['@mattermost/client', 'matterstream'],
  fetch: ['native fetch', 'matterstream over native fetch'],
  'cross-fetch': ['cross-fetch', 'matterstream over cross-fetch'],
};

/** Each team with 1 and with 32 in flight, as in `fetch, 32`. */
const teamMatches = [1, 32].flatMap((width) =>
  Object.entries(teams).map(([team, names]): [string, Matches[string]] => [
    `${team}, ${width}`,
    async () => {
      const { port } = await startPeer('rest-peer.mjs');
      const origin = `http://127.0.0.1:${port}`;
      return names.map((name) => {
        const read = readers[name]!((userId) => `${origin}/api/v4/users/${userId}`, origin);
        return { name, run: (operations) => inFlight(width, operations, read) };
      });
    },
  ]),
);

export const matches: Matches = {
  ...Object.fromEntries(teamMatches),
  latency: () =>
    Promise.all(atOnce.map((name) => contender(name, (read, operations) => inFlight(1, operations, read)))),
  identical: () =>
    Promise.all(atOnce.map((name) => contender(name, (read, operations) => allAtOnce(operations, true, read)))),
  distinct: () =>
    Promise.all(atOnce.map((name) => contender(name, (read, operations) => allAtOnce(operations, false, read)))),
};
