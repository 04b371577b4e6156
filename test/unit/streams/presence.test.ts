import { defer, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ForbiddenError, NetworkError, ValidationError } from '../../../src/models/errors.js';
import type { Status } from '../../../src/models/generated/entities.js';
import { createPresence } from '../../../src/streams/presence/presence.js';
import { createContext, ids, record } from './context.js';

const { me, bob, carol } = ids;

function start() {
  const kit = createContext();
  return {
    ...kit,
    presence: createPresence(kit.context),
    reads: () => kit.asked.filter(([what]) => what === 'statuses'),
  };
}
const brief = (maps: readonly ReadonlyMap<string, Status>[]) =>
  maps.map((map) => Object.fromEntries([...map].map(([id, { status }]) => [id, status])));
const status = (user_id: string, value: string): Status => ({
  user_id,
  status: value,
  manual: false,
  last_activity_at: 0,
  dnd_end_time: 0,
});

describe('presence.of', () => {
  it('asks once for all who subscribe in one turn', () => {
    const { presence, pass, reads } = start();
    const first = record(presence.of([bob]));
    const second = record(presence.of([bob, carol]));
    pass(0);
    expect(reads()).toEqual([['statuses', bob, carol]]);
    expect(brief(first.values)).toEqual([{ [bob]: 'online' }]);
    expect(brief(second.values)).toEqual([{ [bob]: 'online', [carol]: 'online' }]);
  });

  it('asks again every pollMs, and emits what has changed', () => {
    const { presence, pass, reads, answers } = start();
    const seen = record(presence.of([bob, carol]));
    pass(60_000);
    answers.statuses = (userIds) => of(userIds.map((id) => status(id, id === bob ? 'away' : 'online')));
    pass(60_000);
    expect(reads()).toHaveLength(3);
    expect(brief(seen.values)).toEqual([
      { [bob]: 'online', [carol]: 'online' },
      { [bob]: 'away', [carol]: 'online' },
    ]);
  });

  it('emits one map for one answer, however many have changed', () => {
    const { presence, pass, answers } = start();
    const seen = record(presence.of([bob, carol]));
    pass(0);
    answers.statuses = (userIds) => of(userIds.map((id) => status(id, 'away')));
    pass(60_000);
    expect(brief(seen.values).slice(1)).toEqual([{ [bob]: 'away', [carol]: 'away' }]);
  });

  it('counts a user who posts as online, as the server does, without asking', () => {
    const { presence, pass, event, answers, reads } = start();
    answers.statuses = (userIds) => of(userIds.map((id) => ({ ...status(id, 'away'), last_activity_at: 1 })));
    const seen = record(presence.of([bob]));
    pass(0);
    const post = { type: '', props: {} };
    event('posted', { userId: bob, data: { post, set_online: true } });
    pass(0);
    expect(brief(seen.values)).toEqual([{ [bob]: 'away' }, { [bob]: 'online' }]);
    expect(reads()).toHaveLength(1);
  });

  it('counts a user as online by a post without properties', () => {
    const { presence, pass, event, answers } = start();
    answers.statuses = (userIds) => of(userIds.map((id) => ({ ...status(id, 'away'), last_activity_at: 1 })));
    const seen = record(presence.of([bob]));
    pass(0);
    event('posted', { userId: bob, data: { post: { type: '', props: null }, set_online: true } });
    expect(brief(seen.values)).toEqual([{ [bob]: 'away' }, { [bob]: 'online' }]);
  });

  it.each<[string, object, Partial<Status>?]>([
    ['for which the server was asked not to', { post: { type: '', props: {} }, set_online: false }],
    ['of the system', { post: { type: 'system_join_channel', props: {} }, set_online: true }],
    ['of a webhook', { post: { type: '', props: { from_webhook: 'true' } }, set_online: true }],
    ['that is broken', { post: '{', set_online: true }],
    ['that is missing', { set_online: true }],
    ['of a user who has set their status', { post: { type: '', props: {} }, set_online: true }, { manual: true }],
    ['on a server without statuses', { post: { type: '', props: {} }, set_online: true }, { last_activity_at: 0 }],
  ])('does not count a user as online by a post %s', (_, data, more) => {
    const { presence, pass, event, answers } = start();
    answers.statuses = (userIds) => of(userIds.map((id) => ({ ...status(id, 'away'), last_activity_at: 1, ...more })));
    const seen = record(presence.of([bob]));
    pass(0);
    event('posted', { userId: bob, data: data as never });
    pass(0);
    expect(brief(seen.values)).toEqual([{ [bob]: 'away' }]);
  });

  it('asks again after a gap', () => {
    const { presence, pass, reads, gaps } = start();
    record(presence.of([bob]));
    pass(0);
    gaps.next({ scope: { kind: 'all' }, reason: 'fresh-connection', sinceMs: undefined, untilMs: 1 });
    pass(0);
    expect(reads()).toHaveLength(2);
  });

  it('asks in chunks of 200', () => {
    const { presence, pass, reads } = start();
    record(presence.of(Array.from({ length: 450 }, (_, n) => `u${String(n).padStart(25, '0')}`)));
    pass(0);
    expect(reads().map(({ length }) => length - 1)).toEqual([200, 200, 50]);
  });

  it('counts users that the answer leaves out as offline', () => {
    const { presence, pass, answers } = start();
    answers.statuses = () => of([]);
    const seen = record(presence.of([bob]));
    pass(0);
    expect(seen.values.map((map) => map.get(bob))).toEqual([status(bob, 'offline')]);
  });

  it('waits out errors that pass by themselves, and errors with a refusal', () => {
    const { presence, pass, answers } = start();
    answers.statuses = () => throwError(() => new NetworkError('cut'));
    const seen = record(presence.of([bob]));
    pass(0);
    expect(seen.end.how).toBeUndefined();
    answers.statuses = () =>
      throwError(() => new ForbiddenError({ status: 403, id: 'x', message: '', method: 'POST', url: '' }));
    pass(60_000);
    expect(seen.end.error).toBeInstanceOf(ForbiddenError);
  });

  it('of nobody is an empty map', () => {
    const { presence, pass, reads } = start();
    const seen = record(presence.of([]));
    pass(0);
    expect([brief(seen.values), reads()]).toEqual([[{}], []]);
  });

  it('asks nothing and holds nothing when nobody listens', () => {
    const { presence, pass, reads, listeners } = start();
    const seen = record(presence.of([bob]));
    pass(0);
    seen.stop();
    pass(600_000);
    expect([reads().length, listeners()]).toEqual([1, 0]);
  });

  it('refuses a malformed id, and what is no list', () => {
    const { presence } = start();
    expect(record(presence.of([bob, ''])).end.error).toEqual(
      new ValidationError('presence.of: userIds', 'must not be empty'),
    );
    expect(record(presence.of(bob as never)).end.error).toMatchObject({
      message: 'presence.of: userIds: must be an array',
    });
  });

  it('gives a late subscriber what is known at once, and asks only for the others', () => {
    const { presence, pass, reads, timers } = start();
    record(presence.of([bob]));
    pass(0);
    const alone = timers();
    const late = record(presence.of([bob]));
    expect([brief(late.values), timers()]).toEqual([[{ [bob]: 'online' }], alone]);
    const more = record(presence.of([bob, carol, bob]));
    expect(more.values).toEqual([]);
    pass(0);
    expect(reads()).toEqual([
      ['statuses', bob],
      ['statuses', carol],
    ]);
    expect(brief(more.values)).toEqual([{ [bob]: 'online', [carol]: 'online' }]);
  });

  it('emits only when one of its own users has changed', () => {
    const { presence, pass, event } = start();
    const [one, other] = [record(presence.of([bob])), record(presence.of([carol]))];
    pass(0);
    event('status_change', { data: { user_id: bob, status: 'online' } });
    event('status_change', { data: { user_id: bob, status: 'dnd' } });
    expect([one.values.length, other.values.length]).toEqual([2, 1]);
  });

  it('keeps what is known as long as one subscriber wants it, and drops it then', () => {
    const { presence, pass, reads } = start();
    const [first, second] = [record(presence.of([bob])), record(presence.of([bob]))];
    record(presence.of([carol]));
    pass(0);
    first.stop();
    expect(record(presence.of([bob])).values).toHaveLength(1);
    pass(60_000);
    expect(reads().at(-1)).toEqual(['statuses', bob, carol]);
    second.stop();
    expect(reads()).toHaveLength(2);
  });

  it('asks again for a user that nobody wanted meanwhile', () => {
    const { presence, pass, reads, answers } = start();
    record(presence.of([carol]));
    const both = [record(presence.of([bob])), record(presence.of([bob]))];
    pass(0);
    for (const each of both) each.stop();
    answers.statuses = (userIds) => of(userIds.map((id) => status(id, 'away')));
    const again = record(presence.of([bob]));
    expect(again.values).toEqual([]);
    pass(0);
    expect([brief(again.values), reads().at(-1)]).toEqual([[{ [bob]: 'away' }], ['statuses', bob]]);
  });

  it('reads and stores nothing about users that nobody wants any more', () => {
    const { presence, pass, reads, event, outcome } = start();
    const seen = record(presence.of([bob]));
    record(presence.of([carol])).stop();
    event('status_change', { data: { user_id: carol, status: 'away' } });
    outcome('updateUserStatus', { answer: status(carol, 'dnd') });
    pass(0);
    expect(reads()).toEqual([['statuses', bob]]);
    const late = record(presence.of([carol]));
    expect(late.values).toEqual([]);
    seen.stop();
  });

  it('shares the next batch among all who ask while one is under way', () => {
    const { presence, pass, reads, answers } = start();
    const slow = new Subject<readonly Status[]>();
    answers.statuses = () => slow;
    record(presence.of([bob]));
    pass(0);
    record(presence.of([carol]));
    record(presence.of([me]));
    pass(0);
    expect(reads()).toHaveLength(1);
    slow.next([status(bob, 'online')]);
    slow.complete();
    pass(0);
    expect(reads()).toEqual([
      ['statuses', bob],
      ['statuses', carol, me],
    ]);
  });

  it('takes an answer for which others ask as well while it is under way', () => {
    const { presence, pass, answers } = start();
    const slow = new Subject<readonly Status[]>();
    answers.statuses = () => slow;
    const [first, second] = [presence.of([bob]), presence.of([bob])].map((each) => {
      const seen = record(each);
      pass(0);
      return seen;
    });
    slow.next([status(bob, 'away')]);
    expect([first, second].map((each) => brief(each!.values))).toEqual([[{ [bob]: 'away' }], [{ [bob]: 'away' }]]);
  });

  it('takes an answer that takes longer than pollMs', () => {
    const { presence, pass, answers, reads } = start();
    const slow = [new Subject<readonly Status[]>(), new Subject<readonly Status[]>()];
    answers.statuses = () => slow[reads().length - 1]!;
    const seen = record(presence.of([bob]));
    pass(150_000);
    expect(reads()).toHaveLength(1);
    slow[0]!.next([status(bob, 'away')]);
    slow[0]!.complete();
    expect(brief(seen.values)).toEqual([{ [bob]: 'away' }]);
  });

  it('does not take an answer from before a gap', () => {
    const { presence, pass, answers, gaps } = start();
    const slow = new Subject<readonly Status[]>();
    answers.statuses = () => slow;
    const seen = record(presence.of([bob]));
    pass(0);
    gaps.next({ scope: { kind: 'all' }, reason: 'fresh-connection', sinceMs: undefined, untilMs: 1 });
    answers.statuses = () => of([status(bob, 'dnd')]);
    slow.next([status(bob, 'away')]);
    slow.complete();
    pass(0);
    expect(brief(seen.values)).toEqual([{ [bob]: 'dnd' }]);
  });

  it('reads a status again that an event or an own call has changed in part', () => {
    const { presence, pass, reads, event, outcome } = start();
    record(presence.of([bob, carol]));
    pass(0);
    event('status_change', { data: { user_id: bob, status: 'away' } });
    pass(0);
    outcome('updateUserStatus', { answer: status(carol, 'dnd') });
    outcome('updateUserStatus', { status: 403 });
    outcome('getUserStatus', { answer: status(bob, 'dnd') });
    pass(0);
    expect(reads().slice(1)).toEqual([
      ['statuses', bob],
      ['statuses', carol],
    ]);
  });

  it('aborts a read that is under way when it is unsubscribed, and completes with the client', () => {
    const { presence, pass, answers, closed } = start();
    const pending = new Subject<never>();
    answers.statuses = () => pending;
    const seen = record(presence.of([bob]));
    pass(0);
    expect(pending.observed).toBe(true);
    seen.stop();
    expect(pending.observed).toBe(false);
    const last = record(presence.of([bob]));
    closed.next(0);
    expect(last.end.how).toBe('completed');
  });

  it('asks again for a subscriber that comes after an error', () => {
    const { presence, pass, answers } = start();
    const refused = new ForbiddenError({ status: 403, id: 'x', message: '', method: 'POST', url: '' });
    answers.statuses = () => throwError(() => refused);
    const seen = record(presence.of([bob]));
    pass(0);
    expect(seen.end.error).toBe(refused);
    answers.statuses = (userIds) => of(userIds.map((id) => status(id, 'away')));
    const again = record(presence.of([bob]));
    pass(0);
    expect(brief(again.values)).toEqual([{ [bob]: 'away' }]);
  });
});

describe('presence.mine$', () => {
  it('follows the own events, and what is set through this client', () => {
    const { presence, pass, event, outcome } = start();
    const seen = record(presence.mine$);
    pass(0);
    event('status_change', { userId: me, data: { user_id: me, status: 'away' } });
    outcome('updateUserStatus', { answer: status(me, 'dnd') });
    expect(seen.values.map((each) => each.status)).toEqual(['online', 'away', 'dnd']);
  });

  it('asks again if an event came before the answer, which may be older', () => {
    const { presence, pass, event, answers, reads } = start();
    const seen = record(presence.mine$);
    pass(0);
    const late = new Subject<readonly Status[]>();
    answers.statuses = () => late;
    pass(60_000);
    answers.statuses = () => of([status(me, 'away')]);
    event('status_change', { userId: me, data: { user_id: me, status: 'away' } });
    late.next([status(me, 'online')]);
    late.complete();
    pass(0);
    expect(reads()).toHaveLength(3);
    expect(seen.values.map((each) => each.status)).toEqual(['online', 'away']);
  });

  it('waits pollMs when the own id cannot be read now, and errors when it is refused', () => {
    const { context, pass, reads } = start();
    let failures = 0;
    const lost = new NetworkError('cut');
    const ownId$ = defer(() => (++failures < 3 ? throwError(() => lost) : of(me)));
    const seen = record(createPresence({ ...context, ownId$ }).mine$);
    pass(119_999);
    expect([seen.end.how, failures]).toEqual([undefined, 2]);
    pass(1);
    expect(reads()).toEqual([['statuses', me]]);
    const refused = new ForbiddenError({ status: 403, id: 'x', message: '', method: 'GET', url: '' });
    expect(record(createPresence({ ...context, ownId$: throwError(() => refused) }).mine$).end.error).toBe(refused);
  });

  it('completes with the client', () => {
    const { presence, pass, closed } = start();
    const seen = record(presence.mine$);
    pass(0);
    closed.next(0);
    expect(seen.end.how).toBe('completed');
  });
});

describe('presence.set', () => {
  it('is one call a subscription', () => {
    const { presence, asked } = start();
    const set$ = presence.set('dnd', { dndEndTime: 1_800_000_000 });
    expect(asked).toEqual([]);
    expect(record(set$).values).toMatchObject([{ user_id: me, status: 'dnd' }]);
    expect(asked).toEqual([['set status', me, 'dnd', 1_800_000_000]]);
  });

  it.each([1_800_000_000_000, 1e11, -1, NaN])('refuses the end %s, which is no time in seconds', (dndEndTime) => {
    const { presence, asked } = start();
    const { end } = record(presence.set('dnd', { dndEndTime }));
    expect(end.error).toMatchObject({
      name: 'ValidationError',
      message: 'presence.set: dndEndTime: must be a time in seconds since 1970',
    });
    expect(asked).toEqual([]);
  });

  it.each([0, 1e11 - 1])('takes the end %s', (dndEndTime) => {
    const { presence, asked } = start();
    record(presence.set('dnd', { dndEndTime }));
    expect(asked).toEqual([['set status', me, 'dnd', dndEndTime]]);
  });

  it('needs no end', () => {
    const { presence, asked } = start();
    record(presence.set('away'));
    expect(asked).toEqual([['set status', me, 'away', 0]]);
  });
});
