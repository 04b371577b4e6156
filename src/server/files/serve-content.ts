import { utf8Bytes } from '../base/text.js';
import type { Answer, CoreRequest } from '../base/http.js';

interface Range {
  readonly start: number;
  /** The first byte after the range. */
  readonly end: number;
}

/**
 * Answers with contents, or with the requested ranges of them, as Go's file server does (protocol §8.3).
 *
 * @param modifiedMs time of the last change. Without it, conditions of the request are ignored.
 */
export function serveContent(
  request: CoreRequest,
  bytes: Uint8Array,
  given: Readonly<Record<string, string>>,
  modifiedMs?: number,
): Answer {
  const modified = modifiedMs === undefined ? undefined : new Date(modifiedMs).toUTCString();
  const headers = { ...given, 'Accept-Ranges': 'bytes', ...(modified && { 'Last-Modified': modified }) };
  const { range, 'if-range': ifRange, 'if-modified-since': since } = request.headers;
  if (modified && since && Date.parse(since) >= Date.parse(modified)) {
    const { 'Content-Type': _, ...rest } = headers as Record<string, string>;
    return { status: 304, body: '', headers: rest };
  }
  const ranges =
    range === undefined || (ifRange !== undefined && ifRange !== modified) ? [] : parse(range, bytes.length);
  if (typeof ranges === 'string') return notSatisfiable(ranges, bytes.length);
  const asked = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  const [first] = ranges;
  // Ranges that add up to more than the file get the whole file once.
  if (!first || asked > bytes.length) return { status: 200, body: bytes, headers };
  if (ranges.length > 1) return byteRanges(ranges, bytes, headers);
  return {
    status: 206,
    body: bytes.subarray(first.start, first.end),
    headers: { ...headers, 'Content-Range': contentRange(first, bytes.length) },
  };
}

/** The ranges of a header; an empty list for the whole file; a text if the header is invalid. */
function parse(header: string, size: number): readonly Range[] | string {
  if (!header.startsWith('bytes=')) return 'invalid range';
  const ranges: Range[] = [];
  let outside = false;
  for (const text of header.slice('bytes='.length).split(',')) {
    if (text.trim() === '') continue;
    const [, from, to] = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(text) ?? [];
    if (from === undefined || to === undefined || (from === '' && to === '')) return 'invalid range';
    const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
    const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
    if (from !== '' && to !== '' && Number(to) < start) return 'invalid range';
    if (start >= size) outside = true;
    else ranges.push({ start, end });
  }
  // Any range of an empty file is the whole file.
  return outside && ranges.length === 0 && size > 0 ? 'invalid range: failed to overlap' : ranges;
}

const contentRange = ({ start, end }: Range, size: number): string => `bytes ${start}-${end - 1}/${size}`;

function notSatisfiable(text: string, size: number): Answer {
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(text === 'invalid range' ? {} : { 'Content-Range': `bytes */${size}` }),
  };
  return { status: 416, body: `${text}\n`, headers };
}

const boundary = 'embedded-byte-ranges';

function byteRanges(ranges: readonly Range[], bytes: Uint8Array, headers: Readonly<Record<string, string>>): Answer {
  const chunks = ranges.flatMap((range) => [
    utf8Bytes(
      `--${boundary}\r\nContent-Range: ${contentRange(range, bytes.length)}\r\nContent-Type: ${headers['Content-Type'] ?? ''}\r\n\r\n`,
    ),
    bytes.subarray(range.start, range.end),
    utf8Bytes('\r\n'),
  ]);
  return {
    status: 206,
    body: concat([...chunks, utf8Bytes(`--${boundary}--\r\n`)]),
    headers: { ...headers, 'Content-Type': `multipart/byteranges; boundary=${boundary}` },
  };
}

/** Joins byte arrays. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
