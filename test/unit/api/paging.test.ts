import fc from 'fast-check';
import { concatMap, delay, firstValueFrom, of, take, toArray, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { PagedCall } from '../../../src/api/paged-call.js';
import { postsPlan, rowsPlan, type PagePlan } from '../../../src/api/paging.js';
import type { HttpRequest, Transport } from '../../../src/api/http/types.js';
import type { Rest } from '../../../src/api/group-rest.js';
import type { Operation } from '../../../src/api/operation.js';
import { ProtocolError } from '../../../src/models/errors.js';
import { answer, answering, refusal, setUp, watch } from './kit.js';

const getUsers: Operation = {
  id: 'getUsers',
  method: 'GET',
  path: '/users',
  paging: 'page',
  singlePageWith: ['not_in_team'],
};
const getPosts: Operation = {
  id: 'getPostsForChannel',
  method: 'GET',
  path: '/channels/{channel_id}/posts',
  paging: 'posts',
};
const getSaved: Operation = {
  id: 'getFlaggedPosts',
  method: 'GET',
  path: '/users/{user_id}/posts/flagged',
  paging: 'saved',
};

interface User {
  readonly id: string;
}
interface Post {
  readonly id: string;
  readonly create_at: number;
}
interface PostList {
  readonly order: readonly string[];
  readonly posts: Readonly<Record<string, Post>>;
  readonly prev_post_id: string;
  readonly next_post_id: string;
}

const number = (request: HttpRequest, name: string, otherwise: number): number => {
  const value = new URL(request.url).searchParams.get(name);
  return value === null ? otherwise : Number(value);
};

/** Pages as the server does: clamped, by offset. */
function pageOf<T>(rows: readonly T[], request: HttpRequest): T[] {
  const size = Math.min(number(request, 'per_page', 60), 200);
  const page = number(request, 'page', 0);
  return rows.slice(page * size, (page + 1) * size);
}

function users(rows: readonly unknown[], onRequest: (request: HttpRequest) => void = () => undefined): Transport {
  return answering((request) => {
    onRequest(request);
    return answer(pageOf(rows, request));
  });
}

const many = (count: number): User[] => Array.from({ length: count }, (_, n) => ({ id: `u${n}` }));
const pagedOn = <T, P = T[]>(rest: Rest, operation: Operation, query?: object): PagedCall<T, P> =>
  rest.paged<T, P>(
    operation,
    (operation.paging === 'page' ? rowsPlan : postsPlan)(operation) as unknown as PagePlan<T, P>,
    operation === getUsers ? [] : ['x1'],
    undefined,
    query,
  );
const paged = <T, P = T[]>(transport: Transport, operation: Operation, query?: object): PagedCall<T, P> =>
  pagedOn(setUp({ transport }).rest, operation, query);
const all = <T>(source: Observable<T>): Promise<T[]> => firstValueFrom(source.pipe(toArray()));

describe('a paged call', () => {
  it('is by itself the one page that its query asks for', async () => {
    const urls: string[] = [];
    const call = paged<User>(
      users(many(10), ({ url }) => urls.push(url)),
      getUsers,
      { page: 1, per_page: 3 },
    );
    expect(await call).toEqual(many(10).slice(3, 6));
    expect(urls).toEqual(['http://mm.test/api/v4/users?page=1&per_page=3']);
  });

  it('asks for no more than is taken', async () => {
    let requests = 0;
    const call = paged<User>(
      users(many(1000), () => requests++),
      getUsers,
      { per_page: 200 },
    );
    const cases: readonly (readonly [number, number])[] = [
      [1, 1],
      [199, 1],
      [200, 1],
      [201, 2],
      [400, 2],
      [500, 3],
    ];
    for (const [rows, expected] of cases) {
      requests = 0;
      expect(await all(call.items().pipe(take(rows)))).toHaveLength(rows);
      expect(requests).toBe(expected);
      requests = 0;
      let taken = 0;
      for await (const _ of call.items()) if (++taken === rows) break;
      expect(requests).toBe(expected);
    }
    requests = 0;
    expect(await all(call.pages().pipe(take(2)))).toHaveLength(2);
    expect(requests).toBe(2);
  });

  it('starts each walk anew, at the page that its query names, with the options of the call', async () => {
    const seen: unknown[] = [];
    const call = paged<User>(
      users(many(7), ({ url, headers }) => seen.push([url.split('?')[1], headers['x-a']])),
      getUsers,
      {
        page: 1,
        per_page: 3,
        in_team: 't',
      },
    ).with({ headers: { 'x-a': '1' } });
    const items = call.items();
    expect(await all(items)).toEqual(many(7).slice(3));
    expect(await all(items)).toEqual(many(7).slice(3));
    expect(seen.slice(0, 2)).toEqual([
      ['page=1&per_page=3&in_team=t', '1'],
      ['page=2&per_page=3&in_team=t', '1'],
    ]);
  });

  it('asks for the next page only when the projection of the last one has completed', () => {
    let requests = 0;
    const { clock, rest } = setUp({ transport: users(many(6), () => requests++) });
    const call = pagedOn<User>(rest, getUsers, { per_page: 2 });
    const slow = watch(call.items(({ id }) => of(id).pipe(delay(10, clock))));
    clock.advance(19);
    expect([requests, slow.values]).toEqual([1, ['u0']]);
    clock.advance(1);
    expect([requests, slow.values]).toEqual([2, ['u0', 'u1']]);
    clock.advance(1000);
    expect(slow.values).toHaveLength(6);
    expect(slow.completed).toBe(true);

    requests = 0;
    const byPage = watch(call.pages((page) => of(page.length).pipe(delay(10, clock))));
    clock.advance(10);
    expect([requests, byPage.values]).toEqual([2, [2]]);
    byPage.leave();
    expect(clock.pending).toBe(0);
  });

  it('walks any number of pages that come at once, as from a cache', async () => {
    const call = paged<User>(users(many(2_000)), getUsers, { per_page: 1 });
    expect(await all(call.items())).toHaveLength(2_000);
  });

  it('ends without a value where nothing is new since the ETag that was given', async () => {
    let requests = 0;
    const call = paged<User>(
      answering(() => (requests++, answer('', 304))),
      getUsers,
    ).with({ ifNoneMatch: 'tag' });
    expect(await all(call.items())).toEqual([]);
    for await (const _ of call.items()) expect.unreachable();
    expect(requests).toBe(2);
  });

  it('with other options has pages and items, too', async () => {
    const seen: unknown[] = [];
    const call = paged<User>(
      users(many(3), ({ headers }) => seen.push(headers['x-a'])),
      getUsers,
      { per_page: 2 },
    ).with({ headers: { 'x-a': '1' } });
    const pages: User[][] = [];
    for await (const page of call.pages()) pages.push(page);
    expect(pages).toEqual([many(3).slice(0, 2), many(3).slice(2)]);
    expect(seen).toEqual(['1', '1']);
  });

  it('gives no page without rows, though one had to be asked for', async () => {
    let requests = 0;
    const call = paged<User>(
      users(many(4), () => requests++),
      getUsers,
      { per_page: 2 },
    );
    expect(await all(call.pages())).toEqual([many(4).slice(0, 2), many(4).slice(2)]);
    expect(requests).toBe(3);
  });

  it('whose subscriber leaves with the last row of a page asks for no other', () => {
    const { wire, rest } = setUp();
    const rows: User[] = [];
    const subscription = pagedOn<User>(rest, getUsers, { per_page: 2 })
      .items()
      .subscribe((row) => {
        rows.push(row);
        if (rows.length === 2) subscription.unsubscribe();
      });
    wire.last.respond(answer(many(2)));
    expect(rows).toHaveLength(2);
    expect(wire.sent).toHaveLength(1);
  });

  it('is aborted, like any call, by the close of the client and by its signal', () => {
    const { wire, rest } = setUp();
    const controller = new AbortController();
    const call = pagedOn<User>(rest, getUsers, { per_page: 2 });
    const aborted = watch(call.with({ signal: controller.signal }).items());
    const closed = watch(call.items());
    wire.sent.forEach(({ respond }) => respond(answer(many(2))));
    controller.abort(new Error('enough'));
    expect(aborted.error).toMatchObject({ message: 'enough' });
    rest.close();
    expect(closed.error).toMatchObject({ code: 'closed' });
    expect(wire.sent).toHaveLength(4);
    expect(wire.sent.slice(2).every((sent) => sent.aborted)).toBe(true);
  });

  it('can be used with operators that buffer', async () => {
    const call = paged<User>(users(many(5)), getUsers, { per_page: 2 });
    expect(await all(call.items().pipe(concatMap(({ id }) => Promise.resolve(id))))).toHaveLength(5);
  });

  it('stops with the subscriber, and aborts the page under way', () => {
    const { wire, rest } = setUp();
    const items = watch(pagedOn<User>(rest, getUsers, { per_page: 2 }).items());
    wire.last.respond(answer(many(2)));
    expect(items.values).toHaveLength(2);
    items.leave();
    expect(wire.sent).toHaveLength(2);
    expect(wire.last.aborted).toBe(true);
  });

  it('errors as its calls do, after the rows that it has', async () => {
    const transport = answering((request) => (number(request, 'page', 0) === 0 ? answer(many(2)) : refusal(403, 'no')));
    const items = watch(paged<User>(transport, getUsers, { per_page: 2 }).items());
    expect(items.values).toHaveLength(2);
    expect(items.error).toMatchObject({ status: 403 });
    await expect(async () => {
      for await (const _ of paged<User>(transport, getUsers, { per_page: 2 }).items());
    }).rejects.toMatchObject({ status: 403 });
  });
});

describe('rows', () => {
  it('all come once, in order, whatever size is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.oneof(fc.integer({ min: -1, max: 300 }), fc.constantFrom(undefined, NaN, 'x')),
        async (count, size) => {
          const query = size === undefined || Number.isNaN(size) ? {} : { per_page: size };
          const call = paged<User>(users(many(count)), getUsers, query);
          expect(await all(call.items())).toEqual(many(count));
          expect((await all(call.pages())).flat()).toEqual(many(count));
          const walked: User[] = [];
          for await (const user of call.items()) walked.push(user);
          expect(walked).toEqual(many(count));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are asked for at most 200 at a time, which is the limit of the server, and 100 by default', async () => {
    const sizes: number[] = [];
    const transport = users(many(450), (request) => sizes.push(number(request, 'per_page', 0)));
    expect(await all(paged<User>(transport, getUsers, { per_page: 5000 }).items())).toEqual(many(450));
    expect(sizes.splice(0)).toEqual([200, 200, 200]);
    expect(await all(paged<User>(transport, getUsers).items())).toEqual(many(450));
    expect(sizes.splice(0)).toEqual([100, 100, 100, 100, 100]);
    expect(await all(paged<User>(transport, getUsers, { per_page: 0 }).items())).toEqual(many(450));
    expect(sizes).toEqual([100, 100, 100, 100, 100]);
  });

  it('that were there from the start are never lost and none comes twice, while others are added anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.nat({ max: 80 }), { maxLength: 40 }),
        async (count, size, places) => {
          const rows = many(count);
          let added = 0;
          const insert = (): void => {
            const place = places[added];
            if (place !== undefined) rows.splice(Math.min(place, rows.length), 0, { id: `new${added++}` });
          };
          const ids = (await all(paged<User>(users(rows, insert), getUsers, { per_page: size }).items())).map(
            ({ id }) => id,
          );
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids).toEqual(expect.arrayContaining(many(count).map(({ id }) => id)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('without an id of their own are told apart by user, team and channel', async () => {
    const members = [
      { user_id: 'u1', channel_id: 'c1' },
      { user_id: 'u1', channel_id: 'c2' },
      { user_id: 'u1', channel_id: 'c1' },
    ];
    const call = paged<object>(users(members), getUsers, { per_page: 1 });
    expect(await all(call.items())).toEqual(members.slice(0, 2));
    expect(await all(call.pages())).toEqual([[members[0]], [members[1]]]);
    for (const name of ['user_id', 'team_id', 'channel_id']) {
      const rows = [{ [name]: 'x1' }, { [name]: 'x2' }, { [name]: 'x1' }];
      expect(await all(paged<object>(users(rows), getUsers, { per_page: 1 }).items())).toEqual(rows.slice(0, 2));
    }
    expect(await all(paged<object>(users([{ a: 1 }, { a: 1 }]), getUsers).items())).toHaveLength(2);
  });

  it('that the server gives as one page only come as that page, and more of them are an error', async () => {
    const few = paged<User>(users(many(199)), getUsers, { not_in_team: 't1', per_page: 200 });
    expect(await all(few.items())).toHaveLength(199);
    const items = watch(paged<User>(users(many(300)), getUsers, { not_in_team: 't1', per_page: 200 }).items());
    expect(items.values).toEqual([]);
    expect(items.error).toBeInstanceOf(ProtocolError);
    expect((items.error as Error).message).toMatch(/^getUsers: .*not_in_team/);
  });
});

/** A channel as the server pages it: newest first; neighbours and cursors skip posts of the same millisecond (protocol §7.3). */
function channel(posts: Post[], onRequest: () => void = () => undefined): Transport {
  return answering((request) => {
    onRequest();
    const query = new URL(request.url).searchParams;
    const newestFirst = [...posts].sort((a, b) => b.create_at - a.create_at);
    const at = (name: string): number | undefined => posts.find(({ id }) => id === query.get(name))?.create_at;
    const since = Number(query.get('since') ?? 0);
    const before = at('before') ?? Infinity;
    const after = query.has('after') ? (at('after') ?? Infinity) : -1;
    let rows: Post[];
    if (since > 0) rows = newestFirst.filter(({ create_at: time }) => time > since).slice(0, 1000);
    else if (query.has('after'))
      rows = pageOf(newestFirst.filter(({ create_at: time }) => time > after).reverse(), request).reverse();
    else
      rows = pageOf(
        newestFirst.filter(({ create_at: time }) => time < before),
        request,
      );
    const oldest = rows.at(-1)?.create_at ?? -1;
    const newest = rows[0]?.create_at ?? Infinity;
    const list: PostList = {
      order: rows.map(({ id }) => id),
      posts: Object.fromEntries(rows.map((post) => [post.id, post])),
      prev_post_id: since > 0 ? '' : (newestFirst.find(({ create_at: time }) => time < oldest)?.id ?? ''),
      next_post_id:
        since > 0 ? '' : ([...newestFirst].reverse().find(({ create_at: time }) => time > newest)?.id ?? ''),
    };
    return answer(list);
  });
}

describe('posts', () => {
  const times = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 50 });
  const postsAt = (list: readonly number[]): Post[] => list.map((time, n) => ({ id: `p${n}`, create_at: time }));

  it('of a channel all come once, those of one millisecond and those that are written meanwhile included', async () => {
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 7 }), fc.nat({ max: 20 }), async (list, size, writes) => {
        const posts = postsAt(list);
        let written = 0;
        const write = (): void => {
          if (written < writes) posts.push({ id: `new${written++}`, create_at: 100 });
        };
        const ids = (await all(paged<Post, PostList>(channel(posts, write), getPosts, { per_page: size }).items())).map(
          ({ id }) => id,
        );
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual(expect.arrayContaining(postsAt(list).map(({ id }) => id)));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['before', 'after'])('%s a fixed one all come once', async (name) => {
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 7 }), async (list, size) => {
        const posts = [...postsAt(list), { id: 'fix', create_at: 6 }];
        const ids = (
          await all(paged<Post, PostList>(channel(posts), getPosts, { per_page: size, [name]: 'fix' }).items())
        ).map(({ id }) => id);
        const expected = posts
          .filter(({ create_at: time }) => (name === 'before' ? time < 6 : time > 6))
          .map(({ id }) => id);
        expect([...ids].sort()).toEqual(expected.sort());
      }),
      { numRuns: 200 },
    );
  });

  it('go on after a short page as long as there is a neighbour in the direction of the walk', async () => {
    const served = (neighbours: readonly object[]) => {
      let requests = 0;
      const transport = answering(() => {
        const id = `p${requests}`;
        return answer({ order: [id], posts: { [id]: { id } }, ...neighbours[requests++] });
      });
      return async (query: object): Promise<number> => {
        await all(paged<Post, PostList>(transport, getPosts, query).items());
        return requests;
      };
    };
    const older = { prev_post_id: 'x', next_post_id: '' };
    const newer = { prev_post_id: '', next_post_id: 'x' };
    const none = { prev_post_id: '', next_post_id: '' };
    expect(await served([older, none])({})).toBe(2);
    expect(await served([newer])({})).toBe(1);
    expect(await served([newer, none])({ after: 'p' })).toBe(2);
    expect(await served([older])({ after: 'p' })).toBe(1);
  });

  it('whose ids come without them are left out', async () => {
    const list = answering(() => answer({ order: ['a', 'b'], posts: { b: { id: 'b' } }, prev_post_id: '' }));
    expect(await all(paged<Post, PostList>(list, getPosts).items())).toEqual([{ id: 'b' }]);
    const bare = answering(() => answer({ order: ['a'], prev_post_id: '' }));
    expect(await all(paged<Post, PostList>(bare, getPosts).items())).toEqual([]);
  });

  it('of a page come as the server sends them, without those that an earlier page had', async () => {
    const posts = postsAt([1, 2, 3, 4, 5]);
    let written = false;
    const pages = await all(
      paged<Post, PostList>(
        channel(posts, () => {
          if (posts.length === 5 && written) posts.push({ id: 'new', create_at: 9 });
          written = true;
        }),
        getPosts,
        { per_page: 2 },
      ).pages(),
    );
    expect(pages.map(({ order }) => order)).toEqual([['p4', 'p3'], ['p2'], ['p1', 'p0']]);
  });

  it('since a time are one answer; a full answer is an error, because posts may be missing', async () => {
    const few = await all(paged<Post, PostList>(channel(postsAt([1, 5, 9])), getPosts, { since: 4 }).items());
    expect(few.map(({ id }) => id)).toEqual(['p2', 'p1']);
    const full = watch(
      paged<Post, PostList>(channel(postsAt(Array<number>(1100).fill(5))), getPosts, { since: 4 }).items(),
    );
    expect(full.error).toBeInstanceOf(ProtocolError);
    expect((full.error as Error).message).toMatch(/since gives 1000 posts at most$/);
    const none = await all(
      paged<Post, PostList>(channel(postsAt([1, 5, 9])), getPosts, { since: 0, per_page: 1 }).items(),
    );
    expect(none).toHaveLength(3);
  });

  it('before or after an unknown post are none', async () => {
    const transport = answering(() => answer({ order: [], posts: {}, next_post_id: '', prev_post_id: 'unknown' }));
    expect(await all(paged<Post, PostList>(transport, getPosts, { after: 'unknown' }).items())).toEqual([]);
    expect(await all(paged<Post, PostList>(transport, getPosts, { before: 'unknown' }).items())).toEqual([]);
  });

  it('that are saved end with an empty page only, because other pages lack the posts that may not be read', async () => {
    const readable = (n: number): boolean => n % 3 !== 0;
    const transport = answering((request) => {
      const rows = pageOf(
        Array.from({ length: 10 }, (_, n) => n),
        request,
      ).filter(readable);
      const ids = rows.map((n) => `p${n}`);
      return answer({
        order: ids,
        posts: Object.fromEntries(ids.map((id) => [id, { id }])),
        prev_post_id: '',
        next_post_id: '',
      });
    });
    const saved = await all(paged<Post, PostList>(transport, getSaved, { per_page: 2 }).items());
    expect(saved.map(({ id }) => id)).toEqual(['p1', 'p2', 'p4', 'p5', 'p7', 'p8']);
  });
});
