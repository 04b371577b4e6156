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
 * The posts of a thread, the root first. Without a direction the server gives any page (protocol §7.1). By time of creation the id decides
 * among equals; by time of change it cannot, so that the last millisecond of a page is asked for again, in a larger page where it fills this
 * one. 5.37 knows no pages and gives all.
 */
export function repliesPlan(operation: Operation): PagePlan<Row, ReplyPage> {
  return {
    ...listShape,
    *walk(given) {
      // Of one post the first page would be the root alone, and name no reply to go on from.
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
 * Threads of a user, latest reply first; with `after` latest last. The cursor is a thread, and all of its millisecond are skipped with it: so
 * it is the last one of another millisecond than the end of the page, which is asked for again, larger, where all of it is of one. A thread
 * that gets a reply meanwhile moves to the front, where a look at the end finds it.
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
      /** Latest reply when the last look from the front began, and when this one did. */
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
          // A cursor that is followed no longer leads nowhere.
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
        // What one page shows is of one moment. What moves does so to the front, which is the end of a walk by `after`.
        if (!at[cursor] || cursor === 'after' || given['before'] !== undefined) return;
        known = latest;
        latest = undefined;
        at = {};
      }
    },
  };
}

/** Rows after the last one, by what `next` makes of it. A short page is the end. */
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

/** Rows after the one whose id was the last: `after` of a query, `cursor` of a body. */
export const afterPlan = (operation: Operation): PagePlan<Row, RowsPage> =>
  rowsAfter(operation, 'limit', 100, ({ id }) => (operation.method === 'POST' ? { cursor: { id } } : { after: id }));

/** Properties after the id and a time of the last one, which is that of its change where `since` asks for changes. */
export const propertiesPlan = (operation: Operation): PagePlan<Row, RowsPage> =>
  rowsAfter(operation, 'per_page', 200, (last, { since }) => {
    const time = Number(since) > 0 ? 'update_at' : 'create_at';
    return { cursor_id: last.id, [`cursor_${time}`]: last[time] };
  });

/** Users of a report, after the value and the id of the last one. More than 100 a page is refused. */
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

/** A page that one millisecond fills says nothing of what follows it. */
function larger(operation: Operation, size: number): number {
  if (size === maxPerPage) throw cutOff(operation, `${size} of one millisecond fill the page`);
  return Math.min(2 * size, maxPerPage);
}
