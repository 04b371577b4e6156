import { play } from './lib/match.js';
import { named, speedRatio } from './lib/rounds.js';
import { atMost, type Row } from './lib/table.js';
import { frameAlone, frameAndPost, unheard, wsAlone } from './matches/receive.js';

/** Bursts of `posted` frames, half of them in each byte shape: events that are listened to, and events that nobody listens to. */
export async function benchReceive(quick: boolean): Promise<Row[]> {
  const length = quick ? { rounds: 1, warmUps: 1, operations: 1000 } : { rounds: 31, warmUps: 4, operations: 10_000 };
  return [...(await heardRows(length)), ...(await unheardRows(length))];
}

type Length = Parameters<typeof play>[2];

async function heardRows(length: Length): Promise<Row[]> {
  const measured = await play('receive.ts', 'heard', length);
  const ours = measured.at(-1)!;
  const cost = (base: string): number => 1 / speedRatio(ours, named(measured, base));
  const ratio = `${cost(frameAlone).toFixed(2)} × ${frameAlone}; ${cost(frameAndPost).toFixed(2)} × with the post parsed`;
  return measured.map((row) => ({
    group: 'receive an event',
    what: row.name,
    value: `${row.medianUs.toFixed(2)} µs`,
    ...(row === ours && { ratio, goal: atMost(cost(frameAndPost), 1.2, '× with the post parsed') }),
  }));
}

async function unheardRows(length: Length): Promise<Row[]> {
  const measured = await play('receive.ts', 'unheard', length);
  const cost = 1 / speedRatio(named(measured, unheard), named(measured, wsAlone));
  return measured.map((row) => ({
    group: 'receive an event that nobody listens to',
    what: row.name,
    value: `${row.medianUs.toFixed(2)} µs`,
    ...(row.name === unheard && { ratio: `${cost.toFixed(2)} × ${wsAlone}`, goal: atMost(cost, 2, '×') }),
  }));
}
