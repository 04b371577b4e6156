import { nameOf, readerNames, widths } from './contenders/rest.js';
import { startAlone } from './lib/alone.js';
import { interleave, speedRatio, type Measured } from './lib/rounds.js';
import type { Row } from './lib/table.js';

/** What each of ours is held against: the name of the other, and the least ratio with 32 in flight. */
const comparisons: Readonly<Record<string, readonly (readonly [base: string, target: string | undefined])[]>> = {
  matterstream: [
    ['undici.request', '≥ 0.8'],
    ['@mattermost/client', '≥ 2.3'],
  ],
  'matterstream over native fetch': [['native fetch', undefined]],
  'matterstream over cross-fetch': [['cross-fetch', '≥ 0.9']],
};

/** Reading one user of about 1 kB, one at a time and 32 at a time, through every client. */
export async function benchRest(quick: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  for (const width of widths) {
    const group = `REST GET, ${width} in flight`;
    const readers = await Promise.all(readerNames.map((name) => startAlone('rest.ts', nameOf(name, width))));
    const measured = await interleave(readers, quick ? 1 : 15, quick ? 100 : width === 1 ? 800 : 4000);
    await Promise.all(readers.map(({ stop }) => stop()));
    const by = (name: string): Measured => measured.find((one) => one.name === nameOf(name, width))!;
    for (const what of readerNames) {
      const value = `${Math.round(1e6 / by(what).medianUs).toLocaleString('en')}/s`;
      const compared = comparisons[what];
      if (!compared) rows.push({ group, what, value });
      for (const [base, target] of compared ?? []) {
        const ratio = `${speedRatio(by(what), by(base)).toFixed(2)} × ${base}`;
        rows.push({ group, what, value, ratio, ...(width === 32 && target && { target }) });
      }
    }
  }
  return rows;
}
