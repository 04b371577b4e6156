import { play } from './lib/match.js';
import { speedRatio } from './lib/rounds.js';
import type { Row } from './lib/table.js';
import { frameAlone, frameAndPost } from './matches/receive.js';

/** Receiving bursts of `posted` frames, half of them in each byte shape. */
export async function benchReceive(quick: boolean): Promise<Row[]> {
  const length = quick ? { rounds: 1, warmUps: 1, operations: 1000 } : { rounds: 31, warmUps: 4, operations: 10_000 };
  const measured = await play('receive.ts', 'all', length);
  const ours = measured.at(-1)!;
  const cost = (base: string): string =>
    `${(
      1 /
      speedRatio(
        ours,
        measured.find(({ name }) => name === base)!,
      )
    ).toFixed(2)} ×`;
  return measured.map((row) => ({
    group: 'receive an event',
    what: row.name,
    value: `${row.medianUs.toFixed(2)} µs`,
    ...(row === ours && {
      ratio: `${cost(frameAlone)} ${frameAlone}; ${cost(frameAndPost)} with the post parsed`,
      target: '≤ 1.2 ×',
    }),
  }));
}
