import { ValidationError } from '../../models/errors.js';

/** A file of the disk: its bytes, read when they are sent, and its name. */
export interface OpenPath {
  readonly body: Blob;
  readonly name: string;
}

/** Everywhere but on Node: there are no paths. */
export function openPath(_path: string | URL): Promise<OpenPath> {
  return Promise.reject(new ValidationError('source', 'is a path, which works on Node.js alone'));
}
