import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MattermostEvent } from '../../../src/models/events.js';
import type { EventFrame } from '../../../src/models/frames.js';
import { peek, type EventHead } from '../../../src/models/peek.js';
import { createRouter, type EventScope } from '../../../src/streams/events/router.js';
import { compact } from '../models/wire.js';

const ignore = (): void => undefined;
const frameOf = (event: string, data: object, broadcast: object = {}): EventFrame => ({
  event,
  data: data as EventFrame['data'],
  broadcast: { omit_users: null, user_id: '', channel_id: '', team_id: '', ...broadcast },
  seq: 1,
});
const headOf = (...args: Parameters<typeof frameOf>): EventHead => peek(compact(frameOf(...args))) as EventHead;
/** A frame that fails the test when its data are read. */
const unreadable = (event: string, broadcast: object): EventHead =>
  peek(compact(frameOf(event, {}, broadcast)).replace('"data":{}', '"data":{broken}')) as EventHead;

function listening(names?: readonly string[], scope?: EventScope) {
  const router = createRouter();
  const seen: MattermostEvent<string>[] = [];
  const remove = router.listen({ next: (event) => seen.push(event) }, names, scope);
  return { router, seen, remove };
}

const id = fc.constantFrom('', 'a', 'b');
const someScope = fc
  .record({ channelId: id, teamId: id, userId: id }, { requiredKeys: [] })
  .map((some) => Object.fromEntries(Object.entries(some).filter(([, value]) => value !== '')) as EventScope);

describe('a listener', () => {
  it.each<[string, readonly string[] | undefined, EventScope | undefined, boolean]>([
    ['of everything', undefined, undefined, true],
    ['of the name', ['posted'], undefined, true],
    ['of several names', ['typing', 'posted', 'posted'], undefined, true],
    ['of another name', ['typing'], undefined, false],
    ['of the channel', ['posted'], { channelId: 'c' }, true],
    ['of another channel', ['posted'], { channelId: 'd' }, false],
    ['of the team', ['posted'], { teamId: 't' }, true],
    ['of another team', ['posted'], { teamId: 'c' }, false],
    ['of the author', ['posted'], { userId: 'u' }, true],
    ['of another user', ['posted'], { userId: 'me' }, false],
    ['of channel, team and author', ['posted'], { channelId: 'c', teamId: 't', userId: 'u' }, true],
    ['of the channel in another team', ['posted'], { channelId: 'c', teamId: 'x' }, false],
    ['of the channel by another author', ['posted'], { channelId: 'c', userId: 'x' }, false],
    ['with an empty scope', ['posted'], {}, true],
  ])('%s gets a post once or not at all', (_, names, scope, gets) => {
    const { router, seen, remove } = listening(names, scope);
    const post = { post: JSON.stringify({ user_id: 'u', channel_id: 'c' }), team_id: 't' };
    router.dispatch(headOf('posted', post, { channel_id: 'c' }), ignore);
    expect(seen).toHaveLength(gets ? 1 : 0);
    remove();
    router.dispatch(headOf('posted', post, { channel_id: 'c' }), ignore);
    expect(seen).toHaveLength(gets ? 1 : 0);
  });

  it('of a user gets events about that user and events addressed to that user', () => {
    const { router, seen } = listening(['user_removed', 'ephemeral_message'], { userId: 'me' });
    router.dispatch(headOf('user_removed', { user_id: 'me' }, { channel_id: 'c' }), ignore);
    router.dispatch(headOf('ephemeral_message', { post: '{"user_id":"bot"}' }, { user_id: 'me' }), ignore);
    router.dispatch(headOf('ephemeral_message', { post: '{"user_id":"me"}' }, { user_id: 'me' }), ignore);
    router.dispatch(headOf('user_removed', { user_id: 'you' }, { channel_id: 'c' }), ignore);
    expect(seen).toHaveLength(3);
  });

  it('of a channel gets an event that has its channel only in the data', () => {
    const { router, seen } = listening(['channel_converted', 'channel_member_updated'], { channelId: 'c' });
    router.dispatch(headOf('channel_converted', { channel_id: 'c' }, { team_id: 't' }), ignore);
    router.dispatch(
      headOf('channel_member_updated', { channelMember: '{"channel_id":"c"}' }, { user_id: 'me' }),
      ignore,
    );
    router.dispatch(headOf('channel_converted', { channel_id: 'd' }, { team_id: 't' }), ignore);
    expect(seen).toHaveLength(2);
  });

  it('of a channel gets the event that lists it among others', () => {
    const { router, seen } = listening(['multiple_channels_viewed'], { channelId: 'c' });
    router.dispatch(headOf('multiple_channels_viewed', { channel_times: { b: 1, c: 2 } }, { user_id: 'me' }), ignore);
    router.dispatch(headOf('multiple_channels_viewed', { channel_times: { b: 1 } }, { user_id: 'me' }), ignore);
    router.dispatch(headOf('multiple_channels_viewed', {}, { user_id: 'me' }), ignore);
    expect(seen).toHaveLength(1);
  });

  it.each([{ teamId: 'c' }, { userId: 'c' }])(
    'of %j does not get an event that lists a channel of that id',
    (scope) => {
      const { router, seen } = listening(['multiple_channels_viewed'], scope);
      router.dispatch(headOf('multiple_channels_viewed', { channel_times: { c: 1 } }), ignore);
      expect(seen).toEqual([]);
    },
  );
});

describe('an event', () => {
  it('is decoded once for all its listeners', () => {
    const router = createRouter();
    const seen: unknown[] = [];
    for (const scope of [undefined, { channelId: 'c' }, { channelId: 'c' }, { teamId: 't' }]) {
      router.listen({ next: (event) => seen.push(event) }, ['posted'], scope);
    }
    router.dispatch(headOf('posted', { post: '{}', team_id: 't' }, { channel_id: 'c' }), ignore);
    expect(seen).toHaveLength(4);
    expect(new Set(seen).size).toBe(1);
  });

  it('that nobody listens to is not read beyond its tail', () => {
    const reports: unknown[] = [];
    const { router } = listening(['posted'], { channelId: 'c' });
    router.dispatch(unreadable('typing', { channel_id: 'c' }), (...report) => reports.push(report));
    router.dispatch(unreadable('posted', { channel_id: 'd' }), (...report) => reports.push(report));
    expect(reports).toEqual([]);
    router.dispatch(unreadable('posted', { channel_id: 'c' }), (...report) => reports.push(report));
    expect(reports).toEqual([['garbage-frame', 'posted']]);
  });

  it('that only other teams are listened to is not read beyond its tail', () => {
    const reports: unknown[] = [];
    const { router } = listening(['user_added'], { teamId: 't' });
    for (const team_id of ['x', 't', '']) {
      router.dispatch(unreadable('user_added', { team_id }), (...report) => reports.push([team_id, ...report]));
    }
    expect(reports).toEqual([
      ['t', 'garbage-frame', 'user_added'],
      ['', 'garbage-frame', 'user_added'],
    ]);
  });

  it('with a broken document is delivered and reported', () => {
    const reports: unknown[] = [];
    const { router, seen } = listening();
    router.dispatch(headOf('posted', { post: '{broken' }), (...report) => reports.push(report));
    expect(seen).toMatchObject([{ data: { post: '{broken' }, undecoded: ['post'] }]);
    expect(reports).toEqual([['undecoded-data', 'posted']]);
  });

  it('goes to those who listened when it came, also when listeners are added and removed meanwhile', () => {
    const router = createRouter();
    const seen: string[] = [];
    let removeLast = ignore;
    router.listen(
      {
        next() {
          seen.push('first');
          removeLast();
          router.listen({ next: () => seen.push('late') }, ['typing']);
        },
      },
      ['typing'],
    );
    removeLast = router.listen({ next: () => seen.push('last') }, ['typing']);
    router.dispatch(headOf('typing', { user_id: 'u' }), ignore);
    expect(seen).not.toContain('late');
    seen.length = 0;
    removeLast = ignore;
    router.dispatch(headOf('typing', { user_id: 'u' }), ignore);
    expect(seen).toEqual(['first', 'late']);
  });
});

describe('an event after its last listener was removed', () => {
  it.each<[string, EventScope | undefined]>([
    ['the name', undefined],
    ['the channel', { channelId: 'c' }],
    ['the team', { teamId: 't' }],
    ['the user', { userId: 'u' }],
    ['the channel and the team', { channelId: 'c', teamId: 't' }],
  ])('is not read beyond its tail: a listener to %s', (_, scope) => {
    const { router, remove } = listening(['posted', 'typing'], scope);
    const reports: unknown[] = [];
    const receive = () =>
      router.dispatch(unreadable('posted', { channel_id: 'c', team_id: 't', user_id: 'u' }), (...report) =>
        reports.push(report),
      );
    receive();
    expect(reports).toEqual([['garbage-frame', 'posted']]);
    remove();
    receive();
    expect(reports).toHaveLength(1);
  });

  it('leaves nothing in the index, whatever order the listeners are removed in', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ names: fc.subarray(['a', 'b', 'c'], { minLength: 1 }), scope: someScope, rank: fc.nat() }),
          { maxLength: 12 },
        ),
        (listeners) => {
          const router = createRouter();
          const added = listeners.map(({ names, scope, rank }) => ({
            rank,
            remove: router.listen({ next: ignore }, names, scope),
          }));
          expect(router.size > 0).toBe(listeners.length > 0);
          for (const { remove } of added.sort((a, b) => a.rank - b.rank)) remove();
          expect(router.size).toBe(0);
        },
      ),
    );
  });
});

describe('the index', () => {
  it('has an entry for each name and each id, which lasts as long as its last listener', () => {
    const router = createRouter();
    const listen = (names: readonly string[], scope?: EventScope) => router.listen({ next: ignore }, names, scope);
    const removals = [
      listen(['posted']),
      listen(['posted'], { channelId: 'c' }),
      listen(['posted'], { channelId: 'c' }),
      listen(['posted', 'typing'], { teamId: 't' }),
    ];
    const sizes = removals.map((remove) => {
      const { size } = router;
      remove();
      return size;
    });
    expect([...sizes, router.size]).toEqual([5, 5, 5, 4, 0]);
  });

  it('finds exactly those of the listeners that have not left that a filter would find', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: fc.constantFrom('typing', 'posted'), scope: someScope, leaves: fc.boolean() }), {
          maxLength: 12,
        }),
        fc.record({ channel_id: id, team_id: id, user_id: id }),
        fc.record({ channel_id: id, team_id: id, user_id: id }, { requiredKeys: [] }),
        (listeners, broadcast, data) => {
          const router = createRouter();
          const got = new Set<number>();
          const removals = listeners.map((each, n) =>
            router.listen({ next: () => got.add(n) }, [each.name], each.scope),
          );
          listeners.forEach(({ leaves }, n) => leaves && removals[n]?.());
          router.dispatch(headOf('typing', data, broadcast), ignore);
          const users: readonly string[] = [data.user_id || broadcast.user_id, broadcast.user_id];
          const expected = listeners.flatMap((each, n) => {
            const { channelId, teamId, userId } = each.scope;
            const meets =
              !each.leaves &&
              each.name === 'typing' &&
              (!channelId || channelId === (broadcast.channel_id || data.channel_id)) &&
              (!teamId || teamId === (broadcast.team_id || data.team_id)) &&
              (!userId || users.includes(userId));
            return meets ? [n] : [];
          });
          expect([...got]).toEqual(expect.arrayContaining(expected));
          expect(got.size).toBe(expected.length);
        },
      ),
    );
  });
});
