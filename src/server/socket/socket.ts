import { AppError, Panic } from '../base/app-error.js';
import { isId } from '../base/chance.js';
import { setOfflineAfterDisconnect, setOnline } from '../changes/status.js';
import type { SessionRow } from '../store/people.js';
import { versionText } from '../base/version.js';
import type { World } from '../world.js';
import { invalidToken, notAuthenticated } from './actions.js';
import type { Action } from './actions.js';
import { Connection, limits } from '../hub/connection.js';
import type { SocketPort } from '../hub/connection.js';
import type { EventData } from '../store/draft.js';
import { encodeEvent, encodeFailure, encodeReply } from '../hub/frames.js';
import { parseRequest } from './request.js';
import type { ActionRequest } from './request.js';

/** What a socket keeps of its upgrade request. */
export interface Upgrade {
  readonly query: URLSearchParams;
  /** The session of the request's credential, if that was valid. */
  readonly session: SessionRow | undefined;
}

/** The server's side of one socket (protocol §1). A face calls its `on…` methods. */
export class Socket {
  private connection: Connection | undefined;
  private ended = false;
  private stopTimers: (() => void)[] = [];
  private endOfStall: (() => void) | undefined;
  private endOfSilence: (() => void) | undefined;

  constructor(
    private readonly world: World,
    private readonly actions: Readonly<Record<string, Action>>,
    private readonly port: SocketPort,
    private readonly upgrade: Upgrade,
  ) {}

  /** Id of the socket's user; empty before it is authenticated. */
  get userId(): string {
    return this.connection?.userId ?? '';
  }

  /** Called once the peer can receive. */
  start(): void {
    const { clock } = this.world;
    const pinging = (): void => {
      this.port.ping();
      this.stopTimers[1] = clock.after(limits.pingMs, pinging);
    };
    this.stopTimers = [
      clock.after(limits.authMs, () => {
        if (!this.connection || !this.world.hub.sessionOf(this.connection)) this.port.terminate();
      }),
      clock.after(limits.pingMs, pinging),
    ];
    this.onPong();
    const { session } = this.upgrade;
    if (session) this.resumeOrRegister(session);
  }

  /** Only control pongs keep a socket alive (protocol §1.6). */
  onPong(): void {
    this.endOfSilence?.();
    this.endOfSilence = this.world.clock.after(limits.pongMs, () => this.port.terminate());
  }

  /** The peer has stopped reading. */
  onStall(): void {
    this.endOfStall ??= this.world.clock.after(limits.stallMs, () => this.port.terminate());
  }

  /** The peer reads again. */
  onDrain(): void {
    this.endOfStall?.();
    this.endOfStall = undefined;
    const { connection } = this;
    if (connection?.port !== this.port) return;
    connection.flush();
    if (connection.waiting === 0 && !this.world.hub.has(connection)) this.port.close();
  }

  /** `size` is in bytes. On 11.6 binary frames are msgpack, which is not supported here; 5.37 reads them as JSON. */
  onMessage(text: string, size: number, binary: boolean): void {
    if (this.ended) return;
    if (size > limits.inbound) {
      this.port.close(1009);
      return;
    }
    const request = binary && this.world.modern ? undefined : parseRequest(text);
    if (request) this.handle(request);
    else this.port.terminate();
  }

  onClose(): void {
    if (this.ended) return;
    this.ended = true;
    for (const stop of this.stopTimers) stop();
    this.endOfSilence?.();
    this.endOfStall?.();
    const { connection, world } = this;
    if (connection?.port !== this.port) return;
    connection.port = undefined;
    if (!connection.id) world.hub.remove(connection);
    if (!world.hub.isConnected(connection.userId)) setOfflineAfterDisconnect(world, connection.userId);
    world.hub.expectReaping();
  }

  /** Sends a new `hello`, and from then on every event twice, as 5.37 does after a wrong `sequence_number` (protocol §2.2). */
  double(): void {
    const { connection, world } = this;
    if (!connection) return;
    world.hub.renew(connection, world.chance.id());
    connection.copies = 2;
    connection.pushFirst(this.encodeHello(connection));
  }

  private handle(request: ActionRequest): void {
    const { seq, action, data } = request;
    if (action === 'authentication_challenge' && seq > 0) {
      this.challenge(seq, data['token']);
      return;
    }
    const { connection, world } = this;
    // Before authentication there are no replies: the connection is not registered yet (protocol §1.2).
    if (!connection) return;
    try {
      const reply = this.answer(connection, request);
      if (reply !== null) world.hub.queue(connection, { reply: encodeReply(seq, reply) });
    } catch (error) {
      if (error instanceof Panic) {
        // The id stays "active" for ever, so that it can never be resumed (protocol §1.7).
        this.ended = true;
        this.port.terminate();
        return;
      }
      const failure =
        error instanceof AppError
          ? error
          : new AppError(500, 'embedded.action.failed', error instanceof Error ? error.message : String(error));
      world.hub.queue(connection, { reply: encodeFailure(seq, failure) });
    }
  }

  /** The data of the reply; `null` if there is no reply. */
  private answer(connection: Connection, { seq, action, data }: ActionRequest): EventData | null {
    const { world } = this;
    if (!action) throw new AppError(400, 'api.web_socket_router.no_action.app_error', 'The frame names no action.');
    if (seq <= 0) throw new AppError(400, 'api.web_socket_router.bad_seq.app_error', 'seq must be above 0.');
    if (world.modern && action.startsWith('custom_')) return null;
    if (world.modern && action === 'presence') {
      declarePresence(connection, data);
      return {};
    }
    const act = this.actions[action];
    const unknown = (): AppError =>
      new AppError(500, 'api.web_socket_router.bad_action.app_error', `There is no action ${action}.`);
    if (!act && !world.modern) throw unknown();
    if (!world.hub.sessionOf(connection)) throw notAuthenticated();
    if (!act) throw unknown();
    const { token } = connection;
    const session = world.sessions.ofToken(token);
    if (!session) throw invalidToken(token);
    return act({ world, connection, session, data }) ?? {};
  }

  private challenge(seq: number, token: unknown): void {
    const { world, connection } = this;
    // Ignored while the connection has a token, even one whose session has ended unnoticed (protocol §1.2, §5.5).
    if (connection?.token) return;
    const session = typeof token === 'string' ? world.sessions.ofToken(token) : undefined;
    if (!session || (connection && connection.userId !== session.user_id)) {
      this.port.terminate();
      return;
    }
    if (connection) {
      connection.token = session.token;
      connection.session = session;
      if (!(world.modern && connection.resumed)) this.hello(connection);
    } else this.register(session);
    if (this.connection) world.hub.queue(this.connection, { reply: encodeReply(seq) });
    setOnline(world, session.user_id);
  }

  private resumeOrRegister(session: SessionRow): void {
    const { world, upgrade } = this;
    const id = upgrade.query.get('connection_id') ?? '';
    const reliable = world.modern || world.config.flag('ServiceSettings.EnableReliableWebSockets');
    if (id && reliable && !this.resume(session, id)) return;
    if (!this.connection) this.register(session);
    setOnline(world, session.user_id);
  }

  /** Resumes an earlier connection if it can (protocol §2.2); false if the parameters end the socket. */
  private resume(session: SessionRow, id: string): boolean {
    const { world, upgrade } = this;
    const text = upgrade.query.get('sequence_number') ?? '';
    const seq = /^-?\d+$/.test(text) ? Number(text) : undefined;
    const known = world.hub.resumable(id, session.user_id);
    // 5.37 checks the number only if it knows the id, and refuses a negative one.
    const refused = !isId(id) || (world.modern ? seq === undefined : known && (seq === undefined || seq < 0));
    if (refused) {
      this.port.terminate();
      return false;
    }
    if (!known || seq === undefined || seq < 0) return true;
    known.port = this.port;
    known.token = session.token;
    known.session = session;
    known.presence = {};
    known.postedAck = upgrade.query.get('posted_ack') === 'true';
    known.lastUserActivityAt = world.clock.now();
    this.connection = known;
    if (known.canResumeAt(seq)) {
      known.resumed = true;
      known.replayFrom(seq);
      known.flush();
    } else {
      world.hub.renew(known, world.chance.id());
      if (!world.modern) known.copies = 2;
      known.pushFirst(this.encodeHello(known));
    }
    return true;
  }

  private register(session: SessionRow): void {
    const { world, upgrade } = this;
    const reliable = world.modern || world.config.flag('ServiceSettings.EnableReliableWebSockets');
    const connection = new Connection(
      reliable ? world.chance.id() : '',
      session.user_id,
      session.token,
      world.clock.now(),
    );
    connection.session = session;
    connection.port = this.port;
    connection.postedAck = upgrade.query.get('posted_ack') === 'true';
    this.connection = connection;
    world.hub.register(connection);
    this.hello(connection);
  }

  private hello(connection: Connection): void {
    this.world.hub.queue(connection, { event: this.encodeHello(connection) });
  }

  private encodeHello(connection: Connection) {
    const { version, modern, config } = this.world;
    const data = {
      connection_id: connection.id,
      server_version: versionText(version, config.hash()),
      ...(modern ? { server_hostname: 'embedded' } : {}),
    };
    return encodeEvent('hello', data, { userId: connection.userId }, version, true);
  }
}

/** Values are not validated: `<>` removes a declaration; anything but a string is ignored (protocol §4.4). */
function declarePresence({ presence }: Connection, data: EventData): void {
  const declare = (slot: keyof typeof presence, value: unknown): void => {
    if (typeof value === 'string') presence[slot] = value === '<>' ? undefined : value;
  };
  declare('channel', data['channel_id']);
  declare(data['is_thread_view'] === true ? 'threadView' : 'thread', data['thread_channel_id']);
}
