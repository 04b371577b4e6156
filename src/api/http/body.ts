import { ValidationError } from '../../models/errors.js';
import { toJson } from '../../models/to-json.js';
import type { Operation } from '../operation.js';
import { toStream } from './streams.js';
import type { Payload } from './types.js';

/** A body ready to send, with its content type; multipart has none, because only the platform knows its boundary. */
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
 * Encodes bytes: as they are, or as the one file of a form. A form is known only once its parts are, so a stream is read into memory
 * for it; the body can then be sent again, too.
 */
export async function encodeBytes({ id, form: field }: Operation, body: unknown): Promise<EncodedBody> {
  if (body instanceof FormData) return { payload: body, replayable: true };
  const payload = toPayload(body);
  if (!payload) throw new ValidationError(`${id}: body`, 'must be a Blob, a Uint8Array or a stream of bytes');
  const whole = !(payload instanceof ReadableStream);
  if (!field || field === 'binary') {
    // Never left to the platform: a body that is labelled as form data is stored empty (protocol §8.1).
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

/** The bytes of a body, with the content type that the platform gives them, for transports that know neither forms nor blobs. */
export async function toBytes(body: Blob | FormData): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string | null }> {
  const whole = new Response(body);
  return { bytes: new Uint8Array(await whole.arrayBuffer()), type: whole.headers.get('content-type') };
}
