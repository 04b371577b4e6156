import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Contender, Length, Measured } from './rounds.js';

/** Which contenders are compared, by the name of the match. What files in `bench/matches` export. */
export type Matches = Readonly<Record<string, () => Promise<readonly Contender[]>>>;

/**
 * Plays a match of `bench/matches/<file>` in a process of its own, so that its compiled code is not shaped by other matches.
 */
export async function play(file: string, name: string, length: Length): Promise<Measured[]> {
  const child = fork(fileURLToPath(new URL('match-child.ts', import.meta.url)), [file, name, JSON.stringify(length)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [measured] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${file}, ${name}: ended with ${code} before its result`);
    }),
  ])) as [Measured[]];
  child.kill();
  return measured;
}
