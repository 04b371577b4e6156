import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/api/operation.js';
import type { CallRecord } from '../../../src/api/rest-options.js';
import {
  isApiError,
  NetworkError,
  RateLimitError,
  ServerError,
  TimeoutError,
  ValidationError,
} from '../../../src/models/errors.js';
import { answer, createPost, createTeam, deleteUser, getUser, refusal, searchUsers, setUp, watch } from './kit.js';

describe('a repeat', () => {
  it.each([502, 503, 504])('is made on status %i for what does no harm twice', (status) => {
    const { clock, wire, rest } = setUp();
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(answer('<html>bad gateway</html>', status));
    clock.advance(249);
    expect(wire.sent).toHaveLength(1);
    clock.advance(1);
    wire.last.respond(answer({ id: 'u1' }));
    expect(call).toMatchObject({ values: [{ id: 'u1' }], completed: true });
    expect(clock.pending).toBe(0);
  });

  it.each<[string, Operation]>([
    ['GET', getUser],
    ['DELETE', deleteUser],
    ['a POST that is safe', searchUsers],
    ['a create with a key', createPost],
  ])('is made after a network error for %s', (_, operation) => {
    const { clock, wire, rest } = setUp();
    const call = watch(rest.call(operation, ['u1'], operation.method === 'POST' ? { message: 'm' } : undefined));
    wire.last.fail(new TypeError('fetch failed'));
    clock.advance(250);
    wire.last.respond(answer({ ok: true }));
    expect(call.values).toEqual([{ ok: true }]);
  });

  it.each([
    ['a network error', (): unknown => new TypeError('fetch failed')],
    ['an error status', (): undefined => undefined],
  ])('is not made of a POST that is not safe, after %s', (_, cause) => {
    const { clock, wire, rest } = setUp();
    const call = watch(rest.call(createTeam, [], { name: 'a' }));
    if (cause()) wire.last.fail(cause());
    else wire.last.respond(answer('', 503));
    clock.advance(60_000);
    expect(wire.sent).toHaveLength(1);
    expect(call.error).toBeInstanceOf(cause() ? NetworkError : ServerError);
  });

  it.each([400, 401, 403, 404, 409, 413, 500, 501])('is not made on status %i', (status) => {
    const { clock, wire, rest } = setUp();
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(refusal(status, 'some.id'));
    clock.advance(60_000);
    expect(wire.sent).toHaveLength(1);
    expect(call.error).toMatchObject({ status, id: 'some.id' });
  });

  it('is bounded, its waits double up to the cap, and the last error is told', () => {
    const { clock, wire, rest } = setUp({ retry: { maxRetries: 4, baseMs: 100, capMs: 350 } });
    const call = watch(rest.call(getUser, ['me']));
    for (let attempt = 1; attempt <= 5; attempt++) {
      wire.last.fail(new Error(`failure ${attempt}`));
      clock.advance(400);
    }
    const times = wire.sent.map(({ atMs }) => atMs);
    expect(times.slice(1).map((at, n) => Math.round(at - 400 * n))).toEqual([100, 200, 350, 350]);
    expect((call.error as Error).message).toContain('failure 5');
  });

  it('waits a random part of the bound, never more', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 4 }), (random, retries) => {
        const { clock, wire, rest } = setUp({ random: () => random, retry: { baseMs: 100, capMs: 500 } });
        const call = watch(rest.call(getUser, ['me']));
        for (let attempt = 1; attempt <= retries; attempt++) {
          const startMs = clock.now();
          wire.last.fail(new Error('lost'));
          clock.advance(500);
          expect(wire.last.atMs - startMs).toBeCloseTo(random * Math.min(500, 100 * 2 ** (attempt - 1)), 6);
        }
        call.leave();
        expect(clock.pending).toBe(0);
      }),
    );
  });

  it('is made after as long as Retry-After says, without jitter, of everything that can be sent again', () => {
    const { clock, wire, rest } = setUp({ random: () => 0.01 });
    const call = watch(rest.call(createTeam, [], { name: 'a' }));
    wire.last.respond(answer('limit exceeded\n', 429, { 'retry-after': '3' }));
    clock.advance(2_999);
    expect(wire.sent).toHaveLength(1);
    clock.advance(1);
    wire.last.respond(answer({ id: 't1' }, 201));
    expect(call.values).toEqual([{ id: 't1' }]);
  });

  it('honours Retry-After of a 503, too', () => {
    const { clock, wire, rest } = setUp();
    watch(rest.call(getUser, ['me']));
    wire.last.respond(answer('', 503, { 'retry-after': '5' }));
    clock.advance(4_999);
    expect(wire.sent).toHaveLength(1);
    clock.advance(1);
    expect(wire.sent).toHaveLength(2);
  });

  it('is not begun where the server asks for a longer wait than allowed: the call fails at once and says how long', () => {
    const { wire, rest } = setUp({ retry: { maxRetryAfterMs: 10_000 } });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(answer('limit exceeded\n', 429, { 'retry-after': '11' }));
    expect(call.error).toBeInstanceOf(RateLimitError);
    expect(call.error).toMatchObject({ status: 429, retryAfterMs: 11_000, serverMessage: 'limit exceeded' });
  });

  it('is begun after a wait of a minute, and not after a longer one, unless the client says otherwise', () => {
    const { clock, wire, rest } = setUp({ timeoutMs: 600_000 });
    watch(rest.call(createTeam, [], { name: 'a' }));
    wire.last.respond(answer('', 429, { 'retry-after': '60' }));
    clock.advance(59_999);
    expect(wire.sent).toHaveLength(1);
    clock.advance(1);
    expect(wire.sent).toHaveLength(2);
    const longer = setUp({ timeoutMs: 600_000 });
    const call = watch(longer.rest.call(createTeam, [], { name: 'a' }));
    longer.wire.last.respond(answer('', 429, { 'retry-after': '61' }));
    expect(call.error).toBeInstanceOf(RateLimitError);
  });

  it('is made four times, unless the client says otherwise', () => {
    const { clock, wire, rest } = setUp();
    const call = watch(rest.call(getUser, ['me']));
    for (let failures = 1; failures <= 6; failures++) {
      wire.last.fail(new Error('lost'));
      clock.advance(2_000);
    }
    expect(wire.sent).toHaveLength(5);
    expect(call.error).toBeInstanceOf(NetworkError);
  });

  it('by options of a call keeps those of the client that it does not set', () => {
    const { clock, wire, rest } = setUp({ retry: { maxRetries: 1, baseMs: 5_000 } });
    const call = watch(rest.call(getUser, ['me']).with({ retry: { baseMs: 10 } }));
    wire.last.fail(new Error('lost'));
    clock.advance(10);
    expect(wire.sent).toHaveLength(2);
    wire.last.fail(new Error('lost'));
    expect(call.error).toBeInstanceOf(NetworkError);
  });

  it('is not begun if the wait would outlast the deadline of the call: what happened is told, not a time-out', () => {
    const { wire, rest } = setUp({ timeoutMs: 4_000 });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.respond(answer('', 429, { 'retry-after': '4' }));
    expect(call.error).toBeInstanceOf(RateLimitError);
  });

  it('ends with the subscriber, during the wait as well as during an attempt', () => {
    const { clock, wire, rest } = setUp();
    const waiting = watch(rest.call(getUser, ['me']));
    wire.last.fail(new Error('lost'));
    waiting.leave();
    clock.advance(60_000);
    expect(wire.sent).toHaveLength(1);
    const second = watch(rest.call(getUser, ['me']));
    second.leave();
    expect(wire.last.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('is not made of a stream, which can be sent once only', async () => {
    const { clock, wire, rest } = setUp();
    const upload: Operation = {
      id: 'uploadData',
      method: 'POST',
      path: '/uploads/{upload_id}',
      form: 'binary',
      safe: true,
    };
    const call = watch(rest.call(upload, ['up1'], new Blob(['bytes']).stream()));
    await Promise.resolve();
    wire.last.respond(answer('', 429, { 'retry-after': '1' }));
    clock.advance(10_000);
    expect(wire.sent).toHaveLength(1);
    expect(call.error).toBeInstanceOf(RateLimitError);
  });

  it('by a rule of the caller’s own that throws ends the call with that', () => {
    const boom = new Error('boom');
    const when = (): boolean => {
      throw boom;
    };
    const { clock, wire, rest } = setUp({ retry: { when } });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.fail(new TypeError('fetch failed'));
    expect(call.error).toBe(boom);
    expect(clock.pending).toBe(0);
  });

  it('by a rule that leaves the call in the same moment is not made, and leaves no timer', () => {
    const { clock, wire, rest } = setUp({ retry: { when: () => (call.leave(), true) } });
    const call = watch(rest.call(getUser, ['me']));
    wire.last.fail(new Error('lost'));
    expect(clock.pending).toBe(0);
    clock.advance(60_000);
    expect(wire.sent).toHaveLength(1);
  });

  it('is made after a transport that throws, as after one that fails', () => {
    let attempts = 0;
    const transport = (): never => {
      attempts++;
      throw new Error('broken');
    };
    const { clock, rest } = setUp({ transport, retry: { maxRetries: 2 } });
    const call = watch(rest.call(getUser, ['me']));
    clock.advance(10_000);
    expect(attempts).toBe(3);
    expect(call.error).toBeInstanceOf(NetworkError);
    expect((call.error as Error).message).toContain('broken');
  });

  it('is bounded, though progress was made in each attempt', () => {
    const { clock, wire, rest } = setUp({ retry: { maxRetries: 2 } });
    const seen = watch(rest.call(getUser, ['me']).progress());
    for (let attempt = 0; attempt < 3; attempt++) {
      wire.last.emit({ type: 'download', loadedBytes: 1 });
      wire.last.fail(new TypeError('cut'));
      clock.advance(2_000);
    }
    expect(wire.sent).toHaveLength(3);
    expect(seen.error).toBeInstanceOf(NetworkError);
  });

  it('can be switched off and replaced, for a client and for a call', () => {
    const off = setUp({ retry: false });
    const silent = watch(off.rest.call(getUser, ['me']));
    off.wire.last.respond(answer('', 503));
    expect(silent.error).toBeInstanceOf(ServerError);

    const louder = watch(off.rest.call(getUser, ['me']).with({ retry: { maxRetries: 1, baseMs: 10 } }));
    off.wire.last.respond(answer('', 503));
    off.clock.advance(10);
    off.wire.last.respond(answer({ id: 'u1' }));
    expect(louder.values).toEqual([{ id: 'u1' }]);

    const on = setUp();
    const once = watch(on.rest.call(getUser, ['me']).with({ retry: false }));
    on.wire.last.fail(new Error('lost'));
    expect(once.error).toBeInstanceOf(NetworkError);

    const asked: unknown[] = [];
    const own = watch(
      on.rest.call(createTeam, [], {}).with({
        retry: { when: (error, attempt) => (asked.push([isApiError(error) ? error.status : 0, attempt]), attempt < 2) },
      }),
    );
    on.wire.last.respond(refusal(500, 'x'));
    on.clock.advance(250);
    on.wire.last.respond(refusal(500, 'y'));
    expect(asked).toEqual([
      [500, 1],
      [500, 2],
    ]);
    expect(own.error).toMatchObject({ id: 'y' });
  });
});

describe('a create with a key', () => {
  const keyOf = (request: { body: unknown }): unknown =>
    (JSON.parse(request.body as string) as { pending_post_id: unknown }).pending_post_id;

  it('has a fresh key for each subscription, and the same one for its repeats', () => {
    const { clock, wire, rest } = setUp();
    const call = rest.call(createPost, [], { channel_id: 'c1', message: 'hi' });
    watch(call);
    wire.last.fail(new Error('lost'));
    clock.advance(250);
    watch(call);
    const [first, repeat, other] = wire.sent.map(({ request }) => keyOf(request));
    expect(first).toEqual(expect.stringMatching(/.{10,}/));
    expect(repeat).toBe(first);
    expect(other).not.toBe(first);
  });

  it('keeps a key of the caller', () => {
    const { wire, rest } = setUp();
    watch(rest.call(createPost, [], { channel_id: 'c1', message: 'hi', pending_post_id: 'mine' }));
    expect(keyOf(wire.last.request)).toBe('mine');
  });

  it.each(['api.post.deduplicate_create_post.pending', 'app.post.save.app_error'])(
    'is repeated on the 500 %s, which says that nothing is stored',
    (id) => {
      const { clock, wire, rest } = setUp();
      const call = watch(rest.call(createPost, [], { message: 'hi' }));
      wire.last.respond(refusal(500, id));
      clock.advance(250);
      wire.last.respond(answer({ id: 'p1' }, 201));
      expect(call.values).toEqual([{ id: 'p1' }]);
    },
  );

  it('is not repeated on the 500 of a post that was deleted since, nor on others', () => {
    const { clock, wire, rest } = setUp();
    for (const id of [
      'api.post.deduplicate_create_post.failed_to_get',
      'app.other',
      'other.app.post.save.app_error',
      'app.post.save.app_error.other',
    ]) {
      const call = watch(rest.call(createPost, [], { message: 'hi' }));
      wire.last.respond(refusal(500, id));
      clock.advance(60_000);
      expect(call.error).toMatchObject({ id });
    }
    expect(wire.sent).toHaveLength(4);
  });

  it('is alone in that: no other call is repeated on such a 500, nor is the create on another status', () => {
    const { wire, rest } = setUp();
    const read = watch(rest.call(getUser, ['me']));
    wire.last.respond(refusal(500, 'app.post.save.app_error'));
    expect(read.error).toBeInstanceOf(ServerError);
    const post = watch(rest.call(createPost, [], { message: 'hi' }));
    wire.last.respond(refusal(400, 'app.post.save.app_error'));
    expect(post.error).toMatchObject({ status: 400 });
  });

  it('may take as long as any other in its first attempt', () => {
    const { clock, rest } = setUp({ retry: false });
    const call = watch(rest.call(createPost, [], { message: 'hi' }));
    clock.advance(29_999);
    expect(call.error).toBeUndefined();
    clock.advance(1);
    expect(call.error).toMatchObject({ timeoutMs: 30_000 });
  });

  it('has the lifetime of its key from the first attempt on, not from the login before it', () => {
    const { clock, wire, rest } = setUp({
      auth: { loginId: 'alice', password: 'p' },
      retry: { baseMs: 20_000, capMs: 20_000 },
    });
    watch(rest.call(createPost, [], { message: 'hi' }));
    clock.advance(10_000);
    wire.last.respond(answer({ id: 'u1' }, 200, { token: 's1' }));
    wire.last.fail(new Error('lost'));
    clock.advance(20_000);
    expect(wire.urls).toEqual(['/users/login', '/posts', '/posts']);
  });

  it('is not sent, nor counted, when its turn comes only as the server forgets the key', () => {
    const records: CallRecord[] = [];
    const { clock, wire, rest } = setUp({ observe: (record) => records.push(record) });
    clock.advance(5_000);
    const post = watch(rest.call(createPost, [], { message: 'hi' }));
    const [first] = wire.sent;
    watch(rest.call(getUser, ['me']).with({ retry: false }));
    wire.last.respond(answer('', 429, { 'retry-after': '28' }));
    first!.fail(new Error('lost'));
    clock.advance(28_000);
    expect(post.error).toBeInstanceOf(TimeoutError);
    expect((post.error as Error).message).toBe(
      'createPost: POST http://mm.test/api/v4/posts: no answer within 28000 ms',
    );
    expect(wire.sent).toHaveLength(2);
    expect(records.at(-1)).toMatchObject({ operation: 'createPost', attempts: 1 });
    expect(clock.pending).toBe(0);
  });

  it('sends nothing that could arrive once the server has forgotten the key, whatever fails and however long', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 29_999 }), fc.constantFrom('lost', 'slow', '429', '503')), {
          maxLength: 30,
        }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (failures, random) => {
          const { clock, wire, rest } = setUp({
            random: () => random,
            timeoutMs: 600_000,
            retry: { maxRetries: 50, capMs: 5_000 },
          });
          const call = watch(rest.call(createPost, [], { message: 'hi' }));
          for (const [afterMs, how] of failures) {
            const before = wire.sent.length;
            clock.advance(afterMs);
            if (wire.sent.length === before && !wire.last.aborted) {
              if (how === 'lost') wire.last.fail(new Error('lost'));
              if (how === '429')
                wire.last.respond(
                  answer('', 429, { 'retry-after': '7', 'x-ratelimit-reset': '20', 'x-ratelimit-limit': '1' }),
                );
              if (how === '503') wire.last.respond(answer('', 503));
            }
          }
          clock.advance(700_000);
          const firstMs = wire.sent[0]!.atMs;
          for (const { atMs } of wire.sent) expect(atMs - firstMs).toBeLessThan(28_000);
          expect(wire.sent.slice(0, -1).every(({ request }) => keyOf(request) === keyOf(wire.last.request))).toBe(true);
          expect(call.error).toBeDefined();
          expect(clock.pending).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives a late repeat up at the moment at which the server forgets the key', () => {
    const { clock, wire, rest } = setUp({ retry: { baseMs: 20_000, capMs: 20_000 } });
    const call = watch(rest.call(createPost, [], { message: 'hi' }));
    wire.last.fail(new Error('lost'));
    clock.advance(20_000);
    expect(wire.sent).toHaveLength(2);
    clock.advance(7_999);
    expect(call.error).toBeUndefined();
    clock.advance(2);
    expect(call.error).toBeInstanceOf(TimeoutError);
    expect(wire.last.aborted).toBe(true);
  });

  it('gets a key in the place of an empty one', () => {
    const { wire, rest } = setUp();
    watch(rest.call(createPost, [], { message: 'hi', pending_post_id: '' }));
    expect(keyOf(wire.last.request)).toEqual(expect.stringMatching(/.{10,}/));
  });

  it('has keys that differ, though chance and clock repeat themselves', () => {
    const { wire, rest } = setUp({ random: () => 0 });
    const keys = [1, 2, 3].map(() => (watch(rest.call(createPost, [], { message: 'hi' })), keyOf(wire.last.request)));
    expect(new Set(keys).size).toBe(3);
    const other = setUp({ random: () => 0.123456789 });
    watch(other.rest.call(createPost, [], { message: 'hi' }));
    const chance = (0.123456789).toString(36).slice(2);
    expect(keyOf(other.wire.last.request)).toBe(`${chance}${chance}:0:0`);
  });

  it.each([null, 'text', 7])('goes without one if its body is %j, which can carry none', (body) => {
    const { wire, rest } = setUp();
    watch(rest.call(createPost, [], body));
    expect(wire.last.request.body).toBe(JSON.stringify(body));
  });

  it('needs a body that is an object to carry the key', () => {
    const { wire, rest } = setUp();
    const call = watch(rest.call(createPost, [], () => 'no JSON'));
    expect(call.error).toBeInstanceOf(ValidationError);
    expect(wire.sent).toHaveLength(0);
  });
});
