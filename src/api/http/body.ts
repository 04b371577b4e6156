import { ValidationError } from '../../models/errors.js';
import { toJson } from '../../models/to-json.js';
import type { Operation } from '../operation.js';
import { toStream } from './streams.js';
import type { Payload } from './types.js';

/** A body ready to send. Multipart has no content type here, because only the platform knows its boundary. */
export interface EncodedBody {
  readonly payload: Payload | undefined;
  readonly contentType?: string;
  readonly replayable: boolean;
}

/** Encodes a JSON body. */
export function encodeJson(operation: Operation, body: unknown): EncodedBody {
  if (body === undefined) return { payload: undefined, replayable: true };
  const payload = toJson(`${operation.id}: body`, body);
  return { payload, contentType: 'application/json', replayable: true };
}

/**
 * Encodes bytes: as they are, or as the only file of a form. A form needs the whole file, so a stream is read into memory for it; the
 * body can then be sent again, too.
 */
export async function encodeBytes({ id, form: field }: Operation, body: unknown): Promise<EncodedBody> {
  if (body instanceof FormData) return { payload: body, replayable: true };
  const payload = toPayload(body);
  if (!payload) throw new ValidationError(`${id}: body`, 'must be a Blob, a Uint8Array or a stream of bytes');
  const whole = !(payload instanceof ReadableStream);
  if (!field || field === 'binary') {
    // Always set: the server stores an empty file if the platform labels the body as form data (protocol §8.1).
    return { payload, contentType: 'application/octet-stream', replayable: whole };
  }
  const blob = payload instanceof Blob ? payload : whole ? new Blob([payload]) : await new Response(payload).blob();
  const form = new FormData();
  form.append(field, blob, (blob as Partial<File>).name ?? field);
  return { payload: form, replayable: true };
}

function toPayload(body: unknown): Exclude<Payload, string | FormData> | undefined {
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  if (body instanceof Blob || body instanceof ReadableStream) return body as Blob | ReadableStream<Uint8Array>;
  if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body)) return undefined;
  return toStream(body as AsyncIterable<Uint8Array>);
}

/** The bytes of a body, with the content type that the platform gives it, for transports that support neither forms nor blobs. */
export async function toBytes(
  body: Blob | FormData | ReadableStream,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string | null }> {
  const whole = new Response(body);
  return { bytes: new Uint8Array(await whole.arrayBuffer()), type: whole.headers.get('content-type') };
}
