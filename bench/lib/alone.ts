import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Contender } from './rounds.js';

/** A contender in a process of its own, as a program has one client: what one makes of shared code does not slow down the next. */
export interface Alone extends Contender {
  prepare(operations: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts `name` of `bench/contenders/<file>`. */
export async function startAlone(file: string, name: string): Promise<Alone> {
  const child = fork(fileURLToPath(new URL('alone-child.ts', import.meta.url)), [file, name], {
    execArgv: ['--import', 'tsx', '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let waiting: (failure: string) => void = () => {};
  child.on('message', (failure: string) => waiting(failure));
  child.on('exit', () => waiting('has ended'));
  const answer = (): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting = (failure) => (failure ? reject(new Error(`${file}, ${name}: ${failure}`)) : resolve());
    });
  const ask = (what: 'prepare' | 'run', operations: number): Promise<void> => {
    child.send({ what, operations });
    return answer();
  };
  await answer();
  return {
    name,
    prepare: (operations) => ask('prepare', operations),
    run: (operations) => ask('run', operations),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
