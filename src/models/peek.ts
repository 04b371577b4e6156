import type { Broadcast, EventFrame, ReplyFrame } from './frames.js';
import { parseJson } from './parse-json.js';

/** An event of which no more is known than routing needs. {@link frameOf} reads the rest. */
export interface EventHead {
  readonly kind: 'event';
  readonly event: string;
  readonly seq: number;
  /** The frame: its text, or what a full parse made of it. */
  readonly source: string | EventFrame;
  /** Where the text of the broadcast object begins. */
  readonly from: number;
}

/** What a text frame turned out to be; `undefined` is for one that is none of the server's (protocol §1.4). */
export type Peeked = EventHead | { readonly kind: 'reply'; readonly reply: ReplyFrame } | undefined;

const head = '{"event":';
const digit = (code: number): boolean => code > 47 && code < 58;

/**
 * Recognises a text frame. Events in the two byte shapes of protocol §1.4 are known by their head and tail, and their `data` stays
 * unread; any other frame is parsed whole.
 */
export function peek(text: string): Peeked {
  return peekEvent(text) ?? readWhole(text);
}

function peekEvent(text: string): EventHead | undefined {
  if (!text.startsWith(head)) return undefined;
  const name = text.charCodeAt(9) === 32 ? 11 : 10;
  const nameEnd = text.indexOf('"', name);
  if (text.charCodeAt(name - 1) !== 34 || nameEnd <= name) return undefined;
  const event = text.slice(name, nameEnd);
  if (event.includes('\\')) return undefined;
  if (!text.startsWith(',"data":', nameEnd + 1) && !text.startsWith(', "data":', nameEnd + 1)) return undefined;

  let last = text.length - 1;
  if (text.charCodeAt(last) === 10) last--;
  if (text.charCodeAt(last) !== 125) return undefined;
  let seqAt = last;
  while (digit(text.charCodeAt(seqAt - 1))) seqAt--;
  // Longer numbers would not be exact.
  if (seqAt === last || last - seqAt > 15) return undefined;
  const spaced = text.charCodeAt(seqAt - 1) === 32;
  const to = seqAt - (spaced ? 9 : 7);
  if (!text.startsWith(spaced ? ', "seq": ' : ',"seq":', to)) return undefined;
  // No string can hold these characters, as its quotes would be escaped.
  const key = text.lastIndexOf('"broadcast":', to);
  if (key < nameEnd) return undefined;
  return { kind: 'event', event, seq: Number(text.slice(seqAt, last)), source: text, from: key + 12 };
}

function readWhole(text: string): Peeked {
  const frame = parseJson(text) as Record<string, unknown> | null | undefined;
  if (typeof frame !== 'object' || !frame) return undefined;
  const { event, seq, status, data } = frame;
  if (typeof event === 'string' && event && Number.isSafeInteger(seq)) {
    const source = { ...frame, data: isObject(data) ? data : {} } as unknown as EventFrame;
    return { kind: 'event', event, seq: seq as number, source, from: 0 };
  }
  if (status !== 'OK' && (status !== 'FAIL' || !isObject(frame['error']))) return undefined;
  return { kind: 'reply', reply: frame as unknown as ReplyFrame };
}

/**
 * The channel or team that the event is addressed to, read from the tail of the frame; empty if there is none, or if only {@link frameOf}
 * can tell.
 */
export function addresseeOf({ source, from }: EventHead, key: 'channel_id' | 'team_id'): string {
  if (typeof source !== 'string') {
    const broadcast = source.broadcast as Partial<Broadcast> | null | undefined;
    return broadcast?.[key] ?? '';
  }
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
