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

const { me, bob } = ids;
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
  it('tells once that the own session is proved', () => {
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

  it('tells the end of the own session once, by whoever notices it first', () => {
    const { signals, outcome, seen } = start();
    signals.next({ type: 'ready', connectionId: 'c1', resumed: false, userId: me });
    signals.next({ type: 'refused', errorId: 'api.web_socket_router.not_authenticated.app_error', status: 401 });
    outcome('getUser', { status: 401, errorId: expired });
    signals.next({ type: 'rejected', error: new AuthenticationError('no') });
    expect(brief(seen.values)).toEqual(['established current local', 'revoked current remote']);
    expect(seen.values[1]?.evidence).toMatchObject({ kind: 'reply', status: 401 });
  });

  it('takes a call that failed for want of a login for the end, and one without an answer for nothing', () => {
    const { outcome, seen } = start();
    outcome('getTeams', { status: 0 });
    outcome('getTeams', { status: 0, errorId: 'api.user.login.inactive.app_error' });
    expect(brief(seen.values)).toEqual(['revoked current remote']);
  });

  it('takes a 401 of a business refusal for no end', () => {
    const { outcome, seen } = start();
    outcome('deleteUser', { status: 401, errorId: 'api.user.delete_user.not_enabled.app_error' });
    expect(seen.values).toEqual([]);
  });

  it('says expired when all own sessions had run out by their list', () => {
    const { outcome, pass, seen } = start();
    outcome('getSessions', { path: ['me'], answer: [session({ expires_at: 5_000 })] });
    pass(5_000);
    outcome('getUser', { status: 401, errorId: expired });
    expect(brief(seen.values)).toEqual(['expired current remote']);
  });

  it('tells that MFA is wanted, and not that the refused actions end the session', () => {
    const { outcome, signals, seen } = start();
    outcome('getTeams', { status: 403, errorId: 'api.context.mfa_required.app_error' });
    signals.next({ type: 'refused', errorId: 'x', status: 401 });
    expect(brief(seen.values)).toEqual(['mfaRequired current remote']);
  });

  it('tells of the renewal of a session that had ended', () => {
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
  it.each(calls)('tells what %s does, if it succeeds', (operation, more, change) => {
    const { outcome, seen } = start();
    outcome(operation, { ...more, status: 403 });
    expect(seen.values).toEqual([]);
    outcome(operation, more);
    expect(seen.values).toMatchObject([
      { ...change, origin: 'local', evidence: { kind: 'call', operation, status: 200 } },
    ]);
  });

  it('tells a deactivation by this client once, though the event about it comes first', () => {
    const { outcome, event, pass, seen } = start();
    event('user_updated', { data: { user: { id: bob, delete_at: 5 } } });
    outcome('updateUserActive', { path: [bob], body: { active: false } });
    pass(1_000);
    expect(brief(seen.values)).toEqual(['deactivated user local']);
  });

  it('tells a deactivation from elsewhere, and the return', () => {
    const { event, pass, seen } = start();
    event('user_updated', { data: { user: { id: bob, delete_at: 5 } } });
    pass(1_000);
    event('user_updated', { data: { user: { id: bob, delete_at: 0 } } });
    pass(1_000);
    event('user_updated', { data: { user: { id: bob, delete_at: 0 } } });
    pass(1_000);
    expect(brief(seen.values)).toEqual(['deactivated user remote', 'reactivated user remote']);
  });

  it('survives an event that is not what it should be', () => {
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

describe('a listener that comes when the socket is ready', () => {
  it('finds the session active and whose it is, and hears of its end', () => {
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

  it('waits out what may pass, and errors with a refusal', () => {
    const { sessions, answers, pass } = start();
    answers.sessions = () => throwError(() => new NetworkError('cut'));
    const seen = record(sessions.list(me));
    expect(seen.end.how).toBeUndefined();
    answers.sessions = () =>
      throwError(() => new ForbiddenError({ status: 403, id: 'x', message: '', method: 'GET', url: '' }));
    pass(60_000);
    expect(seen.end.error).toBeInstanceOf(ForbiddenError);
  });

  it('errors with the end of the own session, and asks again for whoever subscribes after it', () => {
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

  it('aborts a read that is under way when the last one leaves', () => {
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
    expect(record(sessions.list('a/b')).end.error).toBeInstanceOf(ValidationError);
  });
});
