import { openPath } from '#open-path';
import { ValidationError } from '../../models/errors.js';
import type { BinaryInput } from '../call.js';

/** What can be uploaded: bytes, a stream of them, or on Node a file by its path or `file:` URL. */
export type FileSource = BinaryInput | string | URL;

/** A source with its size and name, as far as they are known. */
export interface OpenSource {
  /** In bytes; `undefined` for a stream. */
  readonly size: number | undefined;
  /** `undefined` if the source has none. */
  readonly name: string | undefined;
  /** The whole source. */
  whole(): Promise<BinaryInput>;
  /** Reads any chunk, any number of times. Only paths have it. */
  read?(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Opens a source.
 *
 * @throws ValidationError for a path that cannot be opened, or on a platform without files.
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

/** The name that was given, or else that of the source. */
export function nameOf(given: string | undefined, { name }: OpenSource, what: string): string {
  const found = given ?? name;
  if (!found) throw new ValidationError(`${what}: filename`, 'must be given: the source has no name of its own');
  return found;
}
