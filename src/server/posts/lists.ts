import type { PostRow } from '../store/messages.js';

/** A page of a channel's posts, and the posts next to it. */
export interface Slice {
  readonly rows: readonly PostRow[];
  /** Id of the next newer post, or empty. */
  readonly next: string;
  /** Id of the next older post, or empty. */
  readonly prev: string;
}

export interface SliceQuery {
  readonly page: number;
  readonly perPage: number;
  readonly before?: string;
  readonly after?: string;
  /** Without replies, as for collapsed threads. */
  readonly rootsOnly: boolean;
}

const newestFirst = (a: PostRow, b: PostRow): number => b.create_at - a.create_at;

/**
 * A page of a channel's posts, newest first. Cursors compare times strictly, so other posts of the same millisecond are skipped, as on the
 * server (protocol §7.3).
 */
export function sliceOf(all: readonly PostRow[], query: SliceQuery, anchor: PostRow | undefined): Slice {
  // Of posts of the same millisecond, the one that was made last comes first.
  const alive = all
    .filter((row) => row.delete_at === 0 && !(query.rootsOnly && row.root_id))
    .reverse()
    .sort(newestFirst);
  const start = query.page * query.perPage;
  const named = query.before ?? query.after;
  if (named !== undefined && !anchor)
    return { rows: [], next: query.before ?? '', prev: query.before === undefined ? named : '' };
  if (query.after !== undefined && anchor) {
    const newer = alive.filter((row) => row.create_at > anchor.create_at).reverse();
    const rows = newer.slice(start, start + query.perPage);
    const prev = start === 0 ? anchor.id : (newer[start - 1]?.id ?? '');
    return { rows: [...rows].reverse(), next: newer[start + rows.length]?.id ?? '', prev };
  }
  const pool = anchor ? alive.filter((row) => row.create_at < anchor.create_at) : alive;
  const rows = pool.slice(start, start + query.perPage);
  const next = start > 0 ? (pool[start - 1]?.id ?? '') : (anchor?.id ?? '');
  return { rows, next, prev: olderThan(alive, rows.at(-1)) };
}

/** Id of the newest post that is strictly older; empty if there is none. */
function olderThan(alive: readonly PostRow[], row: PostRow | undefined): string {
  return row ? (alive.find(({ create_at }) => create_at < row.create_at)?.id ?? '') : '';
}

/** `since` gives at most this many posts, those with the oldest changes (protocol §7.4). */
const maxSince = 1_000;

/** Posts that were changed after a time, including deleted ones and older versions. */
export function changedSince(all: readonly PostRow[], since: number): readonly PostRow[] {
  const changed = all.filter((row) => row.update_at > since);
  const kept =
    changed.length > maxSince ? changed.sort((a, b) => a.update_at - b.update_at).slice(0, maxSince) : changed;
  return [...kept].sort(newestFirst);
}
