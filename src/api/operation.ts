/** HTTP methods that the server routes. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * How an operation pages (protocol §7): by its query, or by the body of a POST.
 *
 * - `page`: rows by a zero-based `page` and `per_page`; a short page is the last.
 * - `users`: like `page`, except with the filter `not_in_channel`.
 * - `lines`: like `page`, with `logs_per_page`; a POST has it in the query, too.
 * - `posts`: a post list of a channel; the last page has no id of a neighbour.
 * - `saved`, `search`: a post list without ids of neighbours, and rows may be missing from it; the last page is empty.
 * - `replies`: a thread, from a time and an id on; each page says whether more follows.
 * - `threads`: threads of a user, before or after one of them.
 * - `after`: rows after the id of the last row; a short page is the last.
 * - `properties`: like `after`, with the time of the last row as well.
 * - `cursor`: rows after the cursor that the page before names; without a cursor it is the last.
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

/** What is not clear from the route of an operation. A fact that is absent has its default. */
export interface OperationFacts {
  /** Whether the route lies beside `/api/v4`, as those of plugins do. */
  readonly root?: boolean;
  /** Whether a repeat does no harm (protocol §9). Default: every method but POST. */
  readonly safe?: boolean;
  /** Whether it takes a body. Default: POST, PUT and PATCH do. */
  readonly body?: boolean;
  /** Query that is sent with every call. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** How the body is sent. Default: JSON; `binary` sends bytes as they are; any other value is the name of the multipart field. */
  readonly form?: string;
  /** What the answer is. Default: JSON; `list` is JSON in which `null` stands for `[]` (protocol §7.1). */
  readonly answer?: 'list' | 'blob' | 'text' | 'ndjson' | 'none';
  readonly paging?: PagingKind;
  /** Member of the answer that holds the rows of a page, or `*` if every member holds some. Default: the answer itself. */
  readonly rows?: string;
  /** Names that callers know from public documents, each with the name that the server reads. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Query parameters with which only the first page is right, so that no other is requested. */
  readonly singlePageWith?: readonly string[];
  /** Member of the body by which the server recognises a repeated request. It gets a new value, which makes a POST safe (protocol §9.1). */
  readonly dedupe?: string;
  /**
   * True for routes that need no session: nobody logs in for such a call. A credential that is there already is sent all the same, because
   * some of these routes then answer more.
   */
  readonly anonymous?: boolean;
  /** First server version that has it, such as `9.5`. Default: all that are known, which are 5.37 and later. */
  readonly since?: string;
  /** Last server version that had it; `0` if none ever did. */
  readonly until?: string;
  /** Least licence that it needs; `any` where any will do. */
  readonly licence?: string;
}

/** One operation of the API as data, interpreted by the pipeline. */
export interface Operation extends OperationFacts {
  /** Name of the method, such as `getUser`; names the call in errors and logs. */
  readonly id: string;
  readonly method: HttpMethod;
  /** Route below `/api/v4`, or below the site if `root` is set, with `{name}` for each path parameter, in the order of the arguments. */
  readonly path: string;
}
