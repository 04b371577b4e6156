import type { HeaderReader, HttpProgress } from './types.js';

/** Passes bytes on and reports how many. */
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

/** Length of an answer in bytes, if its headers say it. `Content-Length` does not count if the answer is compressed (protocol §6.5). */
export function expectedBytes(headers: HeaderReader): number | undefined {
  const length =
    headers.get('x-uncompressed-content-length') ??
    (headers.get('content-encoding') ? null : headers.get('content-length'));
  return length === null ? undefined : Number(length);
}

/** A web stream that reads its source only on demand. */
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
