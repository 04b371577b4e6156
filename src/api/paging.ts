import { ProtocolError } from '../models/errors.js';
import type { Operation, PagingKind } from './operation.js';

/** Values for the query of one page. */
export type PageQuery = Readonly<Record<string, unknown>>;

/** How a route is walked from page to page: protocol §7. Pure. */
export interface PagePlan<T, P> {
  /** Adds to the caller's query what the first page needs. */
  first(query: PageQuery): PageQuery;
  /**
   * What the page after this one needs, or `undefined` at the end.
   *
   * @throws ProtocolError where rows follow that the server cannot give.
   */
  next(at: PageQuery, page: P): PageQuery | undefined;
  rows(page: P): readonly T[];
  /** The page without the rows that are in `seen`, to which it adds its own. */
  unseen(page: P, seen: Set<string>): P;
}

/** Plans by the kind of paging. A group brings those of its operations, so that no other goes into a bundle with it. */
export type PlanKinds = Partial<Record<PagingKind, (operation: Operation) => object>>;

interface Row {
  readonly id?: string;
  readonly user_id?: string;
  readonly team_id?: string;
  readonly channel_id?: string;
}

interface PostList {
  readonly order: readonly string[];
  readonly posts: Readonly<Record<string, Row>>;
  readonly prev_post_id?: string;
  readonly next_post_id?: string;
}

/** Larger ones the server clamps: protocol §7.1. */
const maxPerPage = 200;
const defaultPerPage = 100;
/** Rows that `since` gives at most, of which it does not say which: protocol §7.4. */
const sinceRows = 1000;

/** Rows in an array. Those that move to a later page meanwhile come twice, never not at all. */
export function rowsPlan(operation: Operation): PagePlan<Row, readonly Row[]> {
  const { singlePageWith = [] } = operation;
  return {
    first: (query) => ({
      ...firstPage(query),
      ...(singlePageWith.some((name) => query[name]) && { single: undefined }),
    }),
    next(at, rows) {
      if (rows.length < sizeOf(at)) return undefined;
      if ('single' in at)
        throw cutOff(operation, `with ${singlePageWith.join(' or ')} the server gives the first page alone`);
      return nextPage(at);
    },
    rows: (rows) => rows,
    unseen: (rows, seen) => rows.filter((row) => isUnseen(keyOf(row), seen)),
  };
}

/**
 * Post lists, by page number from a fixed start: cursors that are chained lose the posts of the cursor's millisecond, and so do the
 * neighbour ids (protocol §7.3). A short page is no end by itself, nor is a missing neighbour of a full one.
 */
export function postsPlan(operation: Operation): PagePlan<Row, PostList> {
  const lastIsEmpty = operation.paging === 'saved';
  return {
    first: (query) => ({
      ...(Number(query['since']) > 0 ? { since: query['since'] } : firstPage(query)),
      ...(query['after'] !== undefined && { after: query['after'] }),
    }),
    next(at, { order, prev_post_id: older, next_post_id: newer }) {
      if ('since' in at) {
        if (order.length === sinceRows) throw cutOff(operation, `since gives ${sinceRows} posts at most`);
        return undefined;
      }
      const neighbour = 'after' in at ? newer : older;
      const ended = order.length === 0 || (!lastIsEmpty && !neighbour && order.length < sizeOf(at));
      return ended ? undefined : nextPage(at);
    },
    rows: ({ order, posts }) => order.flatMap((id) => posts[id] ?? []),
    unseen: (page, seen) => ({ ...page, order: page.order.filter((id) => isUnseen(id, seen)) }),
  };
}

function firstPage({ page, per_page: asked }: PageQuery): PageQuery {
  // What is no number the server takes for the default. A page of 0 rows would never end.
  const size = Math.trunc(Number(asked));
  return {
    page: Math.max(0, Math.trunc(Number(page ?? 0)) || 0),
    per_page: size > 0 ? Math.min(size, maxPerPage) : defaultPerPage,
  };
}

const sizeOf = (at: PageQuery): number => at['per_page'] as number;

const nextPage = (at: PageQuery): PageQuery => ({ ...at, page: (at['page'] as number) + 1 });

const cutOff = ({ id }: Operation, why: string): ProtocolError =>
  new ProtocolError(`${id}: more rows follow, but ${why}`);

/** Members have no id of their own; what has neither is taken to differ. */
function keyOf({ id, user_id: user, team_id: team, channel_id: channel }: Row): string {
  return id ?? ((user ?? team ?? channel) ? `${user} ${team} ${channel}` : '');
}

function isUnseen(key: string, seen: Set<string>): boolean {
  return key === '' || (!seen.has(key) && !!seen.add(key));
}
