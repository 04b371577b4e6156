import { utf8Text } from '../base/text.js';
import type { CoreRequest } from '../base/http.js';

/** One part of a multipart body. It is a file if it has a file name. */
export interface FormPart {
  readonly name: string;
  readonly filename: string | undefined;
  readonly bytes: Uint8Array;
}

/** Whether a body is labelled as a form. */
export const isMultipart = ({ headers }: CoreRequest): boolean =>
  /^multipart\/form-data/i.test(headers['content-type'] ?? '');

/** The parts of a form in order; `undefined` if the content type has no boundary. */
export function partsOf({ headers, body }: CoreRequest): readonly FormPart[] | undefined {
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  if (!boundary) return undefined;
  // One character per byte, so that an index in the text is an index in the bytes.
  const text = new TextDecoder('latin1').decode(body);
  const parts: FormPart[] = [];
  const line = `--${boundary}`;
  for (let at = text.indexOf(line); at >= 0 && !text.startsWith('--', at + line.length);) {
    const next = text.indexOf(`\r\n${line}`, at);
    const start = at + line.length + 2;
    const end = text.indexOf('\r\n\r\n', start);
    if (next < 0 || end < 0 || end > next) break;
    const head = utf8Text(body.subarray(start, end));
    const field = (name: string): string | undefined =>
      new RegExp(`[;\\s]${name}="((?:\\\\.|[^"\\\\])*)"`, 'i').exec(head)?.[1]?.replace(/\\(.)/g, '$1');
    parts.push({
      name: field('name') ?? '',
      filename: field('filename'),
      bytes: body.subarray(end + 4, Math.max(end + 4, next)),
    });
    at = next + 2;
  }
  return parts;
}

/** The bytes of the first part with a field name; `undefined` if there is none. */
export const partOf = (request: CoreRequest, field: string): Uint8Array | undefined =>
  partsOf(request)?.find(({ name }) => name === field)?.bytes;
