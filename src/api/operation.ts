import type { Call } from './call.js';
import type { PagedCall } from './paged-call.js';
import type { PagePlan } from './paging.js';

/** HTTP methods that the server routes. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * How a route pages (protocol §7): by the query, or by the body of a POST.
 *
 * - `page`: rows by a zero-based `page` and `per_page`; a short page is the last. `users` are paged like that but for one filter.
 * - `lines`: the same with `logs_per_page`, which even a POST has in its query.
 * - `posts`: a post list of a channel; the last one has no neighbour.
 * - `saved`, `search`: a list without neighbours, out of which rows may be missing; the last one is empty.
 * - `replies`: a thread, from a time and an id on; the page says whether more follows.
 * - `threads`: threads of a user, before or after one of them.
 * - `after`: rows after the id of the last; a short page is the last.
 * - `properties`: the same with a time of the last as well.
 * - `cursor`: rows after the cursor that a page names, if more follow.
 * - `report`: users after a value of a column and an id; a short page is the last.
 */
export type PagingKind =
  | 'page'
  | 'users'
  | 'lines'
  | 'posts'
  | 'saved'
  | 'search'
  | 'replies'
  | 'threads'
  | 'after'
  | 'properties'
  | 'cursor'
  | 'report';

/**
 * One operation of the API as data. Generated; interpreted by the pipeline. A field that is absent has its default, so that
 * the data stays small.
 */
export interface Operation {
  /** Name of the method, such as `getUser`; names the call in errors and logs. */
  readonly id: string;
  readonly method: HttpMethod;
  /** Route below `/api/v4`, or below the site if `root` is set, with `{name}` for each path parameter, in the order of the arguments. */
  readonly path: string;
  /** Whether the route lies beside `/api/v4`, as those of plugins do. */
  readonly root?: boolean;
  /** Whether a repeat does no harm (protocol §9). Default: every method but POST. */
  readonly safe?: boolean;
  /** Whether it takes a body. Default: POST, PUT and PATCH do. */
  readonly body?: boolean;
  /** Query that always goes along, the same for all callers. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** How the body goes out. Default: JSON; `binary` sends bytes as they are; any other value is the multipart field name. */
  readonly form?: string;
  /** What the answer is. Default: JSON; `list` is JSON in which `null` stands for `[]` (protocol §7.1). */
  readonly answer?: 'list' | 'blob' | 'text' | 'ndjson' | 'none';
  readonly paging?: PagingKind;
  /** Member of the answer that holds the rows of a page, or `*` if every member holds some. Default: the answer itself. */
  readonly rows?: string;
  /** Names that callers know from public documents, each with the name that the server reads. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Queries under which the server gives only the first page rightly, so that no other is asked for. */
  readonly singlePageWith?: readonly string[];
  /** Body key by which the server knows a repeated request again; filled with a fresh value, which makes a POST safe (protocol §9.1). */
  readonly dedupe?: string;
  /**
   * True for routes that need no session: no login is made for their sake. A credential that is in hand goes along all the same, because
   * some of them tell more then.
   */
  readonly anonymous?: boolean;
  /** First server version that has it, such as `9.5`. Default: all that are known, which are 5.37 and later. */
  readonly since?: string;
  /** Last server version that had it. */
  readonly until?: string;
  /** Licence that it needs; `any` will do where it says so. */
  readonly licence?: string;
}

/** What a generated group needs of the REST pipeline. */
export interface Rest {
  /** A call whose answer is one value. `path` are the path parameters in order. */
  call<T>(operation: Operation, path: readonly string[], body?: unknown, query?: object): Call<T>;
  /** A call that the server pages; `P` is one page, `T` one row. */
  paged<T, P = T[]>(
    operation: Operation,
    plan: PagePlan<T, P>,
    path: readonly string[],
    body?: unknown,
    query?: object,
  ): PagedCall<T, P>;
}
