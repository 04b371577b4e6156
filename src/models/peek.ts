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

// Codes of characters; one by one, since bundlers keep a list that is taken apart.
const newline = 10;
const space = 32;
const zero = 48;
const nine = 57;
const brace = 125;
/** Longer numbers would not be exact. */
const maxDigits = 15;

/**
 * Recognises a text frame. Events in the two byte shapes of protocol §1.4 are known by their head and tail, and their `data` stays
 * unread; any other frame is parsed whole.
 */
export function peek(text: string): Peeked {
  return peekEvent(text) ?? readWhole(text);
}

/** By hand, since two regular expressions would take as long as a tenth of parsing the frame. */
function peekEvent(text: string): EventHead | undefined {
  if (!text.startsWith('{"event":')) return undefined;
  const start = skipSpace(text, 9) + 1;
  const end = text.indexOf('"', start);
  const isHead = text[start - 1] === '"' && end > start && text.startsWith('"data":', skipSpace(text, end + 2));
  if (!isHead || text[end + 1] !== ',') return undefined;
  const event = text.slice(start, end);
  const seq = event.includes('\\') ? -1 : seqOf(text);
  return seq < 0 ? undefined : { kind: 'event', event, seq, source: text };
}

/** The number at the end of `…}, "seq": 7}`; -1 if the text ends otherwise. */
function seqOf(text: string): number {
  let at = text.length - 1;
  if (text.charCodeAt(at) === newline) at--;
  if (text.charCodeAt(at) !== brace) return -1;
  const end = at;
  while (isDigit(text.charCodeAt(at - 1)) && end - at < maxDigits) at--;
  const from = at;
  if (text.charCodeAt(at - 1) === space) at--;
  if (from === end || !text.endsWith('"seq":', at)) return -1;
  at -= 6;
  if (text.charCodeAt(at - 1) === space) at--;
  return text.endsWith('},', at) ? Number(text.slice(from, end)) : -1;
}

const isDigit = (code: number): boolean => code >= zero && code <= nine;
const skipSpace = (text: string, at: number): number => (text.charCodeAt(at) === space ? at + 1 : at);

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
