import { NetworkError, ValidationError } from '../../models/errors.js';
import { toStream } from '../http/streams.js';
import type { OpenSource } from './source.js';

/** Reads chunks of a source by their position. */
export interface ChunkReader {
  /** The bytes from `start` up to, not including, `end`. A stream gives those of the last chunk again, and those that follow. */
  read(start: number, end: number): Promise<Blob | Uint8Array<ArrayBuffer>>;
  /** True if every chunk can be read again. */
  readonly seeks: boolean;
  /** Cancels the stream. */
  close(): void;
}

export async function openChunks(source: OpenSource): Promise<ChunkReader> {
  const close = (): void => undefined;
  if (source.read) return { read: (start, end) => source.read!(start, end), seeks: true, close };
  const body = await source.whole();
  if (body instanceof Blob || body instanceof Uint8Array) {
    const whole = body as Blob | Uint8Array<ArrayBuffer>;
    const read = (start: number, end: number) =>
      Promise.resolve(whole instanceof Blob ? whole.slice(start, end) : whole.subarray(start, end));
    return { read, seeks: true, close };
  }
  const stream = body instanceof ReadableStream ? (body as ReadableStream<Uint8Array>) : toStream(body);
  return readStream(stream.getReader());
}

function readStream(reader: ReadableStreamDefaultReader<Uint8Array>): ChunkReader {
  /** Bytes that have been read and may be asked for again; they begin at `at`. */
  let held: Uint8Array<ArrayBuffer> = new Uint8Array();
  let at = 0;
  return {
    seeks: false,
    async read(start, end) {
      if (start < at)
        throw new NetworkError(`the server lost bytes before byte ${at}, which the stream cannot give again`);
      const kept = held.subarray(Math.min(held.length, start - at));
      const chunk = new Uint8Array(end - start);
      chunk.set(kept.subarray(0, chunk.length));
      let length = Math.min(kept.length, chunk.length);
      /** Bytes that were read beyond the end of the chunk. */
      let rest = kept.subarray(length);
      let position = at + held.length;
      while (length < chunk.length) {
        const { done, value } = await reader.read();
        if (done)
          throw new ValidationError('source', `must have the ${end} bytes that were announced, not ${position}`);
        const skipped = Math.min(value.length, Math.max(0, start - position));
        const wanted = value.subarray(skipped, skipped + chunk.length - length);
        chunk.set(wanted, length);
        length += wanted.length;
        position += value.length;
        rest = value.slice(skipped + wanted.length);
      }
      held = new Uint8Array(chunk.length + rest.length);
      held.set(chunk);
      held.set(rest, chunk.length);
      at = start;
      return chunk;
    },
    close: () => void reader.cancel().catch(() => undefined),
  };
}
