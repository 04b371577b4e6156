import { config, Observable, of, ReplaySubject, Subject, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { ActionError, ClosedError, NetworkError, TimeoutError, ValidationError } from '../../../src/models/errors.js';
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
  it('starts with the present set, adds users who type, and removes them after the interval and half a second', () => {
    const { typing, types, pass } = start();
    const seen = record(typing.in(channel));
    types(bob);
    pass(5_499);
    expect(sets(seen.values)).toEqual([[], [bob]]);
    pass(1);
    expect(sets(seen.values)).toEqual([[], [bob], []]);
  });

  it('keeps users who go on typing, without emitting again', () => {
    const { typing, types, pass } = start();
    const seen = record(typing.in(channel));
    types(bob);
    pass(5_000);
    types(bob);
    pass(5_000);
    expect(sets(seen.values)).toEqual([[], [bob]]);
  });

  it('ends only with a post of the same user in the same place', () => {
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

  it('keeps a thread apart from its channel, and both from other channels', () => {
    const { typing, types } = start();
    const inChannel = record(typing.in(channel));
    const inThread = record(typing.in(channel, { rootId: root }));
    types(bob, channel, root);
    types(carol);
    types(me, other);
    types(me, other, root);
    expect(sets(inChannel.values)).toEqual([[], [carol]]);
    expect(sets(inThread.values)).toEqual([[], [bob]]);
  });

  it('shares one run for each place, which a late subscriber joins', () => {
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

  it('expires by the settings of the server, and follows their changes', () => {
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

  it('shows what this client sends over the socket, once the server has it', () => {
    const { typing, ready, answers } = start();
    const reply = new Subject<unknown>();
    answers.request = () => reply;
    ready();
    const seen = record(typing.in(channel));
    const inThread = record(typing.in(channel, { rootId: root }));
    record(typing.send(channel));
    expect(sets(seen.values)).toEqual([[]]);
    reply.next({});
    expect(sets(seen.values)).toEqual([[], [me]]);
    record(typing.send(channel, { rootId: root }));
    reply.next({});
    expect(sets(inThread.values)).toEqual([[], [me]]);
  });

  it('leaves out notices without a place, for another place, or of an unknown user', () => {
    const { context, typing, outcome } = start();
    const seen = record(typing.in(channel));
    outcome('publishUserTyping', { path: [bob], body: { channel_id: other } });
    outcome('publishUserTyping', { path: [bob], body: { channel_id: 7 } });
    outcome('publishUserTyping', { path: [bob] });
    outcome('publishUserTyping', { body: { channel_id: channel } });
    outcome('createPost', { path: [bob], body: { channel_id: channel } });
    expect(sets(seen.values)).toEqual([[]]);
    const unknown = createTyping({ ...context, ownId$: throwError(() => new NetworkError('cut')) });
    const quiet = record(unknown.in(channel));
    outcome('publishUserTyping', { path: ['me'], body: { channel_id: channel } });
    expect([sets(quiet.values), quiet.end.how]).toEqual([[[]], undefined]);
  });

  it('passes over events that are not what they should be', () => {
    const { typing, event, types, posts } = start();
    const seen = record(typing.in(channel));
    const everywhere = record(typing.anywhere$);
    types('', channel);
    types(bob, '');
    event('typing', { channelId: channel, userId: carol, data: {} });
    event('posted', { channelId: channel, userId: bob, data: {} });
    event('posted', { channelId: channel, userId: bob, data: { post: '{broken' } });
    posts(carol, '');
    expect(sets(seen.values)).toEqual([[], [carol]]);
    expect(everywhere.values).toHaveLength(1);
    expect([seen.end.how, everywhere.end.how]).toEqual([undefined, undefined]);
  });

  it.each<[string, Record<string, string>, number]>([
    ['below the minimum of the server', { TimeBetweenUserTypingUpdatesMilliseconds: '10' }, 1_500],
    ['that is no number', { TimeBetweenUserTypingUpdatesMilliseconds: 'soon' }, 5_500],
    ['that the server does not name', {}, 5_500],
  ])('expires by an interval %s', (_, config, afterMs) => {
    const { typing, types, pass, ready, answers } = start();
    answers.config = () => of(config);
    ready();
    const seen = record(typing.in(channel));
    types(bob);
    pass(afterMs - 1);
    expect(seen.values).toHaveLength(2);
    pass(1);
    expect(seen.values).toHaveLength(3);
  });

  it('goes back to the defaults when a change of the settings names none', () => {
    const { typing, types, pass, ready, answers, event } = start();
    answers.config = () => of({ TimeBetweenUserTypingUpdatesMilliseconds: '1000' });
    ready();
    const seen = record(typing.in(channel));
    event('config_changed', { data: {} });
    types(bob);
    pass(5_499);
    expect(seen.values).toHaveLength(2);
  });

  it('keeps settings from an event although an older answer comes after it', () => {
    const { typing, types, pass, ready, answers, event } = start();
    const slow = new Subject<Record<string, string>>();
    answers.config = () => slow;
    ready();
    const seen = record(typing.in(channel));
    event('config_changed', { data: { config: { TimeBetweenUserTypingUpdatesMilliseconds: '1000' } } });
    slow.next({ TimeBetweenUserTypingUpdatesMilliseconds: '9000' });
    types(bob);
    pass(1_500);
    expect(sets(seen.values)).toEqual([[], [bob], []]);
  });

  it('reads the settings once for each connection, when that is ready', () => {
    const { typing, asked, ready, signals, answers } = start();
    const reads = () => asked.filter(([what]) => what === 'config').length;
    const places: readonly Observable<unknown>[] = [typing.in(channel), typing.in(other), typing.anywhere$];
    for (const place of places) record(place);
    expect(reads()).toBe(0);
    signals.next({ type: 'ready', connectionId: 'c1', resumed: false, userId: me });
    signals.next({ type: 'refused', errorId: 'x', status: 401 });
    signals.next({ type: 'ready', connectionId: 'c1', resumed: true, userId: me });
    expect(reads()).toBe(1);
    answers.config = () => throwError(() => new NetworkError('cut'));
    signals.next({ type: 'ready', connectionId: 'c2', resumed: false, userId: me });
    expect(reads()).toBeGreaterThan(1);
    const failed = reads();
    answers.config = () => of({});
    ready('c2');
    record(typing.in(channel, { rootId: root }));
    expect(reads()).toBe(failed + 1);
    record(typing.send(channel));
    expect(reads()).toBe(failed + 1);
  });

  it('shares one request for the settings among those who wait for it', () => {
    const { typing, asked, ready, answers, types, pass } = start();
    const config = new Subject<Record<string, string>>();
    answers.config = () => config;
    ready();
    const seen = record(typing.in(channel));
    record(typing.in(other));
    record(typing.send(channel));
    expect(asked.map(([what]) => what)).toEqual(['config']);
    config.next({ TimeBetweenUserTypingUpdatesMilliseconds: '1000' });
    config.complete();
    expect(asked.map(([what]) => what)).toEqual(['config', 'action']);
    types(bob);
    pass(1_500);
    expect(sets(seen.values).at(-1)).toEqual([]);
  });

  it('refuses a malformed id, when subscribed', () => {
    const { typing } = start();
    expect(record(typing.in('')).end.error).toBeInstanceOf(ValidationError);
    expect(record(typing.in(channel, { rootId: 'a/b' })).end.error).toMatchObject({
      name: 'ValidationError',
      argument: 'typing.in: rootId',
    });
    expect(record(typing.send('a/b')).end.error).toMatchObject({ argument: 'typing.send: channelId' });
    expect(record(of(1).pipe(typing.publish('a/b'))).end.error).toMatchObject({
      argument: 'typing.publish: channelId',
    });
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
  it('emits each start and end in all channels', () => {
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

  it('shows what this client sends, in every channel', () => {
    const { typing, outcome, ready } = start();
    ready();
    const seen = record(typing.anywhere$);
    outcome('publishUserTyping', { path: [bob], body: { channel_id: other, parent_id: root } });
    record(typing.send(channel));
    expect(seen.values).toEqual([
      { channelId: other, rootId: root, userId: bob, typing: true },
      { channelId: channel, rootId: '', userId: me, typing: true },
    ]);
  });

  it('emits the end of each user and place by itself, and none after a post', () => {
    const { typing, types, posts, pass } = start();
    const seen = record(typing.anywhere$);
    types(bob);
    types(bob, channel, root);
    types(carol);
    posts(carol);
    posts(carol);
    pass(5_500);
    expect(seen.values.map(({ userId, rootId, typing: on }) => [userId, rootId, on])).toEqual([
      [bob, '', true],
      [bob, root, true],
      [carol, '', true],
      [carol, '', false],
      [bob, '', false],
      [bob, root, false],
    ]);
    types(bob);
    expect(seen.values.at(-1)).toEqual({ channelId: channel, rootId: '', userId: bob, typing: true });
  });

  it('is shared, keeps no timer without a subscriber, and completes with the client', () => {
    const { typing, types, timers, listeners, closed } = start();
    const [first, second] = [record(typing.anywhere$), record(typing.anywhere$)];
    const alone = listeners();
    types(bob);
    expect([first.values.length, second.values.length, timers()]).toEqual([1, 1, 1]);
    first.stop();
    expect(listeners()).toBe(alone);
    second.stop();
    expect([listeners(), timers()]).toEqual([0, 0]);
    const last = record(typing.anywhere$);
    closed.next(0);
    expect(last.end.how).toBe('completed');
  });
});

describe('typing.publish', () => {
  it('passes values through and sends a notice at the first, and then one per interval and place', () => {
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

  it('sends nothing where the server wants no notices', () => {
    const { typing, asked, ready, answers } = start();
    answers.config = () => of({ EnableUserTypingMessages: 'false' });
    ready();
    const seen = record(of('a').pipe(typing.publish(channel)));
    expect(seen.values).toEqual(['a']);
    expect(asked.filter(([what]) => what !== 'config')).toEqual([]);
  });

  it('sends notices where the settings cannot be read', () => {
    const { typing, asked, ready, answers } = start();
    answers.config = () => throwError(() => new NetworkError('cut'));
    ready();
    record(of('a').pipe(typing.publish(channel)));
    expect(asked.map(([what]) => what)).toEqual(['config', 'action']);
  });

  it('drops the error of a notice', () => {
    const { typing, answers, ready } = start();
    answers.request = () => throwError(() => new ActionError('user_typing', { id: 'x', message: '', status: 400 }));
    ready();
    const seen = record(of('a', 'b').pipe(typing.publish(channel)));
    expect(seen).toMatchObject({ values: ['a', 'b'], end: { how: 'completed' } });
  });

  it('does not report the error of a notice as one that nobody handles', () => {
    vi.useFakeTimers();
    const unhandled = vi.fn();
    config.onUnhandledError = unhandled;
    try {
      const { typing, answers, ready } = start();
      answers.request = () => throwError(() => new ActionError('user_typing', { id: 'x', message: '', status: 400 }));
      ready();
      record(of('a').pipe(typing.publish(channel)));
      vi.runAllTimers();
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      config.onUnhandledError = null;
      vi.useRealTimers();
    }
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

describe('typing.publish, when its source ends,', () => {
  const under = () => {
    const kit = start();
    let aborted = false;
    kit.answers.request = () => new Observable(() => () => (aborted = true));
    kit.ready();
    const keys = new Subject<string>();
    const seen = record(keys.pipe(kit.typing.publish(channel)));
    keys.next('a');
    return { keys, seen, aborted: () => aborted };
  };

  it('lets the notice that is under way go on, and completes', () => {
    const { keys, seen, aborted } = under();
    keys.complete();
    expect([seen.end.how, aborted()]).toEqual(['completed', false]);
  });

  it('aborts the notice with an error of the source, which it passes on', () => {
    const { keys, seen, aborted } = under();
    const boom = new Error('boom');
    keys.error(boom);
    expect([seen.end.error, aborted()]).toEqual([boom, true]);
  });

  it('counts the intervals of each place from its own last notice', () => {
    const { typing, asked, ready, pass } = start();
    ready();
    const notices = () => asked.filter(([what]) => what === 'action').map(([, , body]) => body);
    const here = new Subject<string>();
    const there = new Subject<string>();
    record(here.pipe(typing.publish(channel)));
    record(there.pipe(typing.publish(other)));
    here.next('a');
    pass(3_000);
    there.next('a');
    pass(2_000);
    here.next('b');
    there.next('b');
    pass(2_999);
    there.next('c');
    expect(notices().map((body) => (body as { channel_id: string }).channel_id)).toEqual([channel, other, channel]);
    pass(1);
    there.next('d');
    expect(notices()).toHaveLength(4);
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

  it('goes over REST after a login, as the settings are shown to users who are logged in', () => {
    const { context, asked, answers } = start();
    const login = new ReplaySubject<string>(1);
    answers.config = () => of({ EnableUserTypingMessages: 'false' });
    const typing = createTyping({ ...context, ownId$: login });
    const seen = record(typing.send(channel));
    expect(asked).toEqual([]);
    login.next(me);
    login.complete();
    expect(asked).toEqual([['config'], ['rest typing', me, channel, '']]);
    expect(seen.end.how).toBe('completed');
  });

  it('sends even where the server wants no notices, emits once and completes', () => {
    const { typing, asked, ready, answers } = start();
    answers.config = () => of({ EnableUserTypingMessages: 'false' });
    ready();
    const seen = record(typing.send(channel));
    expect(asked.map(([what]) => what)).toEqual(['config', 'action']);
    expect(seen).toMatchObject({ values: [undefined], end: { how: 'completed' } });
  });

  it('errors with a refusal of the socket, and does not try REST', () => {
    const { typing, asked, ready, answers } = start();
    const refused = new ActionError('user_typing', { id: 'x', message: '', status: 400 });
    answers.request = () => throwError(() => refused);
    ready();
    expect(record(typing.send(channel)).end.error).toBe(refused);
    expect(asked.filter(([what]) => what === 'rest typing')).toEqual([]);
  });

  it.each([new ClosedError('ended'), new TimeoutError('late', 1)])(
    'goes over REST when the socket ends under it: %s',
    (error) => {
      const { typing, asked, ready, answers } = start();
      answers.request = () => throwError(() => error);
      ready();
      const seen = record(typing.send(channel));
      expect(asked.at(-1)?.[0]).toBe('rest typing');
      expect(seen.end.how).toBe('completed');
    },
  );

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
