import type { MismatchError } from '../../../src/validate/index.js';

/** Where answers and events of a server were not as the schemas of this library say. */
export interface Findings {
  /** Takes what a validator reports. */
  readonly note: (error: MismatchError) => void;
  /** Each kind of mismatch once, without the ids and places of one answer. */
  all(): readonly string[];
}

/**
 * @param newer whether the server is newer than the newest that this library was held against: members that are unknown are no fault then.
 */
export function createFindings(newer: () => boolean): Findings {
  const found = new Set<string>();
  return {
    note({ operation, mismatches }) {
      for (const mismatch of mismatches) found.add(describeMismatch(operation, mismatch));
    },
    all: () => [...found].filter((text) => !newer() || !text.includes('expected nothing')).sort(),
  };
}

/** One mismatch in words. */
export function describeMismatch(
  operation: string,
  { path, expected, got }: MismatchError['mismatches'][number],
): string {
  // Ids, numbers, and what stands in brackets because it is no plain name.
  const place = path.replace(/\[(?:\d+|"[^\]]*")\]/g, '[]').replace(/\.[a-z0-9]{26}(?=[.[]|$)/g, '[]');
  return `${operation}: ${place}: expected ${expected}, got ${got}`;
}
