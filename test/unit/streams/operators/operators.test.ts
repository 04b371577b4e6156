import { concatMap, filter, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { MattermostEvent } from '../../../../src/models/events.js';
import type { Post } from '../../../../src/models/generated/entities.js';
import { ofType } from '../../../../src/streams/operators/of-type.js';
import { mentioning, type MentionOptions, type MentionTarget } from '../../../../src/streams/operators/mentioning.js';
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
const postBy = (user_id: string, channel_id: string, more: object = {}): Post =>
  ({ id: 'p', user_id, channel_id, root_id: '', message: '', type: '', ...more }) as never;

const broken: [what: string, data: object][] = [
  ['a post that could not be decoded', { post: '{broken' }],
  ['a post that is null', { post: null }],
  ['no post', {}],
];

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

  it('take posts as well', () =>
    run(({ cold, expectObservable }) => {
      const values = { a: postBy('u1', 'c1'), b: postBy('u2', 'c2') };
      expectObservable(cold('ab|', values).pipe(inChannel('c1'))).toBe('a-|', values);
      expectObservable(cold('ab|', values).pipe(fromUser('u1'))).toBe('a-|', values);
      expectObservable(cold('ab|', values).pipe(notSelf('u1'))).toBe('-b|', values);
    }));

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

  it.each(broken)('drops an event with %s', (_, data) =>
    run(({ hot, expectObservable }) => {
      const values = { b: event('posted', { data }) as PostEvent, a: posted({ id: 'root', root_id: '' }) };
      expectObservable(hot<PostEvent>('ba|', values).pipe(inThread('root'))).toBe('-a|', values);
    }),
  );

  it('takes posts', () =>
    run(({ hot, expectObservable }) => {
      const values = { r: postBy('u', 'c', { id: 'root' }), o: postBy('u', 'c', { root_id: 'other' }) };
      expectObservable(hot('ro|', values).pipe(inThread('root'))).toBe('r-|', values);
    }));
});

describe('mentioning', () => {
  const me = { id: 'me', username: 'deck.hand' };
  const passes = (item: PostEvent | Post, options?: MentionOptions, target: MentionTarget = me): boolean => {
    let found = false;
    of(item)
      .pipe(mentioning(target, options))
      .subscribe(() => (found = true));
    return found;
  };

  it.each([
    ['the name', 'ahoy @deck.hand', true],
    ['the name in capitals at the end of a sentence', 'where is @Deck.Hand.', true],
    ['the name before dots', 'hm, @deck.hand...', true],
    ['the name after a bracket', '(@deck.hand)', true],
    ['the name among others', '@bob and @deck.hand', true],
    ['the channel', 'all hands: @channel!', true],
    ['all', '@all hands', true],
    ['those who are here', 'who is @here?', true],
    ['the name after two signs', '@@deck.hand', false],
    ['a longer name', 'ahoy @deck.handler', false],
    ['an e-mail address', 'write to me@deck.hand', false],
    ['code', 'see `@deck.hand`', false],
    ['nobody', 'deck.hand', false],
  ])('finds %s: %s', (_, message, found) => expect(passes(posted({ message }))).toBe(found));

  it('finds what the server names, without the name in the text', () => {
    expect(passes(posted({ message: 'no name here' }, { mentions: ['me'] }))).toBe(true);
    expect(passes(posted({ message: 'no name here' }, { mentions: ['you'] }))).toBe(false);
  });

  it.each(broken)('does not fail on an event with %s', (_, data) =>
    run(({ cold, expectObservable }) => {
      const a = event('posted', { data }) as never;
      expectObservable(cold<MattermostEvent<'posted'>>('a|', { a }).pipe(mentioning(me))).toBe('-|');
    }),
  );

  it('leaves it to the server where the user is the one who is logged in', () => {
    const self = { self: true };
    const text = { message: '@deck.hand @channel' };
    expect(passes(posted(text), self)).toBe(false);
    expect(passes(posted(text, { mentions: ['you'] }), self)).toBe(false);
    expect(passes(posted({ message: '' }, { mentions: ['me'] }), self)).toBe(true);
  });

  it('reads the text of what comes without mentions, also for the one who is logged in', () => {
    const self = { self: true };
    const text = { message: '@deck.hand' };
    expect(passes({ ...posted(text), recovered: true }, self)).toBe(true);
    expect(passes(event('post_edited', { data: { post: text } }) as never, self)).toBe(true);
    expect(passes(postBy('u', 'c', text), self)).toBe(true);
    expect(passes(postBy('u', 'c', { message: 'deck.hand' }), self)).toBe(false);
  });

  it('lets posts of the system through only where it is asked to', () => {
    const added = posted({ type: 'system_add_to_channel', message: '@deck.hand' }, { mentions: ['me'] });
    expect(passes(added)).toBe(false);
    expect(passes(added, { self: true })).toBe(false);
    expect(passes(added, { system: true })).toBe(true);
    expect(passes(postBy('u', 'c', { type: 'system_generic', message: '@deck.hand' }))).toBe(false);
    expect(passes(postBy('u', 'c', { type: 'custom_bot', message: '@deck.hand' }))).toBe(true);
  });

  it('knows the keywords of the settings, and whether the channel counts', () => {
    const settings = { mention_keys: 'swab', first_name: 'true', channel: 'false' };
    const user = { ...me, first_name: 'Jack', notify_props: settings };
    expect(passes(posted({ message: 'Swab the deck' }), {}, user)).toBe(true);
    expect(passes(posted({ message: 'ahoy Jack' }), {}, user)).toBe(true);
    expect(passes(posted({ message: 'ahoy jack, @channel' }), {}, user)).toBe(false);
    expect(passes(posted({ message: '@channel' }), {}, { ...user, notify_props: {} })).toBe(true);
  });

  it('reads attachments', () => {
    const props = { attachments: [{ text: 'for @deck.hand' }] };
    expect(passes(posted({ message: '', props }))).toBe(true);
  });

  it('does not fail on a post or on mentions that could not be decoded', () => {
    expect(passes(event('posted', { data: { post: '{broken' } }) as never)).toBe(false);
    expect(passes(posted({ message: '' }, { mentions: 'me' }))).toBe(false);
  });
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

  it('takes posts', () =>
    run(({ hot, expectObservable }) => {
      const values = { a: postBy('u', 'c', { update_at: 1 }), b: postBy('u', 'c', { update_at: 2 }) };
      expectObservable(hot('aabb|', values).pipe(dedupePosts())).toBe('a-b-|', values);
    }));

  it('tells kinds of events apart, and a deleted post from its last state', () =>
    run(({ hot, expectObservable }) => {
      const edited = event('post_edited', { data: { post: { id: 'p', update_at: 1, delete_at: 0 } } }) as never;
      const values = { a: v1, e: edited, d: posted({ id: 'p', update_at: 1, delete_at: 9 }) };
      expectObservable(hot<PostEvent>('aedd|', values).pipe(dedupePosts())).toBe('aed-|', values);
    }));

  it.each([['a post without an id', { post: {} }], ...broken])('lets an event with %s through', (_, data) =>
    run(({ hot, expectObservable }) => {
      const values = { a: v1, b: event('posted', { data }) as never };
      expectObservable(hot<PostEvent>('abb|', values).pipe(dedupePosts(1))).toBe('abb|', values);
    }),
  );

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
