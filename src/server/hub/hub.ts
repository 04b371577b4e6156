import type { Clock } from '../base/clock.js';
import type { Permissions } from '../auth/permissions.js';
import type { SessionRow } from '../store/people.js';
import type { Store } from '../store/store.js';
import type { Version } from '../base/version.js';
import { limits } from './connection.js';
import type { Connection } from './connection.js';
import type { Draft } from '../store/draft.js';
import { encodeEvent } from './frames.js';
import type { NumberedFrame } from './frames.js';

export interface HubParts {
  readonly clock: Clock;
  readonly version: Version;
  readonly store: Store;
  readonly permissions: Permissions;
  /** The session of a token, if it is valid now. */
  readonly sessionOf: (token: string) => SessionRow | undefined;
}

const droppable = new Set(['typing', 'status_change', 'multiple_channels_viewed', 'channel_viewed']);
const presenceScoped = new Set(['typing', 'reaction_added', 'reaction_removed']);

/** All connections of one server, and the rules of delivery (protocol §3.1). */
export class Hub {
  private readonly byUser = new Map<string, Set<Connection>>();
  private readonly byId = new Map<string, Connection>();
  private readonly startedAt: number;
  private reaping = false;

  /** A deaf hub delivers no events and no replies, while its sockets stay open (protocol §1.7, §2.2 case 8b). */
  deaf = false;

  constructor(private readonly parts: HubParts) {
    this.startedAt = parts.clock.now();
  }

  /** All connections, including those without a socket. */
  all(): Connection[] {
    return [...this.byUser.values()].flatMap((set) => [...set]);
  }

  register(connection: Connection): void {
    const set = this.byUser.get(connection.userId) ?? new Set();
    this.byUser.set(connection.userId, set.add(connection));
    if (connection.id) this.byId.set(connection.id, connection);
  }

  remove(connection: Connection): void {
    const set = this.byUser.get(connection.userId);
    set?.delete(connection);
    if (set?.size === 0) this.byUser.delete(connection.userId);
    if (this.byId.get(connection.id) === connection) this.byId.delete(connection.id);
  }

  has(connection: Connection): boolean {
    return this.byUser.get(connection.userId)?.has(connection) === true;
  }

  /** The connection with that id and user, if it has no socket: only then it can be resumed (protocol §2.1). */
  resumable(id: string, userId: string): Connection | undefined {
    const connection = this.byId.get(id);
    return connection?.userId === userId && !connection.port ? connection : undefined;
  }

  /** Gives a connection a new id after a refused resume. */
  renew(connection: Connection, id: string): void {
    this.byId.delete(connection.id);
    connection.renew(id);
    this.byId.set(id, connection);
  }

  /** Whether the user has an open socket. */
  isConnected(userId: string): boolean {
    return [...(this.byUser.get(userId) ?? [])].some(({ port }) => port);
  }

  /** Removes all connections without a socket, as a restart does. */
  forgetInactive(): void {
    for (const connection of this.all()) if (!connection.port) this.remove(connection);
  }

  /** Removes all connections. The caller must cut those with a socket. */
  forgetAll(): void {
    for (const connection of this.all()) this.remove(connection);
  }

  /** Makes the connections of a user read their session again at the next event or action (protocol §5.5). */
  invalidateUser(userId: string): void {
    for (const connection of this.byUser.get(userId) ?? []) connection.session = undefined;
  }

  /** Records activity of a session, which decides how long its connections stay resumable (protocol §2.1). */
  touch(userId: string, token: string): void {
    for (const connection of this.byUser.get(userId) ?? [])
      if (connection.token === token && connection.port) connection.lastUserActivityAt = this.parts.clock.now();
  }

  /** The session of a connection, read again if it was invalidated or has expired. Without one the token is emptied. */
  sessionOf(connection: Connection): SessionRow | undefined {
    const { session } = connection;
    if (session && (session.expires_at === 0 || session.expires_at > this.parts.clock.now())) return session;
    if (!connection.token) return undefined;
    connection.session = this.parts.sessionOf(connection.token);
    if (!connection.session) connection.token = '';
    return connection.session;
  }

  publish = (draft: Draft): void => {
    if (this.deaf) return;
    let shared: NumberedFrame | undefined;
    for (const connection of this.candidates(draft)) {
      if (!this.reaches(draft, connection)) continue;
      const data = draft.hook
        ? draft.hook(draft.data, {
            userId: connection.userId,
            connectionId: connection.id,
            postedAck: connection.postedAck,
          })
        : draft.data;
      if (data === null) continue;
      const rewritten = data !== draft.data;
      const encode = () => encodeEvent(draft.event, data, draft.to, this.parts.version, rewritten);
      this.queue(connection, { event: rewritten ? encode() : (shared ??= encode()) }, draft.event);
    }
  };

  /** Queues a message. A connection whose queue is full is removed (protocol §2.4). */
  queue(connection: Connection, message: Parameters<Connection['push']>[0], event = ''): void {
    if (this.deaf || !this.has(connection)) return;
    if (droppable.has(event) && connection.waiting >= limits.droppableFrom) return;
    if (!connection.push(message)) this.remove(connection);
  }

  /** Starts the reaper: every five minutes since the start it removes connections that were inactive for too long (protocol §2.1). */
  expectReaping(): void {
    if (this.reaping) return;
    this.reaping = true;
    const { clock } = this.parts;
    clock.after(limits.reapMs - ((clock.now() - this.startedAt) % limits.reapMs), () => {
      this.reaping = false;
      let inactive = false;
      for (const connection of this.all()) {
        if (connection.port) continue;
        if (clock.now() - connection.lastUserActivityAt > limits.reapMs) this.remove(connection);
        else inactive = true;
      }
      if (inactive) this.expectReaping();
    });
  }

  private candidates({ to }: Draft): Iterable<Connection> {
    if (to.connectionId) {
      const one = this.byId.get(to.connectionId);
      return one ? [one] : [];
    }
    if (to.userId) return [...(this.byUser.get(to.userId) ?? [])];
    if (!to.channelId) return this.all();
    return this.parts.store.channelMembers
      .where('channel', to.channelId)
      .flatMap(({ user_id }) => [...(this.byUser.get(user_id) ?? [])]);
  }

  private reaches({ event, to }: Draft, connection: Connection): boolean {
    const { store, permissions } = this.parts;
    const session = this.sessionOf(connection);
    if (!session) return false;
    if (to.copy && permissions.ofSession(session, 'manage_system') !== (to.copy === 'admins')) return false;
    if (to.connectionId) return connection.id === to.connectionId;
    if (to.omitConnectionId && connection.id === to.omitConnectionId) return false;
    if (to.userId) return connection.userId === to.userId;
    if (to.omitUsers?.includes(connection.userId)) return false;
    if (to.channelId)
      return (
        !(presenceScoped.has(event) && isElsewhere(connection, to.channelId)) &&
        store.inChannel(to.channelId, connection.userId)
      );
    return !to.teamId || store.inTeam(to.teamId, connection.userId);
  }
}

/** True if the connection has declared all three places and none of them is this channel (protocol §4.4). */
function isElsewhere({ presence }: Connection, channelId: string): boolean {
  return [presence.channel, presence.thread, presence.threadView].every(
    (place) => place !== undefined && place !== channelId,
  );
}
