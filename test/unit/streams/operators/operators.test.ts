import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { MattermostEvent } from '../../../../src/models/events.js';
import { ofType } from '../../../../src/streams/operators/of-type.js';
import { dedupePosts, inThread, mentioning, type PostEvent } from '../../../../src/streams/operators/posts.js';
import { fromUser, inChannel, inTeam, notSelf } from '../../../../src/streams/operators/scope.js';

const event = (name: string, more: object = {}): MattermostEvent<string> => ({
  event: name,
  data: {},
  broadcast: { omit_users: null, user_id: '', channel_id: '', team_id: '' },
  seq: 1,
  channelId: '',
  teamId: '',
  userId: '',
  ...more,
});
const posted = (post: object, data: object = {}): PostEvent & MattermostEvent<'posted'> =>
  event('posted', { data: { post, ...data } }) as never;

const run = (test: Parameters<TestScheduler['run']>[0]): void => {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(test);
};

describe('scope operators', () => {
  const a = event('typing', { channelId: 'c1', teamId: 't1', userId: 'u1' });
  const b = event('typing', { channelId: 'c2', teamId: 't2', userId: 'u2' });

  it.each([
    ['inChannel', inChannel('c1')],
    ['inTeam', inTeam('t1')],
    ['fromUser', fromUser('u1')],
    ['notSelf', notSelf('u2')],
  ] as const)('%s lets through its own, and passes completion and unsubscription on', (_, operator) =>
    run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-a-|', { a, b });
      expectObservable(source.pipe(operator)).toBe('-a---a-|', { a, b });
      expectSubscriptions(source.subscriptions).toBe('^------!');
    }),
  );

  it('let errors through', () =>
    run(({ cold, expectObservable }) => {
      expectObservable(cold('a#', { a }).pipe(inChannel('c1'))).toBe('a#', { a });
    }));
});

describe('ofType', () => {
  it('lets through the named events', () =>
    run(({ hot, expectObservable }) => {
      const values = { a: event('typing'), b: event('posted'), c: event('custom_plugin_thing') };
      expectObservable(hot('abc|', values).pipe(ofType('typing', 'posted'))).toBe('ab-|', values);
    }));
});

describe('inThread', () => {
  it('lets through the root and its replies', () =>
    run(({ hot, expectObservable }) => {
      const values = {
        r: posted({ id: 'root', root_id: '' }),
        a: posted({ id: 'x', root_id: 'root' }),
        o: posted({ id: 'y', root_id: 'other' }),
      };
      expectObservable(hot('roa|', values).pipe(inThread('root'))).toBe('r-a|', values);
    }));
});

describe('mentioning', () => {
  const me = { id: 'me', username: 'deck.hand' };
  const calls = (message: string, mentions?: readonly string[]): boolean => {
    let found = false;
    run(({ cold, flush }) => {
      cold('(a|)', { a: posted({ message }, mentions && { mentions }) })
        .pipe(mentioning(me))
        .subscribe(() => (found = true));
      flush();
    });
    return found;
  };

  it.each([
    ['the name', 'ahoy @deck.hand', true],
    ['the name in capitals at the end of a sentence', 'where is @Deck.Hand.', true],
    ['everybody', 'all hands: @channel!', true],
    ['a longer name', 'ahoy @deck.handler', false],
    ['an e-mail address', 'write to me@deck.hand', false],
    ['nobody', 'deck.hand', false],
  ])('finds %s: %s', (_, message, found) => expect(calls(message)).toBe(found));

  it('believes the server', () => {
    expect(calls('no name here', ['me'])).toBe(true);
    expect(calls('no name here', ['you'])).toBe(false);
  });

  it('does not fail on a post that could not be decoded', () =>
    run(({ cold, expectObservable }) => {
      const a = event('posted', { data: { post: '{broken' } }) as never;
      expectObservable(cold<MattermostEvent<'posted'>>('a|', { a }).pipe(mentioning(me))).toBe('-|');
    }));
});

describe('dedupePosts', () => {
  const v1 = posted({ id: 'p', update_at: 1, delete_at: 0 });
  const v2 = posted({ id: 'p', update_at: 2, delete_at: 0 });
  const q = posted({ id: 'q', update_at: 1, delete_at: 0 });

  it('lets each state of a post through once', () =>
    run(({ hot, expectObservable }) => {
      const values = { a: v1, b: v2, q };
      expectObservable(hot('aabqb|', values).pipe(dedupePosts())).toBe('a-bq-|', values);
    }));

  it('remembers as many posts as it is told', () =>
    run(({ hot, expectObservable }) => {
      const values = { a: v1, q };
      expectObservable(hot('aqa|', values).pipe(dedupePosts(1))).toBe('aqa|', values);
    }));

  it('begins anew for each subscriber', () =>
    run(({ cold, expectObservable }) => {
      const once = cold('a|', { a: v1 }).pipe(dedupePosts());
      expectObservable(once).toBe('a|', { a: v1 });
      expectObservable(once).toBe('a|', { a: v1 });
    }));
});
