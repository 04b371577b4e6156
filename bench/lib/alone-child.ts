// The process of one contender. Says an empty text when it is ready, and after each thing that it was told to do; else what went wrong.
import type { Contender } from './rounds.js';

/** What files in `bench/contenders` export: how to make each contender. */
export type Contenders = Readonly<Record<string, () => Promise<Omit<Contender, 'name'>>>>;

const [file, name] = process.argv.slice(2);
const { contenders } = (await import(`../contenders/${file}`)) as { contenders: Contenders };
const contender = await contenders[name!]!();

interface Order {
  readonly what: 'prepare' | 'run';
  readonly operations: number;
}

async function obey({ what, operations }: Order): Promise<void> {
  await contender[what]?.(operations);
  if (what === 'prepare') globalThis.gc?.();
}

process.on('message', (order: Order) => {
  obey(order).then(
    () => process.send!(''),
    (error: unknown) => process.send!(String(error)),
  );
});
process.on('disconnect', () => process.exit());
process.send!('');
