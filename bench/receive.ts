import { contenders } from './contenders/receive.js';
import { startAlone } from './lib/alone.js';
import { interleave, speedRatio, type Measured } from './lib/rounds.js';
import type { Row } from './lib/table.js';

/** Receiving bursts of `posted` frames, half of them in each byte shape. */
export async function benchReceive(quick: boolean): Promise<Row[]> {
  const receivers = await Promise.all(Object.keys(contenders).map((name) => startAlone('receive.ts', name)));
  const measured = await interleave(receivers, quick ? 1 : 15, quick ? 1000 : 20_000);
  await Promise.all(receivers.map(({ stop }) => stop()));
  const [frame, frameAndPost, , ours] = measured;
  const cost = (base: Measured): string => `${(1 / speedRatio(ours!, base)).toFixed(2)} ×`;
  return measured.map((row) => ({
    group: 'receive an event',
    what: row.name,
    value: `${row.medianUs.toFixed(2)} µs`,
    ...(row === ours && {
      ratio: `${cost(frame!)} ws + JSON.parse; ${cost(frameAndPost!)} with the post parsed`,
      target: '≤ 1.2 ×',
    }),
  }));
}
