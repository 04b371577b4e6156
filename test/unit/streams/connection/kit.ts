import { NEVER, of, Subscription, VirtualTimeScheduler, type Observable } from 'rxjs';
import {
  createConnection,
  type ConnectionState,
  type Diagnostic,
} from '../../../../src/streams/connection/connection.js';
import { createEvents } from '../../../../src/streams/events/events.js';
import type { Credential } from '../../../../src/models/credential.js';
import { createGateway, type Gateway } from '../../../../src/streams/connection/gateway.js';
import type { GatewayOptions } from '../../../../src/streams/connection/options.js';
import type { WebSocketLike } from '../../../../src/streams/connection/socket.js';
import type { Loss, ConnectionSignal } from '../../../../src/streams/connection/state.js';
import { createRouter } from '../../../../src/streams/events/router.js';

interface Action {
  readonly seq: number;
  readonly action: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A socket whose other end is the test. */
export class FakeSocket implements WebSocketLike {
  readyState = 0;
  onopen: ((event: never) => unknown) | null = null;
  onmessage: ((event: never) => unknown) | null = null;
  onerror: ((event: never) => unknown) | null = null;
  onclose: ((event: never) => unknown) | null = null;
  readonly sent: Action[] = [];
  closedWith: number | undefined;
  terminated = false;
  private seq = 0;

  constructor(
    readonly url: string,
    readonly headers: Readonly<Record<string, string>> | undefined,
  ) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Action);
  }
  close(code?: number): void {
    this.closedWith = code;
    if (this.readyState < 2) this.readyState = 2;
  }
  terminate(): void {
    this.terminated = true;
    this.readyState = 3;
  }

  /** Value of a query parameter of the upgrade. */
  query(name: string): string | null {
    return new URL(this.url).searchParams.get(name);
  }
  /** The upgrade is answered. */
  accept(): this {
    this.readyState = 1;
    (this.onopen as (() => void) | null)?.();
    return this;
  }
  text(text: string): this {
    (this.onmessage as ((event: unknown) => void) | null)?.({ data: text });
    return this;
  }
  /** An event, numbered by itself unless a number is given. */
  event(event: string, data: object = {}, broadcast: object = {}, seq = this.seq): this {
    this.seq = seq + 1;
    const to = { omit_users: null, user_id: '', channel_id: '', team_id: '', ...broadcast };
    return this.text(`${JSON.stringify({ event, data, broadcast: to, seq })}\n`);
  }
  hello(connectionId = 'c1', seq = 0): this {
    return this.event(
      'hello',
      { connection_id: connectionId, server_version: '11.6.0.b.h.false' },
      { user_id: 'me' },
      seq,
    );
  }
  /** Numbers from here on. */
  from(seq: number): this {
    this.seq = seq;
    return this;
  }
  reply(request: Action | undefined, data?: object): this {
    return this.text(JSON.stringify({ status: 'OK', seq_reply: request?.seq, ...(data && { data }) }));
  }
  fail(request: Action | undefined, id: string, status: number, message = 'no'): this {
    const error = { id, message, detailed_error: '', status_code: status };
    return this.text(JSON.stringify({ status: 'FAIL', seq_reply: request?.seq, error }));
  }
  last(action: string): Action | undefined {
    return this.sent.filter((each) => each.action === action).at(-1);
  }
  pong(): this {
    return this.reply(this.last('ping'), { text: 'pong' });
  }
  /** The socket is over: 1006 for a cut, otherwise the code of the server's close frame. */
  end(code = 1006): void {
    this.readyState = 3;
    (this.onclose as ((event: unknown) => void) | null)?.({ code });
  }
}

export interface Harness {
  readonly gateway: Gateway;
  readonly connection: ReturnType<typeof createConnection>;
  readonly events: ReturnType<typeof createEvents>;
  readonly sockets: FakeSocket[];
  readonly states: ConnectionState[];
  readonly signals: ConnectionSignal[];
  readonly losses: Loss[];
  readonly diagnostics: Diagnostic[];
  readonly scheduler: VirtualTimeScheduler;
  /** The newest socket. */
  socket(): FakeSocket;
  statuses(): string[];
  now(): number;
  /** Lets virtual time pass, in milliseconds. */
  advance(ms: number): void;
  /** Advances by one delayed turn of the loop: timers up to `ms` later come all at once, as after a sleep. */
  sleep(ms: number): void;
  /** Holds the socket open and makes it ready. */
  ready(connectionId?: string): FakeSocket;
}

type Settings = Partial<GatewayOptions> & { readonly takesHeaders?: boolean };

export function harness({ takesHeaders = true, ...settings }: Settings = {}): Harness {
  const sockets: FakeSocket[] = [];
  const scheduler = new VirtualTimeScheduler(undefined, 0);
  let skew = 0;
  const now = (): number => scheduler.frame + skew;
  Object.defineProperty(scheduler, 'now', { value: now });
  class Socket extends FakeSocket {
    static readonly takesHeaders = takesHeaders;
    constructor(url: string, _protocols?: unknown, options?: { headers?: Record<string, string> }) {
      super(url, options?.headers);
      sockets.push(this);
    }
  }
  const router = createRouter();
  const credential: Credential = { kind: 'bearer', token: 'token-1' };
  const gateway = createGateway({
    url: 'https://chat.example.com/sub',
    credentials: { credential: () => of(credential), renew: () => of(credential) },
    probe: () => of({ id: 'me' }),
    doubts$: NEVER,
    WebSocket: Socket,
    random: () => 0.5,
    scheduler,
    ...settings,
    deliver: router.dispatch,
  });
  const events = createEvents(gateway, router);
  const connection = createConnection(gateway);
  const tape = <T>(source: Observable<T>): T[] => {
    const items: T[] = [];
    source.subscribe((item) => items.push(item));
    return items;
  };
  const states = tape(gateway.state$);
  const advance = (ms: number): void => {
    const until = scheduler.frame + ms;
    scheduler.maxFrames = until;
    scheduler.schedule(() => undefined, ms);
    scheduler.flush();
  };
  const held = new Subscription();
  return {
    gateway,
    connection,
    events,
    sockets,
    scheduler,
    states,
    signals: tape(gateway.signals$),
    losses: tape(gateway.losses$),
    diagnostics: tape(gateway.diagnostics$),
    socket: () => sockets.at(-1)!,
    statuses: () => states.map(({ status }) => status),
    now,
    advance,
    sleep(ms) {
      skew += ms;
    },
    ready(connectionId = 'c1') {
      held.add(gateway.hold());
      return sockets.at(-1)!.accept().hello(connectionId).pong();
    },
  };
}
