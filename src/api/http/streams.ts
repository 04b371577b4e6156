import type { HeaderReader, HttpProgress } from './types.js';

/** Lets bytes through and tells of them. */
export function counter(
  type: HttpProgress['type'],
  totalBytes: number | undefined,
  emit: (progress: HttpProgress) => void,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let loadedBytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      loadedBytes += chunk.byteLength;
      emit({ type, loadedBytes, ...(totalBytes !== undefined && { totalBytes }) });
    },
  });
}

/** Bytes that an answer will have, where its headers tell: not those of `Content-Length` if it is compressed (protocol §6.5). */
export function expectedBytes(headers: HeaderReader): number | undefined {
  const length =
    headers.get('x-uncompressed-content-length') ??
    (headers.get('content-encoding') ? null : headers.get('content-length'));
  return length === null ? undefined : Number(length);
}

/** A stream of the web that is read only as fast as it is asked for. */
export function toStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const step = await iterator.next();
      if (step.done) controller.close();
      else controller.enqueue(step.value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
