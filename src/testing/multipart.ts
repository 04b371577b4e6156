import type { CoreRequest } from './http.js';

/** The bytes of one part of a multipart form, found by its field name; `undefined` if there is none. */
export function partOf({ headers, body }: CoreRequest, field: string): Uint8Array | undefined {
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  if (!boundary) return undefined;
  // One character a byte, so that places in the text are places in the bytes.
  const text = Array.from(body, (byte) => String.fromCharCode(byte)).join('');
  for (const part of text.split(`--${boundary}`).slice(1, -1)) {
    const end = part.indexOf('\r\n\r\n');
    if (end < 0 || !new RegExp(`name="${field}"`, 'i').test(part.slice(0, end))) continue;
    return Uint8Array.from(part.slice(end + 4, -2), (char) => char.charCodeAt(0));
  }
  return undefined;
}

/** Whether a body is a form at all. */
export const isMultipart = ({ headers }: CoreRequest): boolean =>
  /^multipart\/form-data/i.test(headers['content-type'] ?? '');
