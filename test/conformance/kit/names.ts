import { randomBytes } from 'node:crypto';

export function randomName(prefix: string): string {
  return `${prefix}${randomBytes(6).toString('hex')}`;
}

/** Twenty-six letters that no server knows as an id. */
export function unknownId(): string {
  return `z${randomBytes(13).toString('hex').slice(0, 25)}`;
}
