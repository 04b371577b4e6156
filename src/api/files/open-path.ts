import { ValidationError } from '../../models/errors.js';
import type { BinaryInput } from '../call.js';

/** A file on disk that has not been read yet. */
export interface OpenPath {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** The whole file, read while it is sent. */
  whole(): Promise<BinaryInput>;
  /** The bytes from `start` up to, not including, `end`. Errors with `ValidationError` if the file has changed since it was opened. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Other platforms than Node have no paths. */
export function openPath(_path: string | URL): Promise<OpenPath> {
  return Promise.reject(new ValidationError('source', 'must not be a path here: paths work on Node.js only'));
}
