import { concatMap, filter } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { MattermostEvent } from '../../../../src/models/events.js';
import { ofType } from '../../../../src/streams/operators/of-type.js';
import { mentioning } from '../../../../src/streams/operators/mentioning.js';
import type { PostEvent } from '../../../../src/streams/operators/post-of.js';
import { dedupePosts, inThread } from '../../../../src/streams/operators/posts.js';
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
  const mentions = (message: string, named?: readonly string[]): boolean => {
    let found = false;
    run(({ cold, flush }) => {
      cold('(a|)', { a: posted({ message }, named && { mentions: named }) })
        .pipe(mentioning(me))
        .subscribe(() => (found = true));
      flush();
    });
    return found;
  };

  it.each([
    ['the name', 'ahoy @deck.hand', true],
    ['the name in capitals at the end of a sentence', 'where is @Deck.Hand.', true],
    ['the name after a bracket', '(@deck.hand)', true],
    ['the name among others', '@bob and @deck.hand', true],
    ['the channel', 'all hands: @channel!', true],
    ['all', '@all hands', true],
    ['those who are here', 'who is @here?', true],
    ['the name after two signs', '@@deck.hand', false],
    ['a longer name', 'ahoy @deck.handler', false],
    ['an e-mail address', 'write to me@deck.hand', false],
    ['nobody', 'deck.hand', false],
  ])('finds %s: %s', (_, message, found) => expect(mentions(message)).toBe(found));

  it('finds what the server names, without the name in the text', () => {
    expect(mentions('no name here', ['me'])).toBe(true);
    expect(mentions('no name here', ['you'])).toBe(false);
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

  it('tells kinds of events apart, and a deleted post from its last state', () =>
    run(({ hot, expectObservable }) => {
      const edited = event('post_edited', { data: { post: { id: 'p', update_at: 1, delete_at: 0 } } }) as never;
      const values = { a: v1, e: edited, d: posted({ id: 'p', update_at: 1, delete_at: 9 }) };
      expectObservable(hot<PostEvent>('aedd|', values).pipe(dedupePosts())).toBe('aed-|', values);
    }));

  it('lets posts without an id through', () =>
    run(({ hot, expectObservable }) => {
      const values = { a: v1, n: posted({}), b: event('posted', { data: { post: '{broken' } }) as never };
      expectObservable(hot<PostEvent>('annbb|', values).pipe(dedupePosts(1))).toBe('annbb|', values);
    }));

  it('forgets the post that it has not seen for the longest time', () =>
    run(({ hot, expectObservable }) => {
      const values = { a: v1, b: v2, q, r: posted({ id: 'r', update_at: 1, delete_at: 0 }) };
      expectObservable(hot('aqbrbq|', values).pipe(dedupePosts(2))).toBe('aqbr-q|', values);
    }));

  it('remembers a thousand posts by itself', () =>
    run(({ hot, expectObservable }) => {
      const others = Array.from({ length: 999 }, (_, n) => posted({ id: `p${n}`, update_at: 1, delete_at: 0 }));
      const more = posted({ id: 'more', update_at: 1, delete_at: 0 });
      const seen = hot('a(o)am(a|)', { a: v1, m: more, o: q }).pipe(
        concatMap((each) => (each === q ? others : [each])),
        dedupePosts(),
        filter((each) => !others.includes(each as never)),
      );
      expectObservable(seen).toBe('a----m(a|)', { a: v1, m: more });
    }));

  it('remembers the given number of posts', () =>
    run(({ hot, expectObservable }) => {
      const values = { a: v1, q };
      expectObservable(hot('aqa|', values).pipe(dedupePosts(1))).toBe('aqa|', values);
    }));

  it('starts with an empty memory for each subscriber', () =>
    run(({ cold, expectObservable }) => {
      const once = cold('a|', { a: v1 }).pipe(dedupePosts());
      expectObservable(once).toBe('a|', { a: v1 });
      expectObservable(once).toBe('a|', { a: v1 });
    }));
});
