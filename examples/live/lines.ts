import { describeConnection, describeEvent, describeSession } from './describe.js';
import type { Dated, Happening } from './happenings.js';
import type { Names } from './names.js';
import { oneLine } from './text.js';

/** A happening in words that are safe to print: what it was, in which channel, who did it. */
export interface Line {
  readonly kind: Happening['kind'];
  readonly atMs: number;
  readonly label: string;
  readonly where: string;
  readonly who: string;
  readonly text: string;
}

/** States that last a moment: only the status line shows them. */
const passing: ReadonlySet<string> = new Set(['idle', 'connecting', 'authenticating']);

/** Puts a happening into words; `undefined` for what is not worth a line. */
export function toLine(happening: Dated, names: Names): Line | undefined {
  const { kind, atMs } = happening;
  const line = (label: string, text: string, who = '', where = ''): Line => ({
    kind,
    atMs,
    label: oneLine(label),
    text: oneLine(text),
    who: oneLine(who),
    where: oneLine(where),
  });
  switch (kind) {
    case 'event': {
      const { event } = happening;
      // The typing stream has these, and their ends.
      if (event.event === 'typing') return undefined;
      const { userId, text } = describeEvent(event);
      return line(event.event, text, names.user(userId), names.channel(event.channelId));
    }
    case 'typing': {
      const { typing, userId, channelId, rootId } = happening.change;
      const text = `${typing ? 'is typing' : 'has stopped'}${rootId ? ' in a thread' : ''}`;
      return line('typing', text, names.user(userId), names.channel(channelId));
    }
    case 'connection': {
      const { state } = happening;
      return passing.has(state.status) ? undefined : line(state.status, describeConnection(state));
    }
    case 'session':
      return line(happening.change.type, describeSession(happening.change), happening.who);
    case 'latency':
      return undefined;
    case 'gap':
      return line('gap', `something may have been missed: ${happening.gap.reason}`);
    case 'note':
      return line('', happening.text);
  }
}
