import { Agent, get } from 'node:http';
import mattermost from '@mattermost/client';
import crossFetch from 'cross-fetch';
import { createClient } from 'matterstream';
import { crossFetchTransport, fetchTransport } from 'matterstream/api';
import { Agent as UndiciAgent, request } from 'undici';
import { startPeer } from './lib/child.js';
import { interleave, speedRatio, type Contender } from './lib/rounds.js';
import type { Row } from './lib/table.js';

const token = 'benchbenchbenchbenchbench2';

/** More ids than requests in flight, so that no two equal ones meet: equal ones would share one request. */
const userIds = Array.from({ length: 256 }, (_, n) => `bench${String(n).padStart(21, '0')}`);

type ReadUser = (userId: string) => Promise<unknown>;

/** Reads a user `operations` times, `width` at once. */
async function inFlight(width: number, operations: number, call: ReadUser): Promise<void> {
  let left = operations;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await call(userIds[left & 255]!);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** Reading one user of about 1 kB, one at a time and 32 at a time, through every client. */
export async function benchRest(quick: boolean): Promise<Row[]> {
  const peer = await startPeer('rest-peer.mjs');
  const origin = `http://127.0.0.1:${peer.port}`;
  const url = (userId: string): string => `${origin}/api/v4/users/${userId}`;
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const auth = { token };
  const byDefault = createClient({ url: origin, auth });
  const byCross = createClient({ url: origin, auth, transport: crossFetchTransport() });
  const byFetch = createClient({ url: origin, auth, transport: fetchTransport() });
  const official = new mattermost.Client4();
  official.setUrl(origin);
  official.setToken(token);
  const agent = new Agent({ keepAlive: true });
  const dispatcher = new UndiciAgent();
  const nodeGet: ReadUser = (userId) =>
    new Promise((resolve, reject) => {
      get(url(userId), { agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(JSON.parse(text)));
      }).on('error', reject);
    });
  const calls: readonly (readonly [string, ReadUser])[] = [
    ['undici.request', async (id) => (await request(url(id), { headers, dispatcher })).body.json()],
    ['node:http', nodeGet],
    ['native fetch', async (id) => (await fetch(url(id), { headers })).json() as Promise<unknown>],
    ['cross-fetch', async (id) => (await crossFetch(url(id), { headers })).json() as Promise<unknown>],
    ['@mattermost/client', (id) => official.getUser(id)],
    ['matterstream', async (id) => byDefault.users.getUser(id)],
    ['matterstream over native fetch', async (id) => byFetch.users.getUser(id)],
    ['matterstream over cross-fetch', async (id) => byCross.users.getUser(id)],
  ];
  const rows: Row[] = [];
  for (const width of [1, 32]) {
    const contenders: Contender[] = calls.map(([name, call]) => ({
      name,
      run: (operations) => inFlight(width, operations, call),
    }));
    const operations = width === 1 ? 800 : 4000;
    const measured = await interleave(contenders, quick ? 1 : 7, quick ? 100 : operations);
    const by = (name: string) => measured.find((m) => m.name === name)!;
    const group = `REST GET, ${width} in flight`;
    const ratioTo = (name: string, base: string) => `${speedRatio(by(name), by(base)).toFixed(2)} × ${base}`;
    for (const { name, medianUs } of measured) {
      const value = `${Math.round(1e6 / medianUs).toLocaleString('en')}/s`;
      const wide = width === 32;
      if (name === 'matterstream') {
        rows.push({
          group,
          what: name,
          value,
          ratio: ratioTo(name, 'undici.request'),
          ...(wide && { target: '≥ 0.8' }),
        });
        rows.push({
          group,
          what: name,
          value,
          ratio: ratioTo(name, '@mattermost/client'),
          ...(wide && { target: '≥ 2.3' }),
        });
      } else if (name.endsWith('native fetch') && name !== 'native fetch') {
        rows.push({ group, what: name, value, ratio: ratioTo(name, 'native fetch') });
      } else if (name.endsWith('over cross-fetch')) {
        rows.push({ group, what: name, value, ratio: ratioTo(name, 'cross-fetch'), ...(wide && { target: '≥ 0.9' }) });
      } else rows.push({ group, what: name, value });
    }
  }
  byDefault.close();
  byCross.close();
  byFetch.close();
  agent.destroy();
  await dispatcher.close();
  await peer.stop();
  return rows;
}
