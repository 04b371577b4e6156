import type { Broadcast, EventFrame, ReplyFrame } from './frames.js';
import { parseJson } from './parse-json.js';

/** An event of which no more is known than routing needs. {@link frameOf} reads the rest. */
export interface EventHead {
  readonly kind: 'event';
  readonly event: string;
  readonly seq: number;
  /** The frame: its text, or what a full parse made of it. */
  readonly source: string | EventFrame;
}

/** What a text frame turned out to be; `undefined` is for one that is none of the server's (protocol §1.4). */
export type Peeked = EventHead | { readonly kind: 'reply'; readonly reply: ReplyFrame } | undefined;

/** Head and tail in the two byte shapes of protocol §1.4. Longer numbers would not be exact. */
const head = /^\{"event": ?"([^"\\]+)", ?"data":/;
const tail = /\}, ?"seq": ?(\d{1,15})\}\n?$/;
/** No tail is longer, and no more of the text is looked at. */
const tailLength = 32;

/**
 * Recognises a text frame. Events in the two byte shapes of protocol §1.4 are known by their head and tail, and their `data` stays
 * unread; any other frame is parsed whole.
 */
export function peek(text: string): Peeked {
  return peekEvent(text) ?? readWhole(text);
}

function peekEvent(text: string): EventHead | undefined {
  const event = head.exec(text)?.[1];
  const seq = event && tail.exec(text.slice(-tailLength))?.[1];
  return seq ? { kind: 'event', event, seq: Number(seq), source: text } : undefined;
}

function readWhole(text: string): Peeked {
  const frame = parseJson(text) as Record<string, unknown> | null | undefined;
  if (typeof frame !== 'object' || !frame) return undefined;
  const { event, seq, status, data } = frame;
  if (typeof event === 'string' && event && Number.isSafeInteger(seq)) {
    const source = { ...frame, data: isObject(data) ? data : {} } as unknown as EventFrame;
    return { kind: 'event', event, seq: seq as number, source };
  }
  if (status !== 'OK' && (status !== 'FAIL' || !isObject(frame['error']))) return undefined;
  return { kind: 'reply', reply: frame as unknown as ReplyFrame };
}

/**
 * The channel or team that the event is addressed to, read from the tail of the frame; empty if there is none, or if only {@link frameOf}
 * can tell.
 */
export function addresseeOf({ source }: EventHead, key: 'channel_id' | 'team_id'): string {
  if (typeof source !== 'string') {
    const broadcast = source.broadcast as Partial<Broadcast> | null | undefined;
    return broadcast?.[key] ?? '';
  }
  // No string can hold these characters, as its quotes would be escaped.
  const from = source.lastIndexOf('"broadcast":');
  if (from < 0) return '';
  // No space follows a colon here, in either shape, and no id needs an escape.
  const start = source.indexOf(`"${key}":"`, from) + key.length + 4;
  return start > from ? source.slice(start, source.indexOf('"', start)) : '';
}

/** The whole frame; `undefined` if it is no JSON. */
export function frameOf({ source }: EventHead): EventFrame | undefined {
  if (typeof source !== 'string') return source;
  const frame = parseJson(source) as EventFrame | undefined;
  return frame && isObject(frame.data) ? frame : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
