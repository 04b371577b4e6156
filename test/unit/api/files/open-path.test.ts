import { mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openChunks } from '../../../../src/api/files/chunks.js';
import { openPath } from '../../../../src/api/files/open-path.node.js';
import { openPath as openPathElsewhere } from '../../../../src/api/files/open-path.js';
import { openSource } from '../../../../src/api/files/source.js';
import { ValidationError } from '../../../../src/models/errors.js';
import { bytesIn, bytesOf } from './kit.js';

const bytes = bytesOf(1000);
const changed = new ValidationError('source', 'must not change while it is uploaded');
let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'matterstream-'));
  path = join(folder, 'file.bin');
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  vi.doUnmock('node:fs/promises');
  vi.resetModules();
});

async function openNew() {
  await writeFile(path, bytes);
  await utimes(path, 1, 1);
  return openPath(path);
}

describe('a path', () => {
  it('gives its name, its size, any of its bytes and the whole', async () => {
    const opened = await openNew();
    expect(opened).toMatchObject({ name: 'file.bin', size: 1000 });
    expect(await opened.read(10, 990)).toEqual(bytes.subarray(10, 990));
    expect(await opened.read(3, 3)).toEqual(new Uint8Array());
    const whole = await opened.whole();
    expect(whole).toBeInstanceOf(Blob);
    expect(await bytesIn(whole as Blob)).toEqual(bytes);
    expect((await openChunks(await openSource(path))).seeks).toBe(true);
  });

  it('is a stream if it is too long for a Blob', async () => {
    const long = join(folder, 'long.bin');
    await writeFile(long, 'abc');
    await truncate(long, 2 ** 32);
    const whole = (await (await openPath(long)).whole()) as AsyncIterable<Uint8Array>;
    expect(whole).not.toBeInstanceOf(Blob);
    const chunks = whole[Symbol.asyncIterator]();
    const first = (await chunks.next()) as IteratorYieldResult<Uint8Array>;
    expect(Buffer.from(first.value.subarray(0, 4)).toString()).toBe('abc\0');
    await chunks.return?.();
    await truncate(long, 2 ** 32 - 1);
    expect(await (await openPath(long)).whole()).toMatchObject({ size: 2 ** 32 - 1 });
  });

  it('whose file has changed in time or length, or is too short, is an error', async () => {
    const touched = await openNew();
    await utimes(path, 1, 2);
    await expect(touched.read(0, 10)).rejects.toEqual(changed);
    const longer = await openNew();
    await truncate(path, 1001);
    await utimes(path, 1, 1);
    await expect(longer.read(0, 10)).rejects.toEqual(changed);
    await expect((await openNew()).read(990, 1001)).rejects.toEqual(changed);
  });

  it('is read on where the system gives fewer bytes than it was asked for, and closed afterwards', async () => {
    await openNew();
    let open = 0;
    vi.resetModules();
    vi.doMock('node:fs/promises', async (original) => {
      const real = await original<typeof import('node:fs/promises')>();
      const openSlowly = async (...args: Parameters<typeof real.open>) => {
        const file = await real.open(...args);
        open++;
        return {
          stat: () => file.stat(),
          read: (into: Uint8Array, at: number, length: number, position: number) =>
            file.read(into.subarray(0, at + length), at, Math.min(length, 7), position),
          close: () => {
            open--;
            return file.close();
          },
        };
      };
      return { ...real, open: openSlowly };
    });
    const slow = await import('../../../../src/api/files/open-path.node.js');
    const opened = await slow.openPath(path);
    expect(await opened.read(100, 131)).toEqual(bytes.subarray(100, 131));
    await expect(opened.read(990, 1001)).rejects.toThrow('must not change');
    expect(open).toBe(0);
  });

  it('is an error if there is no regular file, or no files on this platform', async () => {
    const missing = openPath(join(folder, 'missing'));
    await expect(missing).rejects.toBeInstanceOf(ValidationError);
    await expect(missing).rejects.toThrow(/^source: must be a readable file: ENOENT/);
    await expect(openPath(folder)).rejects.toEqual(new ValidationError('source', `must be a regular file: ${folder}`));
    await expect(openPathElsewhere(path)).rejects.toEqual(
      new ValidationError('source', 'must not be a path here: paths work on Node.js only'),
    );
  });
});
