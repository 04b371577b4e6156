import { ProtocolError } from '../models/errors.js';
import type { Operation, PagingKind } from './operation.js';

/** Values for the query of one page, or for the body of a POST. */
export type PageQuery = Readonly<Record<string, unknown>>;

/** How a route is walked from page to page: protocol §7. Pure. */
export interface PagePlan<T, P> {
  /**
   * One walk: yields what a page needs besides what the caller gave, receives that page, and returns when the server has no more.
   *
   * @throws ProtocolError if more rows follow that the server cannot give.
   */
  walk(given: PageQuery): Generator<PageQuery, void, P>;
  rows(page: P): readonly T[];
  /** The page without the rows that are in `seen`, to which it adds its own. */
  unseen(page: P, seen: Set<string>): P;
}

/** Plans by the kind of paging. Each group brings only the plans of its own operations, so that a bundle has no others. */
export type PlanKinds = Partial<Record<PagingKind, (operation: Operation) => object>>;

export interface Row {
  readonly id?: string;
  readonly user_id?: string;
  readonly team_id?: string;
  readonly channel_id?: string;
}

/** Rows as an array, or as the member of an object that the operation names. */
export type RowsPage = readonly Row[] | Readonly<Record<string, unknown>>;

/** Ids in their order, and the objects that have these ids. */
export interface ListPage {
  readonly order: readonly string[];
  readonly posts?: Readonly<Record<string, Row>>;
  readonly file_infos?: Readonly<Record<string, Row>>;
  readonly prev_post_id?: string;
  readonly next_post_id?: string;
}

/** The server reduces larger pages to this size: protocol §7.1. */
export const maxPerPage = 200;
const defaultPerPage = 100;
/** The most rows that `since` gives; it does not say which: protocol §7.4. */
const sinceRows = 1000;

/** Rows by page number. A row that moves to a later page meanwhile comes twice; none is lost. */
export const rowsPlan = (operation: Operation): PagePlan<Row, RowsPage> =>
  offsetPlan(operation, 'per_page', maxPerPage);

/** Lines of a log. `logs_per_page` is the page size of each node. */
export const linesPlan = (operation: Operation): PagePlan<Row, RowsPage> =>
  offsetPlan(operation, 'logs_per_page', 10_000);

/** Users. Those who are not in a channel with an access policy are paged by the last id; the page number is ignored (protocol §7.3). */
export const usersPlan = (operation: Operation): PagePlan<Row, RowsPage> =>
  offsetPlan(operation, 'per_page', maxPerPage, 'not_in_channel');

function offsetPlan(operation: Operation, sizeName: string, most: number, byIdWith = ''): PagePlan<Row, RowsPage> {
  const shape = rowsShape(operation);
  return {
    ...shape,
    *walk(given) {
      const size = sizeOf(given[sizeName], most);
      const single = operation.singlePageWith?.find((name) => given[name]);
      const byId = Boolean(given[byIdWith]);
      let last: Row | undefined;
      for (let page = firstPage(given); ; page++) {
        const answer = yield { page, [sizeName]: size, ...(byId && last && { cursor_id: last.id }) };
        const rows = shape.rows(answer);
        // Plugins say whether more follows; the server itself does not.
        const { has_more: more = rows.length >= size } = answer as { has_more?: boolean };
        if (!more) return;
        if (single) throw cutOff(operation, `with ${single} the server gives only the first page`);
        last = rows.at(-1);
      }
    },
  };
}

/**
 * Lists by page number from a fixed start: a cursor, or a neighbour id, skips the other posts of its own millisecond (protocol §7.3).
 * Neither a short page alone nor a missing neighbour alone is the end. A list without neighbours may lack rows in any page: only an empty
 * page is its end.
 */
export function postsPlan(operation: Operation): PagePlan<Row, ListPage> {
  const hasNeighbours = operation.paging === 'posts';
  return {
    ...listShape,
    *walk(given) {
      if (hasNeighbours && Number(given['since']) > 0) {
        const { order } = yield {};
        if (order.length === sinceRows) throw cutOff(operation, `since gives ${sinceRows} posts at most`);
        return;
      }
      const size = sizeOf(given['per_page']);
      for (let page = firstPage(given); ; page++) {
        const { order, prev_post_id: older, next_post_id: newer } = yield { page, per_page: size };
        const neighbour = given['after'] === undefined ? older : newer;
        if (order.length === 0 || (hasNeighbours && !neighbour && order.length < size)) return;
      }
    },
  };
}

export const rowsShape = ({ rows: member }: Operation): Pick<PagePlan<Row, RowsPage>, 'rows' | 'unseen'> => {
  // All nodes. Equal records cannot be told apart, so none is taken for seen.
  if (member === '*') return { rows: (page) => Object.values(page).flat() as Row[], unseen: (page) => page };
  const rows = (page: RowsPage): readonly Row[] =>
    (member ? (page as Readonly<Record<string, readonly Row[] | null>>)[member] : (page as readonly Row[])) ?? [];
  return {
    rows,
    unseen(page, seen) {
      const fresh = rows(page).filter((row) => isUnseen(rowKey(row), seen));
      return member ? { ...(page as object), [member]: fresh } : fresh;
    },
  };
};

export const listShape: Pick<PagePlan<Row, ListPage>, 'rows' | 'unseen'> = {
  rows: ({ order, posts, file_infos: files }) => order.flatMap((id) => (posts ?? files)?.[id] ?? []),
  unseen: (page, seen) => ({ ...page, order: page.order.filter((id) => isUnseen(id, seen)) }),
};

/** The server uses its default for anything that is not a number. Pages of 0 rows would never end. */
export function sizeOf(asked: unknown, most = maxPerPage): number {
  const size = Math.trunc(Number(asked));
  return size > 0 ? Math.min(size, most) : Math.min(defaultPerPage, most);
}

const firstPage = ({ page }: PageQuery): number => Math.max(0, Math.trunc(Number(page ?? 0)) || 0);

export const cutOff = ({ id }: Operation, why: string): ProtocolError =>
  new ProtocolError(`${id}: more rows follow, but ${why}`);

/** Members have no id of their own. Rows without any id are taken to be different. */
function rowKey({ id, user_id: user, team_id: team, channel_id: channel }: Row): string {
  return id ?? ((user ?? team ?? channel) ? `${user} ${team} ${channel}` : '');
}

function isUnseen(key: string, seen: Set<string>): boolean {
  return key === '' || (!seen.has(key) && !!seen.add(key));
}
