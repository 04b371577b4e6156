/** How long a match is. */
export interface Length {
  readonly rounds: number;
  /** Rounds before these, which are not counted. */
  readonly warmUps: number;
  /** Operations of one contender in one round. */
  readonly operations: number;
}

/** One thing to measure: does `operations` units of work and resolves when they are done. */
export interface Contender {
  readonly name: string;
  /** Prepares these operations, outside of the measured time. */
  prepare?(operations: number): Promise<void>;
  run(operations: number): Promise<void>;
  /** The most sockets that it had open at once. */
  sockets?(): Promise<number>;
}

export interface Measured {
  readonly name: string;
  /** Median microseconds for one operation. */
  readonly medianUs: number;
  /** Microseconds for one operation, round by round, in the order of the rounds. */
  readonly roundsUs: readonly number[];
  readonly sockets?: number;
}

/** The value that the given fraction of the values does not exceed, such as 0.99. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * fraction) - 1)]!;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Runs the contenders in turn, A B C A B C …, so that a machine whose speed drifts hits all of them alike. The order rotates, so that each of
 * them follows each of the others.
 */
export async function interleave(
  contenders: readonly Contender[],
  { rounds, warmUps, operations }: Length,
): Promise<Measured[]> {
  const times = contenders.map((): number[] => []);
  for (let round = -warmUps; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (turn + round + warmUps) % contenders.length;
      await contenders[index]!.prepare?.(operations);
      const started = process.hrtime.bigint();
      await contenders[index]!.run(operations);
      const us = Number(process.hrtime.bigint() - started) / 1000 / operations;
      if (round >= 0) times[index]!.push(us);
    }
  }
  const measured: Measured[] = [];
  for (const [index, { name, sockets }] of contenders.entries()) {
    const roundsUs = times[index]!;
    measured.push({ name, medianUs: median(roundsUs), roundsUs, ...(sockets && { sockets: await sockets() }) });
  }
  return measured;
}

/** The one of this name. */
export function named(measured: readonly Measured[], name: string): Measured {
  const found = measured.find((one) => one.name === name);
  if (!found) throw new Error(`not measured: ${name}`);
  return found;
}

/** Median over the rounds of how many times faster `subject` was than `base`. */
export function speedRatio(subject: Measured, base: Measured): number {
  return median(subject.roundsUs.map((us, round) => base.roundsUs[round]! / us));
}

/** Median over the rounds of how many microseconds more `subject` took than `base`. */
export function medianDifferenceUs(subject: Measured, base: Measured): number {
  return median(subject.roundsUs.map((us, round) => us - base.roundsUs[round]!));
}
