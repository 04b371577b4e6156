import { createReadStream, openAsBlob, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ValidationError } from '../../models/errors.js';
import type { OpenPath } from './open-path.js';

/** `openAsBlob` gets the size of longer files wrong, at least up to Node 22. */
const longestBlob = 2 ** 32 - 1;

/** Checks that a path is a readable file; the file itself is opened later. */
export async function openPath(given: string | URL): Promise<OpenPath> {
  const path = given instanceof URL ? fileURLToPath(given) : given;
  let opened: Stats;
  try {
    opened = await stat(path);
  } catch (error) {
    throw new ValidationError('source', `must be a readable file: ${(error as Error).message}`);
  }
  if (!opened.isFile()) throw new ValidationError('source', `must be a regular file: ${path}`);
  const { size, mtimeMs } = opened;
  return {
    name: basename(path),
    size,
    // A Blob can be sent again; a stream cannot.
    whole: async () => (size <= longestBlob ? openAsBlob(path) : reading(path)),
    async read(start, end) {
      const file = await open(path);
      try {
        const now = await file.stat();
        const bytes = new Uint8Array(end - start);
        let length = 0;
        while (length < bytes.length) {
          const { bytesRead } = await file.read(bytes, length, bytes.length - length, start + length);
          if (bytesRead === 0) break;
          length += bytesRead;
        }
        if (now.mtimeMs !== mtimeMs || now.size !== size || length < bytes.length)
          throw new ValidationError('source', 'must not change while it is uploaded');
        return bytes;
      } finally {
        await file.close();
      }
    },
  };
}

/** Opens the file when the first byte is read. */
async function* reading(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path) as AsyncIterable<Uint8Array>;
}
