import fc from 'fast-check';
import { firstValueFrom, toArray, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { HttpRequest, HttpResponse, Transport } from '../../../src/api/http/types.js';
import type { Operation } from '../../../src/api/operation.js';
import {
  afterPlan,
  cursorPlan,
  propertiesPlan,
  repliesPlan,
  reportPlan,
  threadsPlan,
} from '../../../src/api/paging-by-cursor.js';
import { linesPlan, postsPlan, rowsPlan, usersPlan, type PagePlan } from '../../../src/api/paging.js';
import { ProtocolError } from '../../../src/models/errors.js';
import { answer, answering, setUp, watch } from './kit.js';

type Plan = (operation: Operation) => object;

interface Walk {
  readonly plan: Plan;
  readonly operation: Partial<Operation>;
  readonly transport: Transport;
  readonly query?: object;
  readonly body?: unknown;
}

function paged<T, P = T[]>({ plan, operation, transport, query, body }: Walk) {
  const whole: Operation = { id: 'list', method: 'GET', path: '/list', ...operation };
  return setUp({ transport }).rest.paged<T, P>(whole, plan(whole) as PagePlan<T, P>, [], body, query);
}

const all = <T>(source: Observable<T>): Promise<T[]> => firstValueFrom(source.pipe(toArray()));
const ids = async (source: Observable<{ readonly id: string }>): Promise<string[]> =>
  (await all(source)).map(({ id }) => id);
const queryOf = ({ url }: HttpRequest): URLSearchParams => new URL(url).searchParams;
const bodyOf = ({ body }: HttpRequest): Readonly<Record<string, unknown>> =>
  JSON.parse(body as string) as Record<string, unknown>;

interface Reply {
  readonly id: string;
  readonly root_id: string;
  readonly create_at: number;
  readonly update_at: number;
}

const reply = (n: number, time: number, changed = time): Reply => ({
  id: `p${String(n).padStart(3, '0')}`,
  root_id: 'root',
  create_at: time,
  update_at: changed,
});

/** A thread as 11.6 pages it: in no order without a direction; the root leads, and takes a place of the first page down. */
function thread(replies: readonly Reply[], onRequest: () => void = () => undefined): Transport {
  return answering((request) => {
    onRequest();
    const query = queryOf(request);
    const perPage = Number(query.get('perPage'));
    const up = query.get('direction') === 'up';
    const byChange = Number(query.get('fromUpdateAt')) > 0;
    const from = Number(query.get('fromUpdateAt') ?? query.get('fromCreateAt') ?? 0);
    const fromPost = query.get('fromPost') ?? '';
    const time = (one: Reply): number => (byChange ? one.update_at : one.create_at);
    const compare = (a: Reply, b: Reply): number => (time(a) - time(b) || (a.id < b.id ? -1 : 1)) * (up ? -1 : 1);
    const sorted = [...replies].sort(query.has('direction') ? compare : () => 0);
    const rest = sorted.filter((one) => {
      if (from <= 0) return true;
      const further = up ? time(one) < from : time(one) > from;
      const tie = fromPost !== '' && time(one) === from && (up ? one.id < fromPost : one.id > fromPost);
      return further || tie;
    });
    const page = rest.slice(0, !up && from <= 0 ? perPage - 1 : perPage);
    const root = { id: 'root', root_id: '', create_at: 1, update_at: 1 };
    return answer({
      order: ['root', ...page.map(({ id }) => id)],
      posts: Object.fromEntries([root, ...page].map((post) => [post.id, post])),
      has_next: page.length < rest.length,
    });
  });
}

describe('replies', () => {
  const times = fc.array(fc.integer({ min: 2, max: 9 }), { maxLength: 40 });
  const walk = (transport: Transport, query: object): Promise<string[]> =>
    ids(paged<Reply>({ plan: repliesPlan, operation: { paging: 'replies' }, transport, query }).items());

  it.each(['down', 'up', undefined])('going %s all come once, those of one millisecond included', async (direction) => {
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 0, max: 7 }), async (list, perPage) => {
        const replies = list.map((time, n) => reply(n, time));
        const found = await walk(thread(replies), { perPage, direction });
        expect([...found].sort()).toEqual([...replies.map(({ id }) => id), 'root'].sort());
      }),
      { numRuns: 200 },
    );
  });

  it('that are written meanwhile come too', async () => {
    const replies = [1, 2, 3, 4].map((n) => reply(n, n + 1));
    let requests = 0;
    const transport = thread(replies, () => {
      if (requests++ < 3) replies.push(reply(10 + requests, 50));
    });
    expect(await walk(transport, { perPage: 2 })).toHaveLength(4 + 3 + 1);
  });

  it('by their last change all come, though the server has no order among those of one millisecond', async () => {
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 9 }), async (list, perPage) => {
        const replies = list.map((time, n) => reply(n, 1, time));
        const found = await walk(thread(replies), { perPage, fromUpdateAt: 1, updatesOnly: true });
        expect(new Set(found)).toEqual(new Set(['root', ...replies.map(({ id }) => id)]));
      }),
      { numRuns: 200 },
    );
  });

  it('by their last change are an error where one millisecond fills the largest page', () => {
    const same = Array.from({ length: 201 }, (_, n) => reply(n, 1, 5));
    const transport = thread([...same, reply(300, 1, 7)]);
    const items = watch(
      paged<Reply>({ plan: repliesPlan, operation: {}, transport, query: { perPage: 4, fromUpdateAt: 2 } }).items(),
    );
    expect(items.error).toBeInstanceOf(ProtocolError);
    expect((items.error as Error).message).toMatch(/^list: .*200 of one millisecond fill the largest page/);
  });

  describe('go on', () => {
    /** Unsorted, with several at the first and the last time; the root is the furthest by either time, but no reply. */
    const scrambled = [
      { id: 'pb', root_id: 'root', create_at: 5, update_at: 23 },
      { id: 'pz', root_id: 'root', create_at: 3, update_at: 27 },
      { id: 'root', root_id: '', create_at: 1, update_at: 99 },
      { id: 'pc', root_id: 'root', create_at: 5, update_at: 26 },
      { id: 'px', root_id: 'root', create_at: 3, update_at: 25 },
      { id: 'pa', root_id: 'root', create_at: 5, update_at: 24 },
      { id: 'py', root_id: 'root', create_at: 3, update_at: 22 },
    ];
    const page = (posts: readonly Reply[], has_next: boolean): HttpResponse =>
      answer({
        order: posts.map(({ id }) => id),
        posts: Object.fromEntries(posts.map((post) => [post.id, post])),
        has_next,
      });
    /** The queries of a walk through these pages. */
    const queries = async (pages: readonly (readonly Reply[])[], query: object): Promise<object[]> => {
      const asked: object[] = [];
      const transport = answering((request) => {
        asked.push(Object.fromEntries(queryOf(request)));
        return page(pages[asked.length - 1]!, asked.length < pages.length);
      });
      await walk(transport, query);
      return asked;
    };

    it.each([
      ['down', { fromUpdateAt: 0 }, { fromCreateAt: '5', fromPost: 'pc' }],
      ['up', {}, { fromCreateAt: '3', fromPost: 'px' }],
      ['down', { fromUpdateAt: 20 }, { fromUpdateAt: '26' }],
      ['up', { fromUpdateAt: 30 }, { fromUpdateAt: '23' }],
    ])('%s with %o from the furthest reply of a page, in a page of the same size', async (direction, given, cursor) => {
      const asked = await queries([scrambled, []], { perPage: 9, direction, ...given });
      expect(asked).toHaveLength(2);
      expect(asked[0]).toMatchObject({ perPage: '9', direction });
      expect(asked[1]).toMatchObject({ perPage: '9', direction, ...cursor });
    });

    it('in a page of double the size when one millisecond fills a page', async () => {
      const same = [reply(1, 1, 5), reply(2, 1, 5)];
      const asked = await queries([same, same, same, []], { perPage: 2, fromUpdateAt: 1 });
      expect(asked.map((query) => (query as { perPage: string }).perPage)).toEqual(['2', '2', '4', '8']);
    });

    it('not at all after a page without replies', async () => {
      expect(await queries([scrambled.slice(2, 3), []], { perPage: 2 })).toHaveLength(1);
    });
  });

  it('of 5.37, which does not page and lists the root twice, come with one request', async () => {
    let requests = 0;
    const transport = answering(() => {
      requests++;
      const posts = { root: { id: 'root' }, a: { id: 'a', root_id: 'root' } };
      return answer({ order: ['root', 'a', 'root'], posts });
    });
    expect(await walk(transport, {})).toEqual(['root', 'a']);
    expect(requests).toBe(1);
  });

  it('are asked for at most 200 at a time, because the server refuses more, and always in a direction', async () => {
    const urls: string[] = [];
    const transport = answering(({ url }) => {
      urls.push(url.split('?')[1] ?? '');
      return answer({ order: [], posts: {}, has_next: false });
    });
    await walk(transport, { perPage: 1000 });
    await walk(transport, { perPage: 1 });
    expect(urls).toEqual(['perPage=200&direction=down', 'perPage=2&direction=down']);
  });
});

interface Thread {
  readonly id: string;
  last_reply_at: number;
}

/** Threads as the server pages them: strictly before or after the time of one; nothing after one that it does not know. */
function threads(rows: Thread[], sizeName: string, onRequest: () => void = () => undefined): Transport {
  return answering((request) => {
    onRequest();
    const query = queryOf(request);
    const size = Number(query.get(sizeName));
    const time = (name: string): number => rows.find(({ id }) => id === query.get(name))?.last_reply_at ?? NaN;
    const ascending = query.has('after');
    const found = rows
      .filter((row) => !query.has('before') || row.last_reply_at < time('before'))
      .filter((row) => !ascending || row.last_reply_at > time('after'))
      .sort((a, b) => (b.last_reply_at - a.last_reply_at) * (ascending ? -1 : 1));
    return answer({ total: rows.length, threads: found.slice(0, size) });
  });
}

describe('threads', () => {
  const walk = (transport: Transport, query: object) =>
    paged<Thread, { threads: Thread[] | null }>({
      plan: threadsPlan,
      operation: { paging: 'threads' },
      transport,
      query,
    });
  /** As many of one millisecond as `together` says. */
  const made = (count: number, together = 2): Thread[] =>
    Array.from({ length: count }, (_, n) => ({ id: `t${n}`, last_reply_at: 10 + Math.floor(n / together) }));
  const sizes = fc.integer({ min: 1, max: 9 });
  const together = fc.integer({ min: 1, max: 12 });

  it.each(['per_page', 'pageSize'])('all come once with %s, those of one millisecond included', async (sizeName) => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 40 }), together, sizes, async (count, alike, size) => {
        const rows = made(count, alike);
        const found = await ids(walk(threads(rows, sizeName), { per_page: size }).items());
        expect([...found].sort()).toEqual(rows.map(({ id }) => id).sort());
      }),
      { numRuns: 100 },
    );
  });

  it('are not lost when they get replies meanwhile, or leave, or others begin', async () => {
    const changes = fc.array(fc.record({ what: fc.constantFrom('reply', 'leave', 'begin'), at: fc.nat({ max: 40 }) }), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 30 }), together, sizes, changes, async (count, alike, size, list) => {
        const rows = made(count, alike);
        const left = new Set<string>();
        let now = 1000;
        const pending = [...list];
        const change = (): void => {
          const { what, at } = pending.shift() ?? {};
          const row = rows[(at ?? 0) % Math.max(1, rows.length)];
          if (what === 'begin') rows.push({ id: `new${now}`, last_reply_at: now++ });
          else if (what === 'reply' && row) row.last_reply_at = now++;
          else if (what === 'leave' && row) {
            left.add(row.id);
            rows.splice(rows.indexOf(row), 1);
          }
        };
        const found = await ids(walk(threads(rows, 'per_page', change), { per_page: size }).items());
        expect(new Set(found).size).toBe(found.length);
        const stayed = made(count).filter(({ id }) => !left.has(id));
        expect(found).toEqual(expect.arrayContaining(stayed.map(({ id }) => id)));
      }),
      { numRuns: 500 },
    );
  });

  it('after one of them come oldest first, those that move meanwhile at the end', async () => {
    const rows = made(12);
    const found = await ids(walk(threads(rows, 'per_page'), { per_page: 4, after: 't1' }).items());
    expect(found).toEqual(['t2', 't3', 't4', 't5', 't6', 't7', 't8', 't9', 't10', 't11']);
  });

  it('that follow a cursor are asked for in pages of the size that was given, and from the front once more', async () => {
    const asked: [string | null, string | null][] = [];
    const transport = (rows: Thread[]): Transport => {
      const { length } = asked;
      asked.splice(0, length);
      const server = threads(rows, 'per_page');
      return (request) => {
        asked.push([queryOf(request).get('per_page'), queryOf(request).get('before')]);
        return server(request);
      };
    };
    await all(walk(transport(made(5, 1)), { per_page: 2 }).items());
    expect(asked).toEqual([
      ['2', null],
      ['2', 't4'],
      ['2', 't3'],
      ['2', 't2'],
      ['2', 't1'],
      ['2', null],
    ]);
    expect(await ids(walk(transport(made(5, 1)), { per_page: 3, before: 't4' }).items())).toEqual([
      't3',
      't2',
      't1',
      't0',
    ]);
    // A walk that starts elsewhere has no front to read again.
    expect(asked).toEqual([
      ['3', 't4'],
      ['3', 't2'],
    ]);
    await all(walk(transport(made(5, 3)), { per_page: 2 }).items());
    expect(asked.map(([size]) => size)).toEqual(expect.arrayContaining(['2', '4']));
  });

  it('of the millisecond in which the walk began are not lost when the front is looked at again', async () => {
    const rows: Thread[] = [
      { id: 'a', last_reply_at: 10 },
      { id: 'b', last_reply_at: 9 },
    ];
    let requests = 0;
    const begin = (): void => {
      if (++requests === 3)
        rows.push({ id: 'c', last_reply_at: 12 }, { id: 'd', last_reply_at: 10 }, { id: 'e', last_reply_at: 10 });
    };
    const found = await ids(walk(threads(rows, 'per_page', begin), { per_page: 2 }).items());
    expect(found.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('end when a cursor leads nowhere twice', async () => {
    let requests = 0;
    const transport = answering((request) => {
      if (++requests > 9) throw new Error('too many requests');
      return answer({ threads: queryOf(request).has('before') ? [] : made(2, 1).reverse() });
    });
    expect(await ids(walk(transport, { per_page: 2 }).items())).toEqual(['t1', 't0']);
    expect(requests).toBe(4);
  });

  it('need no second look when one page has them all', async () => {
    let requests = 0;
    await all(
      walk(
        threads(made(5), 'per_page', () => requests++),
        {},
      ).items(),
    );
    expect(requests).toBe(1);
  });

  it('that fill the largest page with one millisecond are an error, because the rest cannot be reached', () => {
    const items = watch(walk(threads(made(201, 201), 'per_page'), { per_page: 3 }).items());
    expect(items.error).toBeInstanceOf(ProtocolError);
    expect((items.error as Error).message).toMatch(/^list: .*200 of one millisecond fill the largest page/);
  });

  it('are none where the server gives only totals', async () => {
    let requests = 0;
    const transport = answering(() => {
      requests++;
      return answer({ total: 3, threads: null });
    });
    expect(await all(walk(transport, { totalsOnly: true, per_page: 1 }).items())).toEqual([]);
    expect(requests).toBe(1);
  });
});

describe('rows', () => {
  const many = (count: number): { id: string }[] => Array.from({ length: count }, (_, n) => ({ id: `r${n}` }));

  it('in a member of the answer are found there, and pages keep what else they hold', async () => {
    const rows = many(5);
    const transport = answering((request) => {
      const page = Number(queryOf(request).get('page'));
      return answer({ policies: rows.slice(page * 2, page * 2 + 2), total_count: 5 });
    });
    const call = paged<{ id: string }, { policies: { id: string }[]; total_count: number }>({
      plan: rowsPlan,
      operation: { rows: 'policies' },
      transport,
      query: { per_page: 2 },
    });
    expect(await ids(call.items())).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
    expect((await all(call.pages())).map(({ total_count, policies }) => [total_count, policies.length])).toEqual([
      [5, 2],
      [5, 2],
      [5, 1],
    ]);
    const none = answering(() => answer({ policies: null, total_count: 0 }));
    expect(await all(paged({ plan: rowsPlan, operation: { rows: 'policies' }, transport: none }).items())).toEqual([]);
  });

  it('go on for as long as a plugin says that more follow', async () => {
    const transport = answering((request) => {
      const page = Number(queryOf(request).get('page'));
      return answer({ items: many(7).slice(page * 2, page * 2 + 2), has_more: page < 3 });
    });
    expect(await all(paged({ plan: rowsPlan, operation: { rows: 'items' }, transport }).items())).toHaveLength(7);
  });

  it('of a log come in pages of their own size, equal ones too', async () => {
    const urls: string[] = [];
    const transport = answering(({ url }) => {
      urls.push(url.split('?')[1] ?? '');
      return answer(urls.length === 1 ? ['a', 'a'] : ['a']);
    });
    const call = paged<string>({ plan: linesPlan, operation: {}, transport, query: { logs_per_page: 2 } });
    expect(await all(call.items())).toEqual(['a', 'a', 'a']);
    expect(urls).toEqual(['logs_per_page=2&page=0', 'logs_per_page=2&page=1']);
  });

  it('that an access policy filters go on from the last id, because the server ignores the page number', async () => {
    const urls: string[] = [];
    const rows = many(7);
    const transport = answering((request) => {
      const query = queryOf(request);
      urls.push(query.get('cursor_id') ?? '');
      const from = rows.findIndex(({ id }) => id === query.get('cursor_id')) + 1;
      return answer(rows.slice(from, from + 3));
    });
    const query = { not_in_channel: 'c1', per_page: 3 };
    expect(await ids(paged<{ id: string }>({ plan: usersPlan, operation: {}, transport, query }).items())).toEqual(
      rows.map(({ id }) => id),
    );
    expect(urls).toEqual(['', 'r2', 'r5']);
  });

  it.each(['GET', 'POST'] as const)('after an id come with %s', async (method) => {
    const rows = many(5);
    const transport = answering((request) => {
      const cursor =
        method === 'GET'
          ? queryOf(request).get('after')
          : (bodyOf(request)['cursor'] as { id?: string } | undefined)?.id;
      const limit = Number(method === 'GET' ? queryOf(request).get('limit') : bodyOf(request)['limit']);
      const from = rows.findIndex(({ id }) => id === cursor) + 1;
      return answer({ channels: rows.slice(from, from + limit) });
    });
    const given = { limit: 2, term: 'x' };
    const found = paged<{ id: string }, object>({
      plan: afterPlan,
      operation: { method, rows: 'channels' },
      transport,
      ...(method === 'GET' ? { query: given } : { body: given }),
    });
    expect(await ids(found.items())).toEqual(rows.map(({ id }) => id));
  });

  it('after a cursor that each page names come by the body of a POST', async () => {
    const bodies: unknown[] = [];
    const transport = answering((request) => {
      bodies.push(bodyOf(request));
      const { cursor } = bodyOf(request);
      return answer({
        posts: [{ id: `p${String(cursor)}` }],
        ...(cursor !== 'c2' && { next_cursor: { cursor: cursor ? 'c2' : 'c1' } }),
      });
    });
    const call = paged<{ id: string }, object>({
      plan: cursorPlan,
      operation: { method: 'POST', rows: 'posts' },
      transport,
      body: { channel_id: 'c', per_page: 5000 },
    });
    expect(await ids(call.items())).toEqual(['pundefined', 'pc1', 'pc2']);
    expect(bodies).toEqual([
      { channel_id: 'c', per_page: 1000 },
      { channel_id: 'c', per_page: 1000, cursor: 'c1' },
      { channel_id: 'c', per_page: 1000, cursor: 'c2' },
    ]);
  });

  it('of a report come after the value and id of the last, 100 at a time at most', async () => {
    const urls: string[] = [];
    const transport = answering(({ url }) => {
      urls.push(url.split('?')[1] ?? '');
      return answer(urls.length === 1 ? Array.from({ length: 100 }, (_, n) => ({ id: `u${n}`, create_at: n })) : []);
    });
    const query = { sort_column: 'CreateAt', page_size: 500 };
    expect(await all(paged({ plan: reportPlan, operation: {}, transport, query }).items())).toHaveLength(100);
    expect(urls).toEqual([
      'sort_column=CreateAt&page_size=100',
      'sort_column=CreateAt&page_size=100&direction=next&from_column_value=99&from_id=u99',
    ]);
  });

  it('of a report are sorted by user name unless the query says', async () => {
    const urls: string[] = [];
    const transport = answering(({ url }) => {
      urls.push(url.split('?')[1] ?? '');
      return answer(urls.length === 1 ? [{ id: 'u1', username: 'ann' }] : []);
    });
    await all(paged({ plan: reportPlan, operation: {}, transport, query: { page_size: 1 } }).items());
    expect(urls[1]).toBe('page_size=1&direction=next&from_column_value=ann&from_id=u1');
  });

  it.each([
    ['the time it was made', 'GET', 'create_at', {}],
    ['the time it changed, where changes are asked for', 'GET', 'update_at', { since: 3 }],
    ['the time it was made', 'POST', 'create_at', {}],
    ['the time it was made', 'POST', 'create_at', { since: 0 }],
    ['the time it changed, where changes are asked for', 'POST', 'update_at', { since: 3 }],
  ] as const)('of properties come after the id of the last and %s, with %s', async (_, method, time, given) => {
    // Two of each millisecond: the id decides among them.
    const rows = many(7).map((row, n) => ({ ...row, create_at: 10 + (n >> 1), update_at: 50 + (n >> 1) }));
    const asked: unknown[] = [];
    const transport = answering((request) => {
      const sent = method === 'GET' ? Object.fromEntries(queryOf(request)) : bodyOf(request);
      asked.push(sent);
      const { cursor_id: id, [`cursor_${time}`]: at, per_page: size } = sent;
      const from = rows.findIndex((row) => row.id === id && row[time] === Number(at)) + 1;
      return answer(rows.slice(from, from + Number(size)));
    });
    const found = paged<{ id: string }>({
      plan: propertiesPlan,
      operation: { method },
      transport,
      ...(method === 'GET' ? { query: { ...given, per_page: 3 } } : { body: { ...given, per_page: 3 } }),
    });
    expect(await ids(found.items())).toEqual(rows.map(({ id }) => id));
    expect(asked).toHaveLength(3);
    expect(Object.keys(asked[2] as object).sort()).toEqual(
      ['cursor_id', `cursor_${time}`, 'per_page', ...Object.keys(given)].sort(),
    );
  });

  it('of a log come from every node, by the query of a POST, those that are alike too', async () => {
    const record = (msg: string): object => ({ msg, user_id: 'u1' });
    const sent: [string, unknown][] = [];
    const transport = answering((request) => {
      sent.push([request.url.split('?')[1] ?? '', bodyOf(request)]);
      const page = Number(queryOf(request).get('page'));
      return answer(
        [
          { a: [record('same'), record('same')], b: [record('b0'), record('b1')] },
          { a: [record('a2')], b: [] },
          { a: [] },
        ][page],
      );
    });
    const call = paged<{ msg: string }, object>({
      plan: linesPlan,
      operation: { method: 'POST', paging: 'lines', rows: '*' },
      transport,
      query: { logs_per_page: 2 },
      body: { log_levels: ['error'] },
    });
    const found = await all(call.items());
    expect(found.map(({ msg }) => msg)).toEqual(['same', 'same', 'b0', 'b1', 'a2']);
    expect(sent).toEqual([
      ['logs_per_page=2&page=0', { log_levels: ['error'] }],
      ['logs_per_page=2&page=1', { log_levels: ['error'] }],
    ]);
  });

  it('of a search come by the body, and end with an empty page', async () => {
    const pages: unknown[] = [];
    const transport = answering((request) => {
      const { page } = bodyOf(request) as { page: number };
      pages.push(bodyOf(request));
      const order = page < 2 ? [`f${page}`] : [];
      return answer({ order, file_infos: Object.fromEntries(order.map((id) => [id, { id }])) });
    });
    const call = paged<{ id: string }, object>({
      plan: postsPlan,
      operation: { method: 'POST', paging: 'search' },
      transport,
      body: { terms: 'x' },
    });
    expect(await ids(call.items())).toEqual(['f0', 'f1']);
    expect(pages).toEqual([0, 1, 2].map((page) => ({ terms: 'x', page, per_page: 100 })));
  });
});
