import { openPath } from '#open-path';
import { ValidationError } from '../../models/errors.js';
import type { BinaryInput } from '../call.js';

/** What can be uploaded: bytes, a stream of them, or on Node a file by its path or `file:` URL. */
export type FileSource = BinaryInput | string | URL;

/** A source with what it tells of itself. */
export interface OpenSource {
  /** In bytes; `undefined` of a stream. */
  readonly size: number | undefined;
  /** `undefined` if the source has none. */
  readonly name: string | undefined;
  /** All of it. */
  whole(): Promise<BinaryInput>;
  /** Reads any part, as often as it is wanted; only of a path. */
  read?(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Opens a source.
 *
 * @throws ValidationError for a path that cannot be opened, or where the platform has no files.
 */
export async function openSource(source: FileSource): Promise<OpenSource> {
  if (typeof source === 'string' || source instanceof URL) return openPath(source);
  const { size, name } = source as Partial<File>;
  return {
    size: source instanceof Uint8Array ? source.byteLength : size,
    name,
    whole: () => Promise.resolve(source),
  };
}

/** The name that a caller gave, or else the source. */
export function nameOf(given: string | undefined, { name }: OpenSource, what: string): string {
  const found = given ?? name;
  if (!found) throw new ValidationError(`${what}: filename`, 'is missing: the source has no name of its own');
  return found;
}
