import type { Broadcast, EventFrame, ReplyFrame } from './frames.js';
import { parseJson } from './parse-json.js';

/** What the routing of an event needs. {@link frameOf} reads the rest. */
export interface EventHead {
  readonly kind: 'event';
  readonly event: string;
  readonly seq: number;
  /** The text of the frame, or the frame itself where it had to be parsed. */
  readonly source: string | EventFrame;
}

/** What a text frame is; `undefined` if it is not from a server (protocol §1.4). */
export type Peeked = EventHead | { readonly kind: 'reply'; readonly reply: ReplyFrame } | undefined;

/** Head and tail in the two layouts of protocol §1.4. A longer number would not be exact. */
const head = /^\{"event": ?"([^"\\]+)", ?"data":/;
const tail = /\}, ?"seq": ?(\d{1,15})\}\n?$/;
/** The longest tail that matches: only this much of the text is searched. */
const tailLength = 32;

/**
 * Recognises a text frame. Events in the two layouts of protocol §1.4 are recognised by their head and tail, without parsing `data`; any
 * other frame is parsed as a whole. Pure.
 */
export function peek(text: string): Peeked {
  return peekEvent(text) ?? parseWhole(text);
}

function peekEvent(text: string): EventHead | undefined {
  const event = head.exec(text)?.[1];
  const seq = event && tail.exec(text.slice(-tailLength))?.[1];
  return seq ? { kind: 'event', event, seq: Number(seq), source: text } : undefined;
}

function parseWhole(text: string): Peeked {
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
 * The channel or team that the event is addressed to, read from the tail of the frame; empty if there is none, or if it takes
 * {@link frameOf} to know. Pure.
 */
export function addresseeOf({ source }: EventHead, key: 'channel_id' | 'team_id'): string {
  if (typeof source !== 'string') {
    const broadcast = source.broadcast as Partial<Broadcast> | null | undefined;
    return broadcast?.[key] ?? '';
  }
  // Inside a JSON string the quotes would be escaped, so this is the member.
  const from = source.lastIndexOf('"broadcast":');
  if (from < 0) return '';
  // In both layouts no space follows a colon here, and no id has an escape.
  const start = source.indexOf(`"${key}":"`, from) + key.length + 4;
  return start > from ? source.slice(start, source.indexOf('"', start)) : '';
}

/** The whole frame; `undefined` if it is no valid JSON. Pure. */
export function frameOf({ source }: EventHead): EventFrame | undefined {
  if (typeof source !== 'string') return source;
  const frame = parseJson(source) as EventFrame | undefined;
  return frame && isObject(frame.data) ? frame : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
