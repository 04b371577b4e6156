/** A string as it is, and an empty one for anything else: wrong types of a broken event or answer count as absent. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
