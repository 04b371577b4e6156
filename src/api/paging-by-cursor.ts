import type { Operation } from './operation.js';
import {
  cutOff,
  listShape,
  maxPerPage,
  rowsShape,
  sizeOf,
  type ListPage,
  type PagePlan,
  type PageQuery,
  type Row,
  type RowsPage,
} from './paging.js';

interface Reply extends Row {
  readonly id: string;
  readonly root_id?: string;
  readonly create_at: number;
  readonly update_at: number;
}

interface ReplyPage extends ListPage {
  readonly has_next?: boolean;
}

/**
 * The posts of a thread, the root first. Without a direction the order is undefined (protocol §7.1). By time of creation, the id is the
 * second key of the cursor. By time of change there is none, so the last millisecond of a page is asked for again, in a larger page if it
 * fills this one. 5.37 does not page and gives all.
 */
export function repliesPlan(operation: Operation): PagePlan<Row, ReplyPage> {
  return {
    ...listShape,
    *walk(given) {
      // A first page of one post would have only the root, and no reply to go on from.
      let perPage = Math.max(2, sizeOf(given['perPage']));
      const up = given['direction'] === 'up';
      const byChange = Number(given['fromUpdateAt']) > 0;
      const time = byChange ? 'update_at' : 'create_at';
      const isFurther = (a: Reply, b: Reply): boolean => (a[time] === b[time] ? a.id > b.id : a[time] > b[time]) !== up;
      let at: PageQuery = {};
      for (;;) {
        const page = yield { perPage, direction: up ? 'up' : 'down', ...at };
        if (!page.has_next) return;
        let last: Reply | undefined;
        for (const post of listShape.rows(page) as readonly Reply[])
          if (post.root_id && (!last || isFurther(post, last))) last = post;
        if (!last) return;
        const next: PageQuery = byChange
          ? { fromUpdateAt: last.update_at + (up ? 1 : -1) }
          : { fromCreateAt: last.create_at, fromPost: last.id };
        if (byChange && next['fromUpdateAt'] === at['fromUpdateAt']) perPage = larger(operation, perPage);
        at = next;
      }
    },
  };
}

interface UserThread {
  readonly id: string;
  readonly last_reply_at: number;
}

interface ThreadsPage {
  readonly threads: readonly UserThread[] | null;
}

/**
 * Threads of a user, latest reply first; with `after` latest last. The cursor is a thread, and skips all threads of its millisecond. So the
 * cursor is the last thread whose millisecond differs from that of the end of the page; if there is none, a larger page is asked for. A
 * thread that gets a reply meanwhile moves to the front, which is read again at the end.
 */
export function threadsPlan(operation: Operation): PagePlan<Row, ThreadsPage> {
  const shape = rowsShape({ ...operation, rows: 'threads' }) as unknown as PagePlan<Row, ThreadsPage>;
  return {
    ...shape,
    *walk(given) {
      let size = sizeOf(given['per_page']);
      const cursor = given['after'] === undefined ? 'before' : 'after';
      let at: PageQuery = {};
      let lost: unknown;
      /** Latest reply when the previous pass from the front began, and when this pass began. */
      let known = Infinity;
      let latest: number | undefined;
      for (;;) {
        // 5.37 has another name for the size.
        const { threads } = yield { per_page: size, pageSize: size, ...at };
        const rows = threads ?? [];
        const first = rows[0];
        const last = rows.at(-1);
        latest ??= first?.last_reply_at ?? 0;
        if (!last || !first) {
          // The page after a thread that is no longer followed is empty: start again from the front.
          if (!at[cursor] || at[cursor] === lost) return;
          lost = at[cursor];
          at = {};
          continue;
        }
        const ended = rows.length < size || (known < Infinity && last.last_reply_at < known);
        if (!ended) {
          const anchor = rows.findLast((row) => row.last_reply_at !== last.last_reply_at);
          if (anchor) at = { [cursor]: anchor.id };
          else size = larger(operation, size);
          continue;
        }
        // One page is consistent in itself. Threads move to the front only, and a walk by `after` ends there.
        if (!at[cursor] || cursor === 'after' || given['before'] !== undefined) return;
        known = latest;
        latest = undefined;
        at = {};
      }
    },
  };
}

/** Rows after the last one, from which `next` makes the cursor. A short page is the end. */
const rowsAfter = (
  operation: Operation,
  sizeName: string,
  most: number,
  next: (last: Row & PageQuery, given: PageQuery) => PageQuery,
): PagePlan<Row, RowsPage> => {
  const shape = rowsShape(operation);
  return {
    ...shape,
    *walk(given) {
      const size = sizeOf(given[sizeName], most);
      let at: PageQuery = {};
      for (;;) {
        const rows = shape.rows(yield { [sizeName]: size, ...at });
        const last = rows.at(-1) as (Row & PageQuery) | undefined;
        if (!last || rows.length < size) return;
        at = next(last, given);
      }
    },
  };
};

/** Rows after the last id: `after` in a query, `cursor` in a body. */
export const afterPlan = (operation: Operation): PagePlan<Row, RowsPage> =>
  rowsAfter(operation, 'limit', 100, ({ id }) => (operation.method === 'POST' ? { cursor: { id } } : { after: id }));

/** Properties after the id and a time of the last one: its time of change if `since` asks for changes, else of creation. */
export const propertiesPlan = (operation: Operation): PagePlan<Row, RowsPage> =>
  rowsAfter(operation, 'per_page', 200, (last, { since }) => {
    const time = Number(since) > 0 ? 'update_at' : 'create_at';
    return { cursor_id: last.id, [`cursor_${time}`]: last[time] };
  });

/** Users of a report, after the value and the id of the last one. The server refuses more than 100 a page. */
export const reportPlan = (operation: Operation): PagePlan<Row, RowsPage> =>
  rowsAfter(operation, 'page_size', 100, (last, given) => {
    // The column as the rows have it: `CreateAt` is `create_at`.
    const { sort_column: column = 'Username' } = given as { sort_column?: string };
    const member = column.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase();
    return { direction: 'next', from_column_value: String(last[member]), from_id: last.id };
  });

interface CursorPage {
  readonly next_cursor?: { readonly cursor?: string };
}

/** Rows after a cursor that each page names. */
export function cursorPlan(operation: Operation): PagePlan<Row, CursorPage> {
  return {
    ...(rowsShape(operation) as unknown as PagePlan<Row, CursorPage>),
    *walk(given) {
      const size = sizeOf(given['per_page'], 1000);
      let at: PageQuery = {};
      for (;;) {
        const page: CursorPage = yield { per_page: size, ...at };
        const { next_cursor: next } = page;
        if (!next?.cursor) return;
        at = { cursor: next.cursor };
      }
    },
  };
}

/** The next larger page, for when one millisecond fills a page: there is no cursor within a millisecond. */
function larger(operation: Operation, size: number): number {
  if (size === maxPerPage) throw cutOff(operation, `${size} of one millisecond fill the largest page`);
  return Math.min(2 * size, maxPerPage);
}
