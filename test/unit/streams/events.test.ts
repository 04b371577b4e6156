import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../../src/models/errors.js';
import { peek, type EventHead } from '../../../src/models/peek.js';
import type { Loss } from '../../../src/streams/connection/state.js';
import { createEvents } from '../../../src/streams/events/events.js';
import { createRouter } from '../../../src/streams/events/router.js';
import { compact } from '../models/wire.js';
import { record } from './context.js';

/** Events of a gateway that a test plays: it counts who holds the socket. */
function start() {
  const router = createRouter();
  const losses$ = new Subject<Loss>();
  const holds: (boolean | undefined)[] = [];
  let held = 0;
  const hold = (retry?: boolean) => {
    holds.push(retry);
    held++;
    return () => {
      held--;
    };
  };
  const events = createEvents({ hold, losses$ } as never, router);
  const receive = (event: string, channel_id = '') => {
    const broadcast = { omit_users: null, user_id: '', channel_id, team_id: '' };
    router.dispatch(peek(compact({ event, data: {}, broadcast, seq: 1 })) as EventHead, () => undefined);
  };
  return { events, router, losses$, receive, holds, held: () => held };
}
const names = (values: readonly { readonly event: string }[]) => values.map(({ event }) => event);

describe('events', () => {
  it('of all names come through all$, those of the given names through on()', () => {
    const { events, receive } = start();
    const all = record(events.all$);
    const one = record(events.on('typing'));
    const some = record(events.on(['typing', 'posted']));
    const scoped = record(events.on('posted', { channelId: 'c' }));
    receive('typing');
    receive('posted', 'c');
    receive('posted', 'd');
    receive('custom_thing');
    expect(names(all.values)).toEqual(['typing', 'posted', 'posted', 'custom_thing']);
    expect(names(one.values)).toEqual(['typing']);
    expect(names(some.values)).toEqual(['typing', 'posted', 'posted']);
    expect(scoped.values.map(({ channelId }) => channelId)).toEqual(['c']);
  });

  it('hold the socket while subscribed, without trying a rejected credential again', () => {
    const { events, held, holds, router } = start();
    const all$ = record(events.all$);
    const on$ = record(events.on('typing'));
    expect([held(), holds]).toEqual([2, [false, false]]);
    all$.stop();
    on$.stop();
    expect([held(), router.size]).toEqual([0, 0]);
  });

  it('complete with the client, and let go of socket and index', () => {
    const { events, losses$, held, router } = start();
    const seen = [record(events.all$), record(events.on('typing')), record(events.gaps$)];
    losses$.complete();
    expect(seen.map(({ end }) => end.how)).toEqual(['completed', 'completed', 'completed']);
    expect([held(), router.size]).toEqual([0, 0]);
  });

  it('complete at once after the client was closed, without the socket', () => {
    const { events, losses$, holds } = start();
    losses$.complete();
    expect(record(events.on('typing')).end.how).toBe('completed');
    expect(holds).toEqual([]);
  });

  it.each<[string, never, unknown, string]>([
    ['an empty name', '' as never, undefined, 'events.on: name: must not be empty'],
    ['an empty list of names', [] as never, undefined, 'events.on: name: must be a string, not undefined'],
    ['no name', undefined as never, undefined, 'events.on: name: must be a string, not undefined'],
    ['a name that is null', null as never, undefined, 'events.on: name: must be a string, not undefined'],
    ['a name that is a number', ['typing', 7] as never, undefined, 'events.on: name: must be a string, not number'],
    ['an empty channel', 'typing' as never, { channelId: '' }, 'events.on: channelId: must not be empty'],
    ['a team that is null', 'typing' as never, { teamId: null }, 'events.on: teamId: must be a string, not null'],
  ])('refuse %s, when subscribed', (_, name, scope, message) => {
    const { events, held } = start();
    const { end } = record(events.on(name, scope as never));
    expect(end.error).toBeInstanceOf(ValidationError);
    expect([(end.error as Error).message, held()]).toEqual([message, 0]);
  });

  it('ignore a condition that is undefined', () => {
    const { events, receive } = start();
    const seen = record(events.on('typing', { channelId: undefined } as never));
    receive('typing', 'c');
    expect(seen.values).toHaveLength(1);
  });
});

describe('gaps$', () => {
  it('emits each loss as a gap in all events, and does not open the socket', () => {
    const { events, losses$, holds } = start();
    const seen = record(events.gaps$);
    const loss: Loss = { reason: 'overflow', sinceMs: 1, untilMs: 2 };
    losses$.next(loss);
    expect(seen.values).toEqual([{ ...loss, scope: { kind: 'all' } }]);
    expect(holds).toEqual([]);
  });
});
