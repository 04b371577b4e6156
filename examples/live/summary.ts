import type { Story } from './story.js';

/** What the embedded run knows beyond what was seen: the truth to hold it against. */
export interface Ledger {
  /** Posts that the simulated people wrote, and those of them that the watcher never got. */
  readonly written: number;
  readonly lost: number;
}

/** The closing summary, line by line. Every figure is counted, none is known beforehand. */
export function summarize(story: Story, endedAtMs: number, ledger?: Ledger): string[] {
  const total = [...story.events.values()].reduce((sum, count) => sum + count, 0);
  const seconds = Math.max(1, (endedAtMs - story.startedAtMs) / 1000);
  const names = [...story.events].sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
  const outages = story.outagesMs.length;
  const rows: [string, string][] = [
    ['watched', `${seconds.toFixed(0)} s, ${total} events, ${(total / seconds).toFixed(1)} per second`],
    ...names.map(([name, count], index): [string, string] => [index ? '' : 'events', `${padCount(count)}  ${name}`]),
  ];
  if (ledger)
    rows.push(['posts', `${ledger.written} written, ${ledger.written - ledger.lost} seen, ${ledger.lost} lost`]);
  rows.push(
    [
      'connection',
      outages
        ? `lost ${times(outages)}, resumed without loss ${times(story.resumed)}, ready again after ${median(story.outagesMs)} ms (median)`
        : 'never lost',
    ],
    ['gaps', story.gaps ? `${story.gaps}: something may have been missed` : 'none'],
    [
      'sessions',
      story.sessionsEnded ? `${story.sessionsEnded} ended, ${story.sessionsRecovered} of them recovered` : 'none ended',
    ],
  );
  return rows.map(([label, value]) => `${label.padEnd(12)}${value}`);
}

const padCount = (count: number): string => String(count).padStart(5);

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return Math.round(sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2);
}
