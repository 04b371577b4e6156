import { of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AuthenticationError,
  ForbiddenError,
  NetworkError,
  UnauthorizedError,
  ValidationError,
} from '../../../src/models/errors.js';
import type { Session } from '../../../src/models/generated/entities.js';
import type { RestOutcome } from '../../../src/models/rest-outcome.js';
import type { SessionChange } from '../../../src/streams/sessions/session-change.js';
import { createSessions } from '../../../src/streams/sessions/sessions.js';
import { createContext, ids, record } from './context.js';

const { me, bob, carol } = ids;
const expired = 'api.context.session_expired.app_error';

function start() {
  const kit = createContext();
  const sessions = createSessions(kit.context);
  return { ...kit, sessions, seen: record(sessions.changes$) };
}
const brief = (changes: readonly SessionChange[]) =>
  changes.map(({ type, scope, origin }) => `${type} ${scope} ${origin}`);
const session = (more: Partial<Session> = {}): Session =>
  ({ id: 's1', user_id: me, expires_at: 0, props: { csrf: 'secret', os: 'Linux' }, ...more }) as Session;

describe('sessions.changes$', () => {
  it('reports once that the own session is proved', () => {
    const { signals, seen } = start();
    signals.next({ type: 'ready', connectionId: 'c1', resumed: false, userId: me });
    signals.next({ type: 'ready', connectionId: 'c1', resumed: true, userId: me });
    expect(seen.values).toEqual([
      {
        type: 'established',
        scope: 'current',
        userId: me,
        origin: 'local',
        evidence: { kind: 'connection', connectionId: 'c1' },
      },
    ]);
  });

  it('reports the end of the own session once, by the first sign of it', () => {
    const { signals, outcome, seen } = start();
    signals.next({ type: 'ready', connectionId: 'c1', resumed: false, userId: me });
    signals.next({ type: 'refused', errorId: 'api.web_socket_router.not_authenticated.app_error', status: 401 });
    outcome('getUser', { status: 401, errorId: expired });
    signals.next({ type: 'rejected', error: new AuthenticationError('no') });
    expect(brief(seen.values)).toEqual(['established current local', 'revoked current remote']);
    expect(seen.values[1]?.evidence).toMatchObject({ kind: 'reply', status: 401 });
  });

  it('counts a call whose login was refused as the end, and one without an answer as nothing', () => {
    const { outcome, seen } = start();
    outcome('getTeams', { status: 0 });
    outcome('getTeams', { status: 0, errorId: 'api.user.login.inactive.app_error' });
    expect(brief(seen.values)).toEqual(['revoked current remote']);
  });

  it('does not count a 401 with another id as the end', () => {
    const { outcome, seen } = start();
    outcome('deleteUser', { status: 401, errorId: 'api.user.delete_user.not_enabled.app_error' });
    expect(seen.values).toEqual([]);
  });

  it.each([
    [403, expired],
    [500, expired],
    [400, 'api.context.mfa_required.app_error'],
  ])('does not count a %s with the id %s as a sign', (status, errorId) => {
    const { outcome, seen } = start();
    outcome('getTeams', { status, errorId });
    expect(seen.values).toEqual([]);
  });

  it('says expired when all own sessions had expired by their list', () => {
    const { outcome, pass, seen } = start();
    outcome('getSessions', { path: ['me'], answer: [session({ expires_at: 5_000 })] });
    pass(5_000);
    outcome('getUser', { status: 401, errorId: expired });
    expect(brief(seen.values)).toEqual(['expired current remote']);
  });

  it('reports that MFA is wanted, and does not count the refused actions as the end', () => {
    const { outcome, signals, seen } = start();
    outcome('getTeams', { status: 403, errorId: 'api.context.mfa_required.app_error' });
    signals.next({ type: 'refused', errorId: 'x', status: 401 });
    expect(brief(seen.values)).toEqual(['mfaRequired current remote']);
  });

  it('reports the renewal of a session that was active', () => {
    const { signals, seen } = start();
    signals.next({ type: 'ready', connectionId: 'c1', resumed: false, userId: me });
    signals.next({ type: 'renewed' });
    expect(brief(seen.values)).toEqual(['established current local', 'renewed current local']);
  });

  it('reports the renewal of a session that had ended', () => {
    const { signals, seen } = start();
    signals.next({ type: 'refused', errorId: 'x', status: 401 });
    signals.next({ type: 'renewed' });
    signals.next({ type: 'refused', errorId: 'x', status: 401 });
    expect(brief(seen.values)).toEqual(['revoked current remote', 'renewed current local', 'revoked current remote']);
  });

  const calls: readonly (readonly [string, Partial<RestOutcome>, object])[] = [
    ['login', { answer: { id: bob } }, { type: 'established', scope: 'session', userId: bob }],
    ['logout', {}, { type: 'loggedOut', scope: 'current' }],
    [
      'revokeSession',
      { path: [bob], body: { session_id: 's9' } },
      { type: 'revoked', scope: 'session', userId: bob, sessionId: 's9' },
    ],
    ['revokeAllSessions', { path: [bob] }, { type: 'revoked', scope: 'user', userId: bob }],
    ['revokeSessionsFromAllUsers', {}, { type: 'revoked', scope: 'everyone' }],
    ['updateUserActive', { path: [bob], body: { active: false } }, { type: 'deactivated', scope: 'user', userId: bob }],
    ['deleteUser', { path: [bob] }, { type: 'deactivated', scope: 'user', userId: bob }],
    ['convertUserToBot', { path: [bob] }, { type: 'convertedToBot', scope: 'user', userId: bob }],
    ['updateUserPassword', { path: [bob] }, { type: 'passwordChanged', scope: 'user', userId: bob }],
    ['revokeUserAccessToken', { body: { token_id: 't9' } }, { type: 'revoked', scope: 'token', tokenId: 't9' }],
    ['disableUserAccessToken', { body: { token_id: 't9' } }, { type: 'tokenDisabled', scope: 'token', tokenId: 't9' }],
    ['enableUserAccessToken', { body: { token_id: 't9' } }, { type: 'tokenEnabled', scope: 'token', tokenId: 't9' }],
    ['attachDeviceId', { body: { device_id: 'd' } }, { type: 'deviceAttached', scope: 'current' }],
  ];
  it.each(calls)('reports what %s does, if it succeeds', (operation, more, change) => {
    const { outcome, seen } = start();
    outcome(operation, { ...more, status: 403 });
    expect(seen.values).toEqual([]);
    outcome(operation, more);
    expect(seen.values).toMatchObject([
      { ...change, origin: 'local', evidence: { kind: 'call', operation, status: 200 } },
    ]);
  });

  it('reports a deactivation by this client once, though the event about it comes first', () => {
    const { outcome, event, pass, seen } = start();
    event('user_updated', { data: { user: { id: bob, delete_at: 5 } } });
    outcome('updateUserActive', { path: [bob], body: { active: false } });
    pass(1_000);
    expect(brief(seen.values)).toEqual(['deactivated user local']);
  });

  it('reports a deactivation and a return by this client once each, though the events about them come first', () => {
    const { outcome, event, pass, seen } = start();
    for (const deleteAt of [5, 0]) {
      event('user_updated', { data: { user: { id: bob, delete_at: deleteAt } } });
      pass(10);
      outcome('updateUserActive', { path: [carol], body: { active: deleteAt === 0 } });
      outcome('updateUserActive', { path: [bob], body: { active: deleteAt === 0 } });
      pass(10);
    }
    pass(1_000);
    expect(seen.values.filter(({ userId }) => userId === bob).map(({ type, origin }) => [type, origin])).toEqual([
      ['deactivated', 'local'],
      ['reactivated', 'local'],
    ]);
  });

  it('reports a return of a user by this client once, though the event about it comes first', () => {
    const { outcome, event, pass, seen } = start();
    outcome('deleteUser', { path: [bob] });
    event('user_updated', { data: { user: { id: bob, delete_at: 0 } } });
    outcome('updateUserActive', { path: [bob], body: { active: true } });
    pass(1_000);
    expect(brief(seen.values)).toEqual(['deactivated user local', 'reactivated user local']);
  });

  it('reports that another client deactivates and reactivates a user', () => {
    const { event, pass, seen } = start();
    event('user_updated', { data: { user: { id: bob, delete_at: 5 } } });
    pass(1_000);
    event('user_updated', { data: { user: { id: bob, delete_at: 0 } } });
    pass(1_000);
    event('user_updated', { data: { user: { id: bob, delete_at: 0 } } });
    pass(1_000);
    expect(brief(seen.values)).toEqual(['deactivated user remote', 'reactivated user remote']);
  });

  it('passes over an event that is not what it should be', () => {
    const { event, outcome, seen } = start();
    event('user_updated', { data: { user: 'broken' } });
    event('user_updated', { data: {} });
    outcome('logout');
    expect(brief(seen.values)).toEqual(['loggedOut current local']);
  });

  it('completes with the client and leaves nothing behind', () => {
    const { closed, seen, listeners, timers } = start();
    closed.next(0);
    expect(seen.end.how).toBe('completed');
    expect([listeners(), timers()]).toEqual([0, 0]);
  });
});

describe('sessions.changes$, of the own session,', () => {
  const ready = { type: 'ready', connectionId: 'c1', resumed: false, userId: me } as const;

  it('counts each sign of a dead session as its end, with the sign as evidence', () => {
    const error = new AuthenticationError('no');
    const signs: readonly (readonly [(kit: ReturnType<typeof start>) => void, object])[] = [
      [
        ({ outcome }) => outcome('getTeams', { status: 401, errorId: expired }),
        { kind: 'call', operation: 'getTeams', status: 401, errorId: expired },
      ],
      [
        ({ signals }) => signals.next({ type: 'refused', errorId: 'x', status: 401 }),
        { kind: 'reply', errorId: 'x', status: 401 },
      ],
      [({ signals }) => signals.next({ type: 'rejected', error }), { kind: 'rejection', error }],
    ];
    for (const [happens, evidence] of signs) {
      const kit = start();
      happens(kit);
      expect(kit.seen.values).toEqual([{ type: 'revoked', scope: 'current', origin: 'remote', evidence }]);
    }
  });

  it('names the user as soon as that is known', () => {
    const { outcome, seen } = start();
    outcome('getUser', { path: ['me'], answer: { id: me } });
    outcome('getUser', { path: [bob], answer: { id: bob } });
    outcome('getUser', { path: ['me'] });
    outcome('logout');
    outcome('updateUserPassword', { path: ['me'] });
    expect(seen.values).toMatchObject([
      { type: 'established', scope: 'current', userId: me, origin: 'local', evidence: { operation: 'getUser' } },
      { type: 'loggedOut', scope: 'current', userId: me },
      { type: 'passwordChanged', scope: 'user', userId: me },
    ]);
    expect(seen.values).toHaveLength(3);
  });

  it('does not take the id in the answer of another call for that of the user', () => {
    const { outcome, seen } = start();
    outcome('createUserAccessToken', { path: ['me'], answer: { id: 't9' } });
    outcome('logout');
    expect(seen.values).toMatchObject([{ type: 'loggedOut' }]);
    expect(seen.values[0]).not.toHaveProperty('userId');
  });

  it('keeps the user when the next socket does not name them', () => {
    const { signals, outcome, seen } = start();
    signals.next(ready);
    outcome('logout');
    signals.next({ ...ready, userId: '' });
    expect(seen.values.at(-1)).toMatchObject({ type: 'established', userId: me });
  });

  it('is established again after its end', () => {
    const { signals, outcome, seen } = start();
    signals.next(ready);
    outcome('logout');
    outcome('logout');
    signals.next(ready);
    expect(brief(seen.values)).toEqual([
      'established current local',
      'loggedOut current local',
      'established current local',
    ]);
  });

  it('ends after MFA was wanted only by what proves that', () => {
    const { outcome, signals, seen } = start();
    outcome('getTeams', { status: 403, errorId: 'api.context.permissions.app_error' });
    outcome('getTeams', { status: 403, errorId: 'api.context.mfa_required.app_error' });
    outcome('getTeams', { status: 403, errorId: 'api.context.mfa_required.app_error' });
    outcome('getTeams', { status: 401, errorId: expired });
    signals.next({ type: 'renewed' });
    expect(brief(seen.values)).toEqual([
      'mfaRequired current remote',
      'revoked current remote',
      'renewed current local',
    ]);
    expect(seen.values[2]?.evidence).toEqual({ kind: 'connection' });
  });

  it.each<[string, Partial<RestOutcome>, string]>([
    ['of which the last has not expired', { answer: [{ expires_at: 1 }, { expires_at: 6_000 }] }, 'revoked'],
    ['of which one never expires', { answer: [{ expires_at: 1 }, { expires_at: 0 }] }, 'revoked'],
    ['of which there is none', { answer: [] }, 'revoked'],
    ['of another user', { path: [bob], answer: [{ expires_at: 1 }] }, 'revoked'],
    ['that was not read', { status: 403 }, 'revoked'],
    ['that have all expired, by their list under the own id', { answer: [{ expires_at: 5_000 }] }, 'expired'],
  ])('judges its end by a list of own sessions %s', (_, more, type) => {
    const { signals, outcome, pass, seen } = start();
    signals.next(ready);
    outcome('getSessions', { path: [me], ...more });
    pass(5_000);
    signals.next({ type: 'refused', errorId: 'x', status: 401 });
    expect(seen.values.at(-1)?.type).toBe(type);
  });

  it('keeps the list of own sessions when a call lists something else', () => {
    const { signals, outcome, pass, seen } = start();
    outcome('getSessions', { path: ['me'], answer: [session({ expires_at: 5_000 })] });
    outcome('getPreferences', { path: ['me'], answer: [{ user_id: me, category: 'c', name: 'n', value: 'v' }] });
    pass(5_000);
    signals.next({ type: 'refused', errorId: 'x', status: 401 });
    expect(brief(seen.values)).toEqual(['expired current remote']);
  });

  it.each(['renewed', 'established'] as const)('forgets the list of sessions once it is %s', (how) => {
    const { signals, outcome, pass, seen } = start();
    outcome('getSessions', { path: ['me'], answer: [session({ expires_at: 5_000 })] });
    outcome('getUsers', { path: ['me'], answer: [session({ expires_at: 1 })] });
    signals.next(how === 'renewed' ? { type: 'renewed' } : ready);
    pass(5_000);
    signals.next({ type: 'refused', errorId: 'x', status: 401 });
    expect(seen.values.at(-1)?.type).toBe('revoked');
  });

  it('keeps the list of sessions while nobody listens, as it stays true', () => {
    const { sessions, outcome, pass, seen, signals } = start();
    outcome('getSessions', { path: ['me'], answer: [session({ expires_at: 5_000 })] });
    seen.stop();
    pass(5_000);
    const again = record(sessions.changes$);
    signals.next({ type: 'refused', errorId: 'x', status: 401 });
    expect(brief(again.values)).toEqual(['expired current remote']);
  });
});

describe('sessions.changes$, of calls,', () => {
  it.each<[string, Partial<RestOutcome>, string[]]>([
    ['updateUserActive', { path: [bob], body: { active: true } }, ['reactivated user local']],
    ['disableBot', { path: [bob] }, ['deactivated user local']],
    ['enableBot', { path: [bob] }, ['reactivated user local']],
    ['resetPassword', {}, ['passwordChanged user local']],
    ['loginByCwsToken', { answer: { id: bob } }, ['established session local']],
    ['login', {}, ['established session local']],
    ['attachDeviceExtraProps', { body: { device_id: 'd' } }, ['deviceAttached current local']],
    ['attachDeviceId', { body: { mobile_version: '2' } }, []],
    ['createPost', { path: [bob] }, []],
    ['patchBot', { path: [bob], body: { active: true } }, []],
    ['revokeAllSessions', { path: [bob], status: 199 }, []],
    ['revokeAllSessions', { path: [bob], status: 299 }, ['revoked user local']],
    ['revokeAllSessions', { path: [bob], status: 300 }, []],
  ])('reports of %s with %j: %j', (operation, more, changes) => {
    const { outcome, seen } = start();
    outcome(operation, more);
    expect(brief(seen.values)).toEqual(changes);
  });

  it('leaves out ids that are not known', () => {
    const { outcome, seen } = start();
    outcome('revokeSession', { path: ['me'], body: { session_id: 7 } });
    expect(Object.keys(seen.values[0]!).sort()).toEqual(['evidence', 'origin', 'scope', 'type']);
  });

  it('leaves the own session as it is when a device is attached', () => {
    const { sessions, outcome, signals } = start();
    const current = record(sessions.current$);
    signals.next({ type: 'ready', connectionId: 'c1', resumed: false, userId: me });
    outcome('attachDeviceId', { body: { device_id: 'd' } });
    expect(current.values.map(({ status }) => status)).toEqual(['unknown', 'active']);
  });
});

describe('sessions.changes$, of users,', () => {
  const updated = (id: string, delete_at: number) => ({ data: { user: { id, delete_at } } });

  it('reports a deactivation once until the user is back, by call or event', () => {
    const { outcome, event, pass, seen } = start();
    outcome('deleteUser', { path: [bob] });
    outcome('deleteUser', { path: [bob] });
    event('user_updated', updated(bob, 5));
    outcome('updateUserActive', { path: [bob], body: { active: true } });
    outcome('updateUserActive', { path: [bob], body: { active: true } });
    event('user_updated', updated(bob, 0));
    pass(1_000);
    outcome('deleteUser', { path: [bob] });
    expect(brief(seen.values)).toEqual([
      'deactivated user local',
      'reactivated user local',
      'reactivated user local',
      'deactivated user local',
    ]);
  });

  it('names the user, and waits for the answer to an own call before it reports the event', () => {
    const { event, pass, seen } = start();
    event('user_updated', updated(bob, 5));
    pass(299);
    expect(seen.values).toEqual([]);
    pass(1);
    expect(seen.values).toEqual([
      {
        type: 'deactivated',
        scope: 'user',
        userId: bob,
        origin: 'remote',
        evidence: { kind: 'event', event: 'user_updated' },
      },
    ]);
  });

  it('reports an event about a user also when calls about others, or about something else, succeed meanwhile', () => {
    const { event, outcome, pass, seen } = start();
    event('user_updated', updated(bob, 5));
    outcome('createPost', { path: [bob] });
    outcome('updateUserPassword', { path: [bob] });
    outcome('deleteUser', { path: [carol] });
    pass(300);
    expect(brief(seen.values).at(-1)).toBe('deactivated user remote');
  });

  it('does not report a return by an event from before a deactivation', () => {
    const { event, outcome, pass, seen } = start();
    event('user_updated', updated(bob, 0));
    outcome('deleteUser', { path: [bob] });
    pass(1_000);
    expect(brief(seen.values)).toEqual(['deactivated user local']);
  });

  it.each<[string, number[], string[]]>([
    ['and reactivated', [5, 0], ['deactivated', 'reactivated']],
    ['twice, and reactivated in between', [5, 0, 0, 5, 5], ['deactivated', 'reactivated', 'deactivated']],
  ])('reports a user who is deactivated %s, however fast', (_, times, types) => {
    const { event, pass, seen } = start();
    for (const deleteAt of times) event('user_updated', updated(bob, deleteAt));
    pass(299);
    expect(seen.values).toEqual([]);
    pass(1);
    expect(seen.values.map(({ type }) => type)).toEqual(types);
    event('user_updated', updated(bob, types.length === 2 ? 5 : 0));
    event('user_updated', updated(carol, 5));
    pass(300);
    expect(seen.values.map(({ userId }) => userId)).toEqual([...types.map(() => bob), bob, carol]);
  });

  it('judges an event by the one before it, also when another has been reported since', () => {
    const { event, pass, seen } = start();
    event('user_updated', updated(bob, 5));
    pass(200);
    event('user_updated', updated(bob, 0));
    pass(100);
    event('user_updated', updated(bob, 6));
    pass(300);
    expect(seen.values.map(({ type }) => type)).toEqual(['deactivated', 'reactivated', 'deactivated']);
  });

  it('judges an event by a call that came after the last one was reported', () => {
    const { event, outcome, pass, seen } = start();
    event('user_updated', updated(bob, 5));
    pass(300);
    outcome('updateUserActive', { path: [bob], body: { active: true } });
    event('user_updated', updated(bob, 6));
    pass(300);
    expect(brief(seen.values)).toEqual([
      'deactivated user remote',
      'reactivated user local',
      'deactivated user remote',
    ]);
  });

  it('sets no timer for an event that changes nothing', () => {
    const { event, timers } = start();
    event('user_updated', updated(bob, 0));
    expect(timers()).toBe(0);
  });

  it('keeps other deactivated users when one returns', () => {
    const { outcome, event, pass, seen } = start();
    for (const id of [bob, carol]) outcome('deleteUser', { path: [id] });
    event('user_updated', updated(bob, 0));
    pass(1_000);
    outcome('deleteUser', { path: [carol] });
    expect(brief(seen.values).slice(2)).toEqual(['reactivated user remote']);
  });

  it('remembers a thousand deactivated users, and starts again after that', () => {
    const { outcome, seen } = start();
    const id = (n: number) => `u${String(n).padStart(25, '0')}`;
    for (let n = 0; n < 1_000; n++) outcome('deleteUser', { path: [id(n)] });
    outcome('deleteUser', { path: [id(0)] });
    expect(seen.values).toHaveLength(1_000);
    outcome('deleteUser', { path: [id(1_000)] });
    outcome('deleteUser', { path: [id(1_000)] });
    outcome('deleteUser', { path: [id(0)] });
    expect(seen.values).toHaveLength(1_002);
  });

  it('forgets them when nobody listens', () => {
    const { sessions, outcome, seen } = start();
    outcome('deleteUser', { path: [bob] });
    seen.stop();
    const again = record(sessions.changes$);
    outcome('deleteUser', { path: [bob] });
    expect(brief(again.values)).toEqual(['deactivated user local']);
  });
});

describe('sessions.changes$ and sessions.current$', () => {
  const ready = { type: 'ready', connectionId: 'c1', resumed: false, userId: me } as const;
  const refused = { type: 'refused', errorId: 'x', status: 401 } as const;

  it('do not depend on which of them was subscribed to first', () => {
    const kit = createContext();
    const { current$, changes$ } = createSessions(kit.context);
    const [before, changes, after] = [record(current$), record(changes$), record(current$)];
    kit.signals.next(ready);
    kit.signals.next(refused);
    const late = record(changes$);
    kit.signals.next({ type: 'renewed' });
    expect(before.values).toEqual(after.values);
    expect(before.values.map(({ status }) => status)).toEqual(['unknown', 'active', 'ended', 'active']);
    expect(changes.values.map(({ type }) => type)).toEqual(['established', 'revoked', 'renewed']);
    expect(late.values.map(({ type }) => type)).toEqual(['renewed']);
  });

  it('share one run, which ends with its last subscriber', () => {
    const kit = createContext();
    const { current$, changes$ } = createSessions(kit.context);
    const [current, changes] = [record(current$), record(changes$)];
    kit.signals.next(ready);
    current.stop();
    expect(kit.listeners()).toBeGreaterThan(0);
    changes.stop();
    expect(kit.listeners()).toBe(0);
    expect(record(current$).values).toEqual([{ status: 'unknown' }]);
  });

  it('leave current$ at the latest state when a subscriber causes another change', () => {
    const kit = createContext();
    const { current$, changes$ } = createSessions(kit.context);
    changes$.subscribe(({ type }) => {
      if (type === 'established') kit.outcome('logout');
    });
    const current = record(current$);
    kit.signals.next(ready);
    expect(current.values.map(({ status }) => status)).toEqual(['unknown', 'ended']);
  });

  it('give the change that ended or blocked the session', () => {
    const { sessions, outcome, seen } = start();
    const current = record(sessions.current$);
    outcome('getTeams', { status: 403, errorId: 'api.context.mfa_required.app_error' });
    outcome('logout');
    expect(current.values.slice(1)).toEqual([
      { status: 'blocked', change: seen.values[0] },
      { status: 'ended', change: seen.values[1] },
    ]);
  });

  it('complete with the client, also later', () => {
    const kit = createContext();
    const { current$ } = createSessions(kit.context);
    const current = record(current$);
    kit.closed.next(0);
    expect(current.end.how).toBe('completed');
    expect(kit.listeners()).toBe(0);
  });
});

describe('sessions.current$', () => {
  it('replays unknown, then what is proved', () => {
    const { sessions, signals } = start();
    const current = record(sessions.current$);
    signals.next({ type: 'ready', connectionId: 'c1', resumed: false, userId: me });
    signals.next({ type: 'refused', errorId: 'x', status: 401 });
    expect(current.values.map(({ status }) => status)).toEqual(['unknown', 'active', 'ended']);
    expect(record(sessions.current$).values).toHaveLength(1);
  });
});

describe('a subscriber that comes when the socket is ready', () => {
  it('finds the session active with its user, and gets its end', () => {
    const kit = createContext();
    kit.ready();
    const { current$, changes$ } = createSessions(kit.context);
    const current = record(current$);
    const changes = record(changes$);
    expect(current.values).toEqual([{ status: 'active', userId: me }]);
    kit.signals.next({ type: 'refused', errorId: 'x', status: 401 });
    expect(changes.values).toMatchObject([{ type: 'revoked', scope: 'current', userId: me }]);
  });
});

describe('sessions.list', () => {
  it('reads at once, every pollMs and after own changes, and emits what differs', () => {
    const { sessions, answers, asked, pass, outcome } = start();
    let list = [session()];
    answers.sessions = () => of(list);
    const seen = record(sessions.list(me));
    pass(60_000);
    list = [session(), session({ id: 's2' })];
    outcome('revokeSession', { path: [me], body: { session_id: 's3' } });
    expect(asked.filter(([what]) => what === 'sessions')).toHaveLength(3);
    expect(seen.values.map((each) => each.length)).toEqual([1, 2]);
  });

  it.each<[string, string, Partial<RestOutcome>, boolean]>([
    ['of the user', me, { path: [me] }, true],
    ['of another user', me, { path: [bob] }, false],
    ['of another user, to the own list', 'me', { path: [bob] }, true],
    ['of all users', me, { operation: 'revokeSessionsFromAllUsers' }, true],
    ['that failed', me, { path: [me], status: 403 }, false],
    ['to something else', me, { operation: 'patchUser', path: [me] }, false],
  ])('reads again after a change %s, or does not', (_, userId, { operation = 'revokeAllSessions', ...more }, again) => {
    const { sessions, asked, outcome } = start();
    record(sessions.list(userId));
    outcome(operation, more);
    expect(asked).toHaveLength(again ? 2 : 1);
  });

  it('reads again every pollMs from the last change on', () => {
    const { sessions, asked, outcome, pass } = start();
    record(sessions.list(me));
    pass(50_000);
    outcome('revokeAllSessions', { path: [me] });
    expect(asked).toHaveLength(2);
    pass(59_999);
    expect(asked).toHaveLength(2);
    pass(1);
    expect(asked).toHaveLength(3);
  });

  it('is one list for each user, and completes with the client', () => {
    const { sessions, asked, closed, listeners, timers, seen } = start();
    seen.stop();
    const [own, other] = [record(sessions.list(me)), record(sessions.list(bob))];
    expect(asked).toEqual([
      ['sessions', me],
      ['sessions', bob],
    ]);
    closed.next(0);
    expect([own.end.how, other.end.how, listeners(), timers()]).toEqual(['completed', 'completed', 0, 0]);
  });

  it('leaves the CSRF tokens out', () => {
    const { sessions, answers } = start();
    answers.sessions = () => of([session()]);
    expect(record(sessions.list('me')).values[0]?.[0]?.props).toEqual({ os: 'Linux' });
  });

  it('is shared, and replays to late subscribers', () => {
    const { sessions, answers, asked } = start();
    answers.sessions = () => of([session()]);
    const first = record(sessions.list(me));
    const second = record(sessions.list(me));
    expect(second.values).toEqual(first.values);
    expect(asked.filter(([what]) => what === 'sessions')).toHaveLength(1);
  });

  it('waits out errors that pass by themselves, and errors with a refusal', () => {
    const { sessions, answers, pass } = start();
    answers.sessions = () => throwError(() => new NetworkError('cut'));
    const seen = record(sessions.list(me));
    expect(seen.end.how).toBeUndefined();
    answers.sessions = () =>
      throwError(() => new ForbiddenError({ status: 403, id: 'x', message: '', method: 'GET', url: '' }));
    pass(60_000);
    expect(seen.end.error).toBeInstanceOf(ForbiddenError);
  });

  it('errors with the end of the own session, and asks again for a subscriber that comes after it', () => {
    const { sessions, answers, pass } = start();
    answers.sessions = () => of([session()]);
    const seen = record(sessions.list(me));
    const dead = new UnauthorizedError({ status: 401, id: 'x', message: '', method: 'GET', url: '' });
    answers.sessions = () => throwError(() => dead);
    pass(60_000);
    expect(seen.end.error).toBe(dead);
    answers.sessions = () => of([session()]);
    expect(record(sessions.list(me)).values).toHaveLength(1);
  });

  it('waits for an answer that takes longer than pollMs, but not for one from before an own change', () => {
    const { sessions, answers, asked, pass, outcome } = start();
    const slow = [new Subject<readonly Session[]>(), new Subject<readonly Session[]>()];
    answers.sessions = () => slow[asked.length - 1]!;
    const seen = record(sessions.list(me));
    pass(150_000);
    expect(asked).toHaveLength(1);
    outcome('revokeSession', { path: [me], body: { session_id: 's3' } });
    expect([slow[0]!.observed, slow[1]!.observed]).toEqual([false, true]);
    slow[1]!.next([session()]);
    expect(seen.values).toHaveLength(1);
  });

  it('aborts a read that is under way when the last subscriber leaves', () => {
    const { sessions, answers } = start();
    const pending = new Subject<never>();
    answers.sessions = () => pending;
    const seen = record(sessions.list(me));
    expect(pending.observed).toBe(true);
    seen.stop();
    expect(pending.observed).toBe(false);
  });

  it('refuses a malformed id', () => {
    const { sessions } = start();
    expect(record(sessions.list('a/b')).end.error).toEqual(
      new ValidationError('sessions.list: userId', 'must be a 26-character id'),
    );
  });
});
