import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openChunks, type ChunkReader } from '../../../../src/api/files/chunks.js';
import { openSource, type FileSource } from '../../../../src/api/files/source.js';
import { NetworkError, ValidationError } from '../../../../src/models/errors.js';
import { bytesOf } from './kit.js';

const whole = bytesOf(20);
const open = async (source: FileSource): Promise<ChunkReader> => openChunks(await openSource(source));
const bytesIn = async (chunk: Blob | Uint8Array): Promise<Uint8Array> =>
  chunk instanceof Blob ? new Uint8Array(await chunk.arrayBuffer()) : chunk;

async function* inPieces(size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

describe('the chunks of a source', () => {
  it('of bytes and Blobs can be read in any order', async () => {
    for (const source of [whole, new Blob([whole])]) {
      const chunks = await open(source);
      expect(chunks.seeks).toBe(true);
      for (const [start, end] of [
        [5, 9],
        [0, 20],
        [19, 20],
        [3, 3],
      ] as const)
        expect(await bytesIn(await chunks.read(start, end))).toEqual(whole.subarray(start, end));
      chunks.close();
    }
  });

  it('of a stream are the same, however it is split, when the last one is read again or partly', async () => {
    const steps = fc.array(fc.record({ again: fc.nat({ max: 4 }), length: fc.integer({ min: 0, max: 7 }) }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 21 }), steps, async (size, list) => {
        const chunks = await open(inPieces(size));
        expect(chunks.seeks).toBe(false);
        let last = { start: 0, end: 0 };
        for (const { again, length } of list) {
          const start = Math.max(last.start, last.end - again);
          const end = Math.min(whole.length, start + length);
          expect(await bytesIn(await chunks.read(start, end))).toEqual(whole.subarray(start, end));
          last = { start, end };
        }
      }),
      { numRuns: 200 },
    );
  });

  it('of a stream may begin after bytes that are not wanted', async () => {
    for (const size of [1, 3, 20]) {
      const chunks = await open(inPieces(size));
      expect(await bytesIn(await chunks.read(7, 11))).toEqual(whole.subarray(7, 11));
      expect(await bytesIn(await chunks.read(13, 20))).toEqual(whole.subarray(13, 20));
    }
  });

  it('of a stream before the last one are an error', async () => {
    const chunks = await open(inPieces(3));
    await chunks.read(5, 9);
    await chunks.read(9, 12);
    const read = chunks.read(8, 9);
    await expect(read).rejects.toThrow(NetworkError);
    await expect(read).rejects.toThrow(/lost bytes before byte 9/);
    expect(await bytesIn(await chunks.read(9, 12))).toEqual(whole.subarray(9, 12));
  });

  it('of a stream that is shorter than announced are an error that says how long it was', async () => {
    const chunks = await open(inPieces(3));
    const read = chunks.read(15, 21);
    await expect(read).rejects.toThrow(ValidationError);
    await expect(read).rejects.toThrow('source: must have the 21 bytes that were announced, not 20');
  });

  it('cancel their stream when they are closed', async () => {
    let cancelled = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1)),
      cancel() {
        cancelled++;
      },
    });
    const chunks = await open(stream);
    await chunks.read(0, 2);
    chunks.close();
    expect(cancelled).toBe(1);
    const broken = await open(
      new ReadableStream<Uint8Array>({
        cancel: () => {
          throw new Error('no');
        },
      }),
    );
    broken.close();
    await new Promise((resolve) => setImmediate(resolve));
  });
});
