import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { ApiResponse, Call } from '../../src/api/call.js';
import type { LazyStream } from '../../src/api/page-walk.js';
import type { PagedCall } from '../../src/api/paged-call.js';

interface User {
  readonly id: string;
}
declare const call: Call<User>;
declare const paged: PagedCall<User>;
declare const posts: PagedCall<string, { readonly order: string[] }>;

describe('a call', () => {
  it('is an Observable and can be awaited', () => {
    expectTypeOf(call).toExtend<Observable<User>>();
    expectTypeOf<Awaited<typeof call>>().toEqualTypeOf<User>();
    expectTypeOf<Awaited<ReturnType<typeof call.response>>>().toEqualTypeOf<ApiResponse<User>>();
    expectTypeOf<Awaited<ReturnType<typeof call.raw>>>().toEqualTypeOf<Response>();
  });

  it('stays what it is with other options, which are checked', () => {
    expectTypeOf(call.with({ retry: false, timeoutMs: 5 })).toEqualTypeOf<Call<User>>();
    expectTypeOf(paged.with({})).toEqualTypeOf<PagedCall<User>>();
    // @ts-expect-error milliseconds are a number
    void call.with({ timeoutMs: '5' });
  });

  it('that pages is a page by itself, and gives pages and rows', () => {
    expectTypeOf<Awaited<typeof paged>>().toEqualTypeOf<User[]>();
    expectTypeOf(paged.items()).toEqualTypeOf<LazyStream<User>>();
    expectTypeOf(posts.pages()).toEqualTypeOf<LazyStream<{ readonly order: string[] }>>();
    expectTypeOf(posts.items()).toExtend<AsyncIterable<string>>();
    expectTypeOf(paged.items(({ id }) => Promise.resolve(id.length))).toEqualTypeOf<Observable<number>>();
  });
});
