import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/api/operation.js';
import type { CallRecord } from '../../../src/api/rest-options.js';
import { answer, createTeam, deleteUser, getUser, searchUsers, setUp, watch } from './kit.js';

describe('identical GETs at the same time', () => {
  it('share one request, and each gets an answer of its own', () => {
    const { wire, rest } = setUp();
    const calls = [1, 2, 3].map(() => watch(rest.call<{ id: string }>(getUser, ['me'])));
    expect(wire.sent).toHaveLength(1);
    wire.last.respond(answer({ id: 'u1' }));
    calls.forEach(({ values, completed }) => {
      expect(values).toEqual([{ id: 'u1' }]);
      expect(completed).toBe(true);
    });
    expect(calls[0]!.values[0]).not.toBe(calls[1]!.values[0]);
  });

  it('share a failure', () => {
    const { wire, rest } = setUp();
    const calls = [1, 2].map(() => watch(rest.call(getUser, ['me'])));
    wire.last.respond(answer('', 404));
    calls.forEach(({ error }) => expect(error).toMatchObject({ status: 404 }));
  });

  it('are aborted when the last one leaves, and not before', () => {
    const { wire, rest } = setUp();
    const [one, other] = [1, 2].map(() => watch(rest.call(getUser, ['me'])));
    one!.leave();
    expect(wire.last.aborted).toBe(false);
    other!.leave();
    expect(wire.last.aborted).toBe(true);
    watch(rest.call(getUser, ['me']));
    expect(wire.sent).toHaveLength(2);
  });

  it('leave nothing behind when the last one leaves: the next call has a request and attempts of its own', () => {
    const records: CallRecord[] = [];
    const { wire, rest } = setUp({ observe: (record) => records.push(record) });
    watch(rest.call(getUser, ['me'])).leave();
    watch(rest.call(getUser, ['me']));
    wire.last.respond(answer({}));
    expect(wire.sent).toHaveLength(2);
    expect(records).toMatchObject([{ attempts: 1 }]);
  });

  it('are no longer shared once the answer is there, not even by a subscriber within the answer', () => {
    const { wire, rest } = setUp();
    const again: unknown[] = [];
    rest.call(getUser, ['me']).subscribe(() => again.push(watch(rest.call(getUser, ['me']))));
    wire.last.respond(answer({ id: 'u1' }));
    expect(again).toHaveLength(1);
    expect(wire.sent).toHaveLength(2);
  });

  it('that begin during a change share one request, whatever progress the change makes', () => {
    const { wire, rest } = setUp();
    watch(rest.call(createTeam, [], {}).progress());
    const changing = wire.last;
    watch(rest.call(getUser, ['me']));
    changing.emit({ type: 'upload', loadedBytes: 1 });
    watch(rest.call(getUser, ['me']));
    expect(wire.sent).toHaveLength(2);
  });
});

describe('a call whose interceptor gives nothing', () => {
  it('is over for newcomers before it completes', () => {
    let asked = 0;
    const { wire, rest } = setUp({ interceptors: [(request, next) => (asked++ === 0 ? EMPTY : next(request))] });
    rest.call(getUser, ['me']).subscribe({ complete: () => watch(rest.call(getUser, ['me'])) });
    watch(rest.call(getUser, ['me']));
    expect(asked).toBe(2);
    expect(wire.sent).toHaveLength(1);
  });
});

describe('not shared is', () => {
  it('what differs in address or options, or is no GET', () => {
    const { wire, rest } = setUp();
    const calls = [
      rest.call(getUser, ['a']),
      rest.call(getUser, ['b']),
      rest.call(getUser, ['a'], undefined, { x: 1 }),
      rest.call(getUser, ['a']).with({ headers: { 'accept-language': 'de' } }),
      rest.call(getUser, ['a']).with({ ifNoneMatch: 'tag' }),
      rest.call(getUser, ['a']).raw(),
      rest.call(getUser, ['a']).progress(),
      rest.call(deleteUser, ['a']),
      rest.call(searchUsers, [], { term: 't' }),
      rest.call(searchUsers, [], { term: 't' }),
    ];
    calls.forEach((call) => watch(call as never));
    expect(wire.sent).toHaveLength(calls.length);
  });

  it.each<[string, Operation]>([
    ['POST', createTeam],
    ['DELETE', deleteUser],
  ])('a read that began before or during a change by %s with one that begins after it', (_, change) => {
    const { wire, rest } = setUp();
    watch(rest.call(getUser, ['me']));
    watch(rest.call(change, ['u1'], {}));
    const changing = wire.last;
    watch(rest.call(getUser, ['me']));
    expect(wire.sent).toHaveLength(3);
    watch(rest.call(getUser, ['me']));
    expect(wire.sent).toHaveLength(3);
    changing.respond(answer({}));
    watch(rest.call(getUser, ['me']));
    expect(wire.sent).toHaveLength(4);
  });

  it('a read that began during a change with one that is made when the change is known to have failed', () => {
    const { wire, rest } = setUp();
    rest.call(createTeam, [], {}).subscribe({ error: () => watch(rest.call(getUser, ['me'])) });
    const changing = wire.last;
    watch(rest.call(getUser, ['me']));
    expect(wire.sent).toHaveLength(2);
    changing.fail(new Error('lost'));
    expect(wire.sent).toHaveLength(3);
  });

  it('a read that began during a change with one that is made when the change was given up', () => {
    const { wire, rest } = setUp();
    const change = watch(rest.call(createTeam, [], {}));
    watch(rest.call(getUser, ['me']));
    change.leave();
    watch(rest.call(getUser, ['me']));
    expect(wire.sent).toHaveLength(3);
  });

  it('a read that began during a change with one that is made when the answer of the change is there', () => {
    const { wire, rest } = setUp();
    rest.call(deleteUser, ['u1']).subscribe(() => watch(rest.call(getUser, ['me'])));
    const changing = wire.last;
    watch(rest.call(getUser, ['me']));
    expect(wire.sent).toHaveLength(2);
    changing.respond(answer({}));
    expect(wire.sent).toHaveLength(3);
  });
});
