import { of, Subject, throwError, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { NetworkError, ValidationError } from '../../../src/models/errors.js';
import type { Credential } from '../../../src/models/credential.js';
import type { Status, User } from '../../../src/models/generated/entities.js';
import type { RestOutcome } from '../../../src/models/rest-outcome.js';
import { createStreams, type StreamsOptions } from '../../../src/streams/create-streams.js';
import { FakeSocket } from './connection/kit.js';
import { ids, record } from './context.js';

const { me, bob } = ids;

/** Streams over sockets and REST that the test plays, in virtual time. */
function start(settings: Partial<StreamsOptions> = {}) {
  const scheduler = new VirtualTimeScheduler(undefined, Infinity);
  const outcomes$ = new Subject<RestOutcome>();
  const sockets: FakeSocket[] = [];
  const asked: unknown[] = [];
  const answers = { me: () => of({ id: me } as User) };
  class Socket extends FakeSocket {
    constructor(url: string) {
      super(url, undefined);
      sockets.push(this);
    }
  }
  const statusOf = (user_id: string): Status => ({
    user_id,
    status: 'online',
    manual: false,
    last_activity_at: 0,
    dnd_end_time: 0,
  });
  const credential: Credential = { kind: 'bearer', token: 'token-1' };
  const streams = createStreams({
    url: 'https://chat.example.com',
    credentials: { credential: () => of(credential), renew: () => of(credential) },
    rest: {
      me: () => {
        asked.push('me');
        return answers.me();
      },
      clientConfig: () => of({}),
      publishTyping: () => of(undefined),
      statuses: (userIds) => {
        asked.push(...userIds);
        return of(userIds.map(statusOf));
      },
      setStatus: (userId) => {
        asked.push(userId);
        return of(statusOf(userId));
      },
      sessions: () => of([]),
      outcomes$,
    },
    WebSocket: Socket,
    random: () => 0.5,
    scheduler,
    ...settings,
  });
  return {
    streams,
    sockets,
    asked,
    answers,
    outcome: (status: number) =>
      outcomes$.next({ operation: 'getTeams', path: [], body: undefined, status, errorId: '' }),
    /** Lets time pass; what is due by then happens. */
    pass: (ms: number) => {
      scheduler.maxFrames = scheduler.frame + ms;
      scheduler.schedule(() => undefined, ms);
      scheduler.flush();
    },
    /** Opens the newest socket as one of `userId`. */
    ready: (userId: string = me) =>
      sockets
        .at(-1)!
        .accept()
        .event('hello', { connection_id: 'c1', server_version: '11.6.0.b.h.false' }, { user_id: userId }, 0)
        .pong(),
  };
}

describe('createStreams', () => {
  it('does nothing until something is subscribed', () => {
    const { streams, sockets, asked } = start();
    streams.events.on('typing');
    streams.typing.in(ids.channel);
    streams.presence.of([bob]);
    streams.sessions.list('me');
    streams.request('get_statuses');
    expect([sockets, asked]).toEqual([[], []]);
  });

  it.each([0, -1, NaN, 2 ** 31, '1000'])('refuses a pollMs of %s', (pollMs) => {
    expect(() => start({ pollMs: pollMs as number })).toThrow(
      new ValidationError('pollMs', 'must be a number of milliseconds above 0 and below 2^31'),
    );
  });

  it('uses one socket for events, actions, and all that is made from them', () => {
    const { streams, sockets, ready } = start();
    const events = record(streams.events.on('typing'));
    record(streams.typing.in(ids.channel));
    record(streams.sessions.changes$);
    record(streams.presence.of([bob]));
    record(streams.presenceScope({ channelId: ids.channel }));
    const reply = record(streams.request('get_statuses'));
    const socket = ready();
    socket.event('typing', { user_id: bob, parent_id: '' }, { channel_id: ids.channel });
    socket.reply(socket.last('get_statuses'), { [bob]: 'away' });
    expect(sockets).toHaveLength(1);
    expect(events.values.map(({ userId }) => userId)).toEqual([bob]);
    expect(reply).toMatchObject({ values: [{ [bob]: 'away' }], end: { how: 'completed' } });
    expect(socket.last('presence')?.data).toEqual({ channel_id: ids.channel });
  });

  it('keeps events from their subscribers that validate refuses, and reports them', () => {
    const { streams, ready } = start({
      validate: {
        answer: () => undefined,
        event: ({ event }, report) => {
          if (event === 'typing') report('typing: parent_id: must be a string');
          return event !== 'typing';
        },
      },
    });
    const events = record(streams.events.on(['typing', 'posted']));
    const diagnostics = record(streams.connection.diagnostics$);
    ready().event('typing').event('posted');
    expect(events.values.map(({ event }) => event)).toEqual(['posted']);
    expect(diagnostics.values).toMatchObject([
      { type: 'unexpected-data', detail: 'typing: parent_id: must be a string' },
    ]);
  });

  it('checks the socket when a call meets a dead session, and not after other errors', () => {
    const { streams, ready, outcome } = start();
    record(streams.events.all$);
    const socket = ready();
    const pings = () => socket.sent.filter(({ action }) => action === 'ping').length;
    const before = pings();
    for (const status of [0, 200, 403, 500]) outcome(status);
    expect(pings()).toBe(before);
    outcome(401);
    expect(pings()).toBe(before + 1);
  });

  it('asks REST about the session when the socket opens and stays silent', () => {
    const { streams, sockets, asked, pass } = start();
    record(streams.events.all$);
    sockets[0]!.accept();
    expect(asked).toEqual([]);
    pass(1_000);
    expect(asked).toEqual(['me']);
  });

  it('completes what is subscribed to while it is being closed', () => {
    const { streams, ready } = start();
    record(streams.events.all$);
    ready();
    const seen: ReturnType<typeof record>[] = [];
    const subscribeToAll = () =>
      seen.push(
        record(streams.events.all$),
        record(streams.typing.anywhere$),
        record(streams.sessions.changes$),
        record(streams.presence.of([bob])),
      );
    streams.request('get_statuses').subscribe({ error: subscribeToAll });
    streams.connection.state$.subscribe(({ status }) => status === 'closed' && subscribeToAll());
    streams.close();
    expect(seen.map(({ end }) => end)).toEqual(Array.from({ length: 8 }, () => ({ how: 'completed' })));
  });

  it('completes everything and ends the socket when it is closed', () => {
    const { streams, sockets, ready } = start();
    const seen = [
      record(streams.connection.state$),
      record(streams.events.all$),
      record(streams.typing.anywhere$),
      record(streams.sessions.current$),
      record(streams.presence.of([bob])),
      record(streams.presenceScope({})),
    ];
    ready();
    streams.close();
    expect(seen.map(({ end }) => end.how)).toEqual(seen.map(() => 'completed'));
    expect(sockets[0]!.closedWith).toBe(1000);
    expect(record(streams.sessions.changes$).end.how).toBe('completed');
  });
});

describe('pollMs of createStreams', () => {
  it.each<[string, Partial<StreamsOptions>, number]>([
    ['a minute unless it is set', {}, 60_000],
    ['as it is set', { pollMs: 7_000 }, 7_000],
  ])('is %s', (_, settings, pollMs) => {
    const { streams, asked, pass } = start(settings);
    record(streams.presence.of([bob]));
    pass(pollMs - 1);
    expect(asked).toEqual([bob]);
    pass(1);
    expect(asked).toEqual([bob, bob]);
  });
});

describe('the own id', () => {
  it('is asked of REST once, when it is needed and not known', () => {
    const { streams, asked } = start();
    record(streams.presence.set('away'));
    record(streams.presence.set('dnd'));
    expect(asked).toEqual(['me', me, me]);
  });

  it('is known once the socket is ready, and as long as the next one does not name another', () => {
    const { streams, sockets, asked, pass, ready } = start();
    record(streams.events.all$);
    ready(bob);
    record(streams.presence.set('away'));
    sockets[0]!.end();
    pass(1_000);
    ready('');
    record(streams.presence.set('away'));
    sockets[1]!.end();
    pass(1_000);
    ready(me);
    record(streams.presence.set('away'));
    expect(asked).toEqual([bob, bob, me]);
  });

  it('is asked for again after an error, which goes to whoever needed it', () => {
    const { streams, asked, answers } = start();
    const cut = new NetworkError('cut');
    const { me: answer } = answers;
    answers.me = () => throwError(() => cut);
    expect(record(streams.presence.set('away')).end.error).toBe(cut);
    answers.me = answer;
    expect(record(streams.presence.set('away')).end.how).toBe('completed');
    expect(asked).toEqual(['me', 'me', me]);
  });
});
