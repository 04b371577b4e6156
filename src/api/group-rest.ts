import type { Call } from './call.js';
import type { Operation } from './operation.js';
import type { PagedCall } from './paged-call.js';
import type { PagePlan } from './paging.js';

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
