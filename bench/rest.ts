import { play } from './lib/match.js';
import { speedRatio } from './lib/rounds.js';
import type { Row } from './lib/table.js';

/** Each match, whom ours is held against in it, and the least ratio with 32 in flight. */
const comparisons = [
  ['platform', 'undici.request', '≥ 0.8'],
  ['official', '@mattermost/client', '≥ 2.3'],
  ['fetch', 'native fetch', undefined],
  ['cross-fetch', 'cross-fetch', '≥ 0.9'],
] as const;

/** Reading one user of about 1 kB, one at a time and 32 at a time, through every client. */
export async function benchRest(quick: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  for (const width of [1, 32]) {
    const length = quick
      ? { rounds: 1, warmUps: 1, operations: 100 }
      : { rounds: 41, warmUps: 8, operations: width === 1 ? 400 : 1200 };
    for (const [match, against, target] of comparisons) {
      const measured = await play('rest.ts', `${match}, ${width}`, length);
      const base = measured.find(({ name }) => name === against)!;
      const ours = measured.at(-1)!;
      for (const row of measured) {
        rows.push({
          group: `REST GET, ${width} in flight`,
          what: row.name,
          value: `${Math.round(1e6 / row.medianUs).toLocaleString('en')}/s`,
          ...(row === ours && { ratio: `${speedRatio(ours, base).toFixed(2)} × ${against}` }),
          ...(row === ours && target && width === 32 && { target }),
        });
      }
    }
  }
  return rows;
}
