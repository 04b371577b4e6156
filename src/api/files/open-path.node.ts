import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ValidationError } from '../../models/errors.js';
import type { OpenPath } from './open-path.js';

/** Opens a file without reading it. */
export async function openPath(path: string | URL): Promise<OpenPath> {
  try {
    const name = basename(path instanceof URL ? fileURLToPath(path) : path);
    return { body: await openAsBlob(path), name };
  } catch (error) {
    const { message } = error as Error;
    throw new ValidationError('source', `cannot be opened: ${message}`);
  }
}
