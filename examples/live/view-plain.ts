import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import type { Line } from './lines.js';
import type { Told } from './story.js';
import { clock } from './text.js';

/** Prints one line for each happening: for pipes, logs and terminals without tricks. */
export function viewPlain(out: NodeJS.WritableStream): MonoTypeOperatorFunction<Told> {
  return tap(({ line }) => {
    if (line) out.write(`${plainLine(line)}\n`);
  });
}

export function plainLine({ kind, atMs, label, where, who, text }: Line): string {
  const subject = kind === 'event' ? label : kind === 'typing' || kind === 'note' ? '' : label;
  return [clock(atMs), kind.padEnd(10), subject, where, who, text].filter(Boolean).join(' ');
}
