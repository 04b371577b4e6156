import { Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ActionError, ClosedError, NetworkError, ValidationError } from '../../../src/models/errors.js';
import { createTyping } from '../../../src/streams/typing/typing.js';
import { createContext, ids, record } from './context.js';

const { me, bob, carol, channel, other, root } = ids;

function start() {
  const kit = createContext();
  return {
    ...kit,
    typing: createTyping(kit.context),
    types: (userId: string, channelId: string = channel, rootId = '') =>
      kit.event('typing', { channelId, userId, data: { parent_id: rootId, user_id: userId } }),
    posts: (userId: string, channelId: string = channel, rootId = '') =>
      kit.event('posted', { channelId, userId, data: { post: { root_id: rootId } } }),
  };
}
const sets = (values: readonly ReadonlySet<string>[]): string[][] => values.map((set) => [...set]);

describe('typing.in', () => {
  it('starts with the present set, adds whoever types, and drops him after the interval and a half second', () => {
    const { typing, types, pass } = start();
    const seen = record(typing.in(channel));
    types(bob);
    pass(5_499);
    expect(sets(seen.values)).toEqual([[], [bob]]);
    pass(1);
    expect(sets(seen.values)).toEqual([[], [bob], []]);
  });

  it('keeps whoever types on, without emitting again', () => {
    const { typing, types, pass } = start();
    const seen = record(typing.in(channel));
    types(bob);
    pass(5_000);
    types(bob);
    pass(5_000);
    expect(sets(seen.values)).toEqual([[], [bob]]);
  });

  it('ends with a post of the same user in the same place alone', () => {
    const { typing, types, posts } = start();
    const seen = record(typing.in(channel));
    types(bob);
    posts(carol);
    posts(bob, other);
    posts(bob, channel, root);
    expect(sets(seen.values)).toEqual([[], [bob]]);
    posts(bob);
    expect(sets(seen.values)).toEqual([[], [bob], []]);
  });

  it('tells a thread from its channel', () => {
    const { typing, types } = start();
    const inChannel = record(typing.in(channel));
    const inThread = record(typing.in(channel, { rootId: root }));
    types(bob, channel, root);
    types(carol);
    expect(sets(inChannel.values)).toEqual([[], [carol]]);
    expect(sets(inThread.values)).toEqual([[], [bob]]);
  });

  it('shares one run per place, which a late subscriber joins', () => {
    const { typing, types, listeners, timers } = start();
    const first = record(typing.in(channel));
    types(bob);
    const second = record(typing.in(channel));
    expect(sets(second.values)).toEqual([[bob]]);
    first.stop();
    second.stop();
    expect([listeners(), timers()]).toEqual([0, 0]);
    expect(sets(record(typing.in(channel)).values)).toEqual([[]]);
  });

  it('expires as the server is set, and follows its changes', () => {
    const { typing, types, pass, ready, answers, event } = start();
    answers.config = () => of({ TimeBetweenUserTypingUpdatesMilliseconds: '2000' });
    ready();
    const seen = record(typing.in(channel));
    types(bob);
    pass(2_500);
    expect(sets(seen.values)).toEqual([[], [bob], []]);
    event('config_changed', { data: { config: { TimeBetweenUserTypingUpdatesMilliseconds: '1000' } } });
    types(bob);
    pass(1_500);
    expect(seen.values).toHaveLength(5);
  });

  it('shows what this client publishes for somebody', () => {
    const { typing, outcome } = start();
    const seen = record(typing.in(channel));
    outcome('publishUserTyping', { path: [bob], body: { channel_id: channel } });
    outcome('publishUserTyping', { path: ['me'], body: { channel_id: channel } });
    outcome('publishUserTyping', { path: [carol], body: { channel_id: channel }, status: 403 });
    expect(sets(seen.values)).toEqual([[], [bob], [bob, me]]);
  });

  it('refuses a malformed id, when subscribed', () => {
    const { typing } = start();
    expect(record(typing.in('')).end.error).toBeInstanceOf(ValidationError);
    expect(record(typing.in(channel, { rootId: 'a/b' })).end.error).toBeInstanceOf(ValidationError);
  });

  it('completes with the client', () => {
    const { typing, closed } = start();
    const seen = record(typing.in(channel));
    closed.next(0);
    expect(seen.end.how).toBe('completed');
  });

  it('leaves nothing behind after a thousand rounds', () => {
    const { typing, types, listeners, timers } = start();
    for (let round = 0; round < 1_000; round++) {
      const seen = record(typing.in(channel));
      types(bob);
      seen.stop();
    }
    expect([listeners(), timers()]).toEqual([0, 0]);
  });
});

describe('typing.anywhere$', () => {
  it('tells of beginnings and ends in all channels', () => {
    const { typing, types, posts } = start();
    const seen = record(typing.anywhere$);
    types(bob);
    types(carol, other, root);
    posts(bob);
    expect(seen.values).toEqual([
      { channelId: channel, rootId: '', userId: bob, typing: true },
      { channelId: other, rootId: root, userId: carol, typing: true },
      { channelId: channel, rootId: '', userId: bob, typing: false },
    ]);
  });
});

describe('typing.publish', () => {
  it('passes values through and gives a notice at the first, and then one per interval and place', () => {
    const { typing, asked, ready, pass } = start();
    ready();
    const keys = new Subject<string>();
    const seen = record(keys.pipe(typing.publish(channel)));
    const inThread = record(keys.pipe(typing.publish(channel, { rootId: root })));
    const notices = () => asked.filter(([what]) => what === 'action').length;
    keys.next('a');
    keys.next('b');
    expect([seen.values, inThread.values, notices()]).toEqual([['a', 'b'], ['a', 'b'], 2]);
    pass(4_999);
    keys.next('c');
    expect(notices()).toBe(2);
    pass(1);
    keys.next('d');
    expect(notices()).toBe(4);
  });

  it('is silent where the server wants no typing', () => {
    const { typing, asked, ready, answers } = start();
    answers.config = () => of({ EnableUserTypingMessages: 'false' });
    ready();
    const seen = record(of('a').pipe(typing.publish(channel)));
    expect(seen.values).toEqual(['a']);
    expect(asked.filter(([what]) => what !== 'config')).toEqual([]);
  });

  it('keeps to itself that a notice failed', () => {
    const { typing, answers, ready } = start();
    answers.request = () => throwError(() => new ActionError('user_typing', { id: 'x', message: '', status: 400 }));
    ready();
    const seen = record(of('a', 'b').pipe(typing.publish(channel)));
    expect(seen).toMatchObject({ values: ['a', 'b'], end: { how: 'completed' } });
  });

  it('aborts a notice that is under way when it is left early', () => {
    const { typing, answers, ready } = start();
    let aborted = false;
    answers.request = () => new Observable(() => () => (aborted = true));
    ready();
    const keys = new Subject<string>();
    const seen = record(keys.pipe(typing.publish(channel)));
    keys.next('a');
    seen.stop();
    expect(aborted).toBe(true);
  });
});

describe('typing.send', () => {
  it('goes over the socket when that is ready, and over REST when not', () => {
    const { typing, asked, ready } = start();
    record(typing.send(channel));
    ready();
    record(typing.send(channel, { rootId: root }));
    expect(asked.filter(([what]) => what !== 'config')).toEqual([
      ['rest typing', me, channel, ''],
      ['action', 'user_typing', { channel_id: channel, parent_id: root }],
    ]);
  });

  it('goes over REST when the socket ends under it', () => {
    const { typing, asked, ready, answers } = start();
    answers.request = () => throwError(() => new ClosedError('ended'));
    ready();
    const seen = record(typing.send(channel));
    expect(asked.at(-1)?.[0]).toBe('rest typing');
    expect(seen.end.how).toBe('completed');
  });

  it('errors with what went wrong', () => {
    const { typing, answers } = start();
    const error = new NetworkError('cut');
    answers.typing = () => throwError(() => error);
    expect(record(typing.send(channel)).end.error).toBe(error);
  });

  it('errors with ClosedError after the client was closed', () => {
    const { typing, state } = start();
    state.next({ ...state.value, status: 'closed' } as never);
    expect(record(typing.send(channel)).end.error).toBeInstanceOf(ClosedError);
  });
});
