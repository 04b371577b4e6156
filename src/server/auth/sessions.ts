import type { Chance } from '../base/chance.js';
import type { Clock } from '../base/clock.js';
import type { Config } from '../base/config.js';
import type { SessionRow, UserRow } from '../store/people.js';
import type { Store } from '../store/store.js';
import type { Version } from '../base/version.js';

/** Sessions of logins and of access tokens (protocol §5). */
export interface Sessions {
  open(userId: string, device?: { readonly deviceId?: string; readonly userAgent?: string }): SessionRow;
  /** The session of a token, if it is valid now. The first use of an access token opens a session for it. */
  readonly ofToken: (token: string) => SessionRow | undefined;
  /** Ends a session. What its socket notices differs between the versions (protocol §5.5). */
  revoke(session: SessionRow): void;
  revokeAllOf(userId: string): void;
  /** Ends every session. No socket notices: they go on receiving until something else invalidates their user. */
  revokeEveryone(): void;
  /** Extends a session in use, if a setting allows it and enough of its time has passed; true if it did. */
  extend(session: SessionRow): boolean;
  /** Sets the device of a session, which then lasts as long as mobile sessions do; other sessions with that device end. */
  attachDevice(session: SessionRow, deviceId: string): SessionRow;
  /** While true, no token is valid: a fault for tests. */
  rejecting: boolean;
  /** Lifetime of a new session, in milliseconds. */
  lengthMs(mobile: boolean): number;
}

export interface SessionParts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly config: Config;
  readonly store: Store;
  readonly version: Version;
  /** Makes the sockets of a user read their session again (protocol §5.5). */
  readonly invalidateUser: (userId: string) => void;
}

const hourMs = 3_600_000;
/** Lifetime of a session of an access token: a hundred years. */
const centuryMs = 100 * 365 * 24 * hourMs;
/** With more sessions than this, the user's least recently used one ends; 11.6 only. */
const maxPerUser = 500;
const activityMs = 300_000;

/** Lifetime of a new session, in milliseconds. The settings of the two versions have different units. */
function lengthOf({ config, version }: SessionParts, mobile: boolean): number {
  const kind = mobile ? 'Mobile' : 'Web';
  return version === '11.6'
    ? config.number(`ServiceSettings.SessionLength${kind}InHours`) * hourMs
    : config.number(`ServiceSettings.SessionLength${kind}InDays`) * 24 * hourMs;
}

/** Sessions end when they were idle for too long, unless use extends them (protocol §5.3). */
function isIdle({ config, clock }: SessionParts, session: SessionRow): boolean {
  const idleMs = config.number('ServiceSettings.SessionIdleTimeoutInMinutes') * 60_000;
  const exempt = session.device_id !== '' || session.is_oauth || session.access_token_id !== undefined;
  if (exempt || idleMs <= 0 || config.flag('ServiceSettings.ExtendSessionLengthWithActivity')) return false;
  return clock.now() - session.last_activity_at > idleMs;
}

/** Adds a session to the store. `lastsMs` of 0 means that it never expires. */
function addSession(
  { clock, chance, store }: SessionParts,
  userId: string,
  token: string,
  lastsMs: number,
  more: Partial<SessionRow> = {},
): SessionRow {
  const now = clock.now();
  return store.sessions.put({
    id: chance.id(),
    token,
    user_id: userId,
    create_at: now,
    expires_at: lastsMs > 0 ? now + lastsMs : 0,
    last_activity_at: now,
    device_id: '',
    is_oauth: false,
    csrf: chance.id(),
    props: {},
    ...more,
  });
}

/** Opens the session of a personal or bot token; `undefined` if the token is not valid. */
function openOfAccessToken(parts: SessionParts, token: string): SessionRow | undefined {
  const { config, store } = parts;
  const [row] = store.accessTokens.where('token', token);
  const user: UserRow | undefined = row?.is_active ? store.users.get(row.user_id) : undefined;
  if (!row || !user || user.delete_at > 0) return undefined;
  const isBot = store.bots.get(user.id) !== undefined;
  if (!isBot && !config.flag('ServiceSettings.EnableUserAccessTokens')) return undefined;
  return addSession(parts, user.id, token, centuryMs, {
    access_token_id: row.id,
    props: { type: 'UserAccessToken', user_access_token_id: row.id, is_bot: String(isBot), is_guest: 'false' },
  });
}

const loginProps = (modern: boolean, userAgent: string) => ({
  platform: modern ? 'Unknown' : 'Windows',
  os: '',
  browser: userAgent ? 'Unknown/0.0' : '',
  isMobile: 'false',
  isOAuthUser: 'false',
  isSaml: 'false',
  is_guest: 'false',
});

export function createSessions(parts: SessionParts): Sessions {
  const { clock, chance, config, store, version, invalidateUser } = parts;
  const modern = version === '11.6';
  const lengthMs = (mobile: boolean): number => lengthOf(parts, mobile);

  const revoke: Sessions['revoke'] = (session) => {
    store.sessions.delete(session.id);
    if (modern) invalidateUser(session.user_id);
  };

  const endDevice = (userId: string, deviceId: string, ownId = ''): void => {
    for (const other of store.sessions.where('user', userId))
      if (other.device_id === deviceId && other.id !== ownId) revoke(other);
  };

  /** Makes room for one more session of a user. */
  const endLeastUsed = (userId: string): void => {
    const old = store.sessions.where('user', userId);
    if (old.length < maxPerUser) return;
    const byUse = old.sort((a, b) => a.last_activity_at - b.last_activity_at);
    for (const least of byUse.slice(0, old.length - maxPerUser + 1)) revoke(least);
  };

  const sessions: Sessions = {
    rejecting: false,
    revoke,
    lengthMs,
    open(userId, { deviceId = '', userAgent = '' } = {}) {
      if (deviceId) endDevice(userId, deviceId);
      if (modern) endLeastUsed(userId);
      // A login invalidates the user's sessions on both versions.
      invalidateUser(userId);
      const props = loginProps(modern, userAgent);
      return addSession(parts, userId, chance.id(), lengthMs(deviceId !== ''), { device_id: deviceId, props });
    },
    ofToken(given) {
      if (sessions.rejecting) return undefined;
      const token = given.slice(0, 50);
      const [session] = token ? store.sessions.where('token', token) : [];
      if (!session) return token ? openOfAccessToken(parts, token) : undefined;
      const now = clock.now();
      if (session.expires_at > 0 && session.expires_at <= now) return undefined;
      if (isIdle(parts, session)) {
        revoke(session);
        return undefined;
      }
      if (now - session.last_activity_at <= activityMs) return session;
      return store.sessions.patch(session.id, { last_activity_at: now });
    },
    revokeAllOf(userId) {
      for (const session of store.sessions.where('user', userId)) revoke(session);
    },
    revokeEveryone: () => store.sessions.clear(),
    attachDevice(session, deviceId) {
      endDevice(session.user_id, deviceId, session.id);
      return store.sessions.put({ ...session, device_id: deviceId, expires_at: clock.now() + lengthMs(true) });
    },
    extend(session) {
      if (!config.flag('ServiceSettings.ExtendSessionLengthWithActivity') || session.expires_at === 0) return false;
      const length = lengthMs(session.device_id !== '');
      const elapsed = length - (session.expires_at - clock.now());
      if (elapsed < Math.max(activityMs, Math.min(length / 100, 24 * hourMs))) return false;
      store.sessions.patch(session.id, { expires_at: clock.now() + length });
      invalidateUser(session.user_id);
      return true;
    },
  };
  return sessions;
}
