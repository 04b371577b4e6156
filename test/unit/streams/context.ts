import { filter, Observable, of, Subject, BehaviorSubject, VirtualTimeScheduler } from 'rxjs';
import type { MattermostEvent } from '../../../src/models/events.js';
import type { Session, Status, User } from '../../../src/models/generated/entities.js';
import type { ConnectionState, ConnectionSignal } from '../../../src/streams/connection/connection.js';
import type { StreamContext } from '../../../src/streams/context.js';
import type { EventScope, Gap } from '../../../src/streams/events/events.js';
import type { RestOutcome } from '../../../src/models/rest-outcome.js';

export const ids = {
  me: 'meeeeeeeeeeeeeeeeeeeeeeeee',
  bob: 'bobbbbbbbbbbbbbbbbbbbbbbbb',
  carol: 'carolllllllllllllllllllllll'.slice(0, 26),
  channel: 'channelchannelchannelchann',
  other: 'otherotherotherotherothero',
  root: 'rootrootrootrootrootrootro',
} as const;

type AnyEvent = MattermostEvent<string>;

/** Answers of REST and the socket; a test replaces them. */
const createAnswers = () => ({
  config: (): Observable<Readonly<Record<string, string>>> => of({}),
  typing: (): Observable<unknown> => of(0),
  statuses: (userIds: readonly string[]): Observable<readonly Status[]> =>
    of(userIds.map((user_id) => ({ user_id, status: 'online', manual: false, last_activity_at: 0, dnd_end_time: 0 }))),
  sessions: (): Observable<readonly Session[]> => of([]),
  request: (): Observable<unknown> => of({}),
});

const blankEvent: AnyEvent = {
  event: '',
  data: {},
  broadcast: { omit_users: null, user_id: '', channel_id: '', team_id: '' },
  seq: 1,
  channelId: '',
  teamId: '',
  userId: '',
};

const selectorOf =
  (events: Observable<AnyEvent>) =>
  (name: string | readonly string[], scope: EventScope = {}) =>
    events.pipe(
      filter((event) => [name].flat().includes(event.event)),
      filter((event) =>
        Object.entries(scope).every(([key, id]) => id === undefined || event[key as 'channelId'] === id),
      ),
    );

/** What typing, sessions and presence are made from, for tests: nothing happens but what the test does, in virtual time. */
export function createContext() {
  const scheduler = new VirtualTimeScheduler(undefined, Infinity);
  const events = new Subject<AnyEvent>();
  const gaps = new Subject<Gap>();
  const outcomes = new Subject<RestOutcome>();
  const signals = new Subject<ConnectionSignal>();
  const closed = new Subject<unknown>();
  const facts = { connectionId: 'c1', resumed: false, latencyMs: undefined, lastFrameAtMs: undefined };
  const state = new BehaviorSubject<ConnectionState>({ ...facts, status: 'idle' });
  const asked: (readonly [what: string, ...details: unknown[]])[] = [];
  const answers = createAnswers();
  const note = <T>(what: string, details: readonly unknown[], answer: () => Observable<T>): Observable<T> =>
    new Observable<T>((subscriber) => {
      asked.push([what, ...details]);
      return answer().subscribe(subscriber);
    });
  const self = { id: '' };
  const context: StreamContext = {
    self,
    events: { all$: events as never, on: selectorOf(events), gaps$: gaps },
    connection: { state$: state, open: () => state, diagnostics$: new Subject() },
    rest: {
      me: () => of({ id: ids.me } as User),
      clientConfig: () => note('config', [], answers.config),
      publishTyping: (...details) => note('rest typing', details, answers.typing),
      statuses: (userIds) => note('statuses', [...userIds], () => answers.statuses(userIds)),
      setStatus: (user_id, status, dnd_end_time = 0) =>
        note('set status', [user_id, status, dnd_end_time], () =>
          of({ user_id, status, manual: true, last_activity_at: 0, dnd_end_time } as Status),
        ),
      sessions: (userId) => note('sessions', [userId], answers.sessions),
      outcomes$: outcomes,
    },
    request: (...details) => note('action', details, answers.request),
    signals$: signals,
    ownId$: of(ids.me),
    closed$: closed,
    scheduler,
    pollMs: 60_000,
  };
  return {
    context,
    answers,
    asked,
    gaps,
    signals: {
      next(signal: ConnectionSignal) {
        if (signal.type === 'ready') self.id = signal.userId || self.id;
        signals.next(signal);
      },
    },
    closed,
    state,
    ready: (connectionId = 'c1') => {
      self.id = ids.me;
      state.next({ ...facts, connectionId, status: 'ready' });
    },
    event: (event: string, more: Partial<AnyEvent>) => events.next({ ...blankEvent, event, ...more }),
    outcome: (operation: string, more: Partial<RestOutcome> = {}) =>
      outcomes.next({ operation, path: [], body: undefined, status: 200, errorId: '', ...more }),
    /** Lets time pass; what is due by then happens. */
    pass: (ms: number) => {
      scheduler.maxFrames = scheduler.frame + ms;
      scheduler.schedule(() => undefined, ms);
      scheduler.flush();
    },
    listeners: () =>
      [events, gaps, outcomes, signals, closed].reduce((sum, { observed }) => sum + Number(observed), 0) +
      Number(state.observed),
    timers: () => scheduler.actions.length,
  };
}

/** Everything that a source emits from now on, and how it ends. */
export function record<T>(source: Observable<T>) {
  const values: T[] = [];
  const end: { how?: 'completed' | 'error'; error?: unknown } = {};
  const subscription = source.subscribe({
    next: (value) => values.push(value),
    error: (error: unknown) => Object.assign(end, { how: 'error', error }),
    complete: () => Object.assign(end, { how: 'completed' }),
  });
  return { values, end, stop: () => subscription.unsubscribe() };
}
