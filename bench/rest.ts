import { play } from './lib/match.js';
import { median, named, quantile, speedRatio, type Measured } from './lib/rounds.js';
import { atLeast, atMost, type Row } from './lib/table.js';

/** Each match, the client that ours is compared with in it, and the least ratio with 32 in flight. */
const comparisons = [
  ['platform', 'undici.request', 1.2],
  ['official', '@mattermost/client', 3.5],
  ['fetch', 'native fetch', undefined],
  ['cross-fetch', 'cross-fetch', 0.8],
] as const;

const ourName = 'matterstream';
const others = ['undici.request', '@mattermost/client'];

/** Reading users of about 1 kB through every client. */
export async function benchRest(quick: boolean): Promise<Row[]> {
  return [
    ...(await throughput(1, quick)),
    ...(await throughput(32, quick)),
    ...(await latency(quick)),
    ...(await thousand('identical', quick)),
    ...(await thousand('distinct', quick)),
  ];
}

async function throughput(width: 1 | 32, quick: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  const length = quick
    ? { rounds: 1, warmUps: 1, operations: 100 }
    : { rounds: 41, warmUps: 8, operations: width === 1 ? 400 : 1200 };
  for (const [match, against, bound] of comparisons) {
    const measured = await play('rest.ts', `${match}, ${width}`, length);
    const ours = measured.at(-1)!;
    const ratio = speedRatio(ours, named(measured, against));
    for (const row of measured) {
      rows.push({
        group: `REST GET, ${width} in flight`,
        what: row.name,
        value: `${Math.round(1e6 / row.medianUs).toLocaleString('en')}/s`,
        ...(row === ours && { ratio: `${ratio.toFixed(2)} × ${against}` }),
        ...(row === ours && bound && width === 32 && { goal: atLeast(ratio, bound, '×') }),
      });
    }
  }
  return rows;
}

/** The slowest hundredth of calls, one call at a time. */
async function latency(quick: boolean): Promise<Row[]> {
  const length = quick ? { rounds: 100, warmUps: 10 } : { rounds: 10_000, warmUps: 2000 };
  const measured = await play('rest.ts', 'latency', { ...length, operations: 1 });
  const p99 = ({ roundsUs }: Measured): number => quantile(roundsUs, 0.99);
  const ours = p99(named(measured, ourName));
  return measured.map((row) => ({
    group: 'latency of a call, 99 of 100 are below',
    what: row.name,
    value: `${p99(row).toFixed(0)} µs (median ${median(row.roundsUs).toFixed(0)})`,
    ...(row.name === ourName && {
      ratio: others.map((name) => `${(ours / p99(named(measured, name))).toFixed(2)} × ${name}`).join('; '),
      goal: atMost(ours / p99(named(measured, 'undici.request')), 1.2, '× undici.request'),
    }),
  }));
}

/** How many times faster than `undici.request`. Identical calls share one request. */
const thousandGoals = { identical: 2, distinct: 1 } as const;

/** A thousand calls that are all made at once, and the sockets that they take. */
async function thousand(match: 'identical' | 'distinct', quick: boolean): Promise<Row[]> {
  const operations = 1000;
  const measured = await play('rest.ts', match, { rounds: quick ? 1 : 31, warmUps: quick ? 1 : 5, operations });
  const ours = named(measured, ourName);
  return measured.map((row) => ({
    group: `1,000 ${match} GETs at once`,
    what: row.name,
    value: `${((row.medianUs * operations) / 1000).toFixed(1)} ms, ${row.sockets} socket${row.sockets === 1 ? '' : 's'}`,
    ...(row === ours && {
      ratio: others.map((name) => `${speedRatio(ours, named(measured, name)).toFixed(2)} × ${name}`).join('; '),
      goal: atLeast(speedRatio(ours, named(measured, 'undici.request')), thousandGoals[match], '× undici.request'),
    }),
  }));
}
