import { asyncScheduler, type Observable, type SchedulerLike } from 'rxjs';
import { ValidationError } from '../../models/errors.js';
import type { EventHead } from '../../models/peek.js';
import type { CredentialSource } from '../../models/credential.js';
import { parseSiteUrl } from '../../models/site-url.js';
import type { MachineTimes } from './machine-state.js';
import type { ReconnectOptions } from './reconnect.js';
import type { WebSocketClass } from './socket.js';
import type { Report } from './state.js';

/** What the gateway needs, and how its socket behaves. */
export interface GatewayOptions extends SocketOptions {
  /** Address of the server's site, a sub-path included. */
  readonly url: string;
  /** Where credentials come from; asked for each socket. */
  readonly credentials: CredentialSource;
  /** Asks REST who is logged in, which shows whether a credential is dead or the network is bad: `RestPort.me`. */
  probe(): Observable<unknown>;
  /** Emits when REST has met a dead session. The socket may have the same one, so it is checked at once. */
  readonly doubts$: Observable<unknown>;
  /** Takes each event, in order and once. Must not throw. */
  deliver(head: EventHead, report: Report): void;
}

/** What a user may set about the socket. */
export interface SocketOptions {
  /** Class of the sockets, for other platforms and for tests. @default on Node `ws`, elsewhere the platform's own */
  readonly WebSocket?: WebSocketClass | undefined;
  /** Options of `ws` on Node, such as `agent`, `ca` or `headers`; without effect elsewhere. @default none */
  readonly socketOptions?: object | undefined;
  /** Ask the server to mark posts for which it wants `posted_notify_ack` (protocol §1.1). @default false */
  readonly postedAck?: boolean | undefined;
  /**
   * Time between pings, and for the answer to each, in milliseconds. A dead session is noticed within one, a dead network within two. When a
   * socket opens and stays silent, REST is asked about the credential after one, at most after a second. Shorter ones load the server.
   * @default 25_000
   */
  readonly heartbeatMs?: number | undefined;
  /** How long a socket may take to open, in milliseconds. @default 10_000 */
  readonly connectTimeoutMs?: number | undefined;
  /** How long an action may take, the wait for the socket included, in milliseconds. @default 10_000 */
  readonly requestTimeoutMs?: number | undefined;
  /** How long the socket stays open without subscribers, in milliseconds; `Infinity` for ever. @default 5_000 */
  readonly idleCloseMs?: number | undefined;
  /** When to connect again after a failure. @default see its fields */
  readonly reconnect?: ReconnectOptions | undefined;
  /** Clock and timers. @default asyncScheduler */
  readonly scheduler?: SchedulerLike | undefined;
  /** Source of the jitter, from 0 up to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** The options with their defaults. */
export interface GatewaySettings {
  /** Address of the socket. */
  readonly url: string;
  readonly times: MachineTimes;
  readonly requestTimeoutMs: number;
  readonly idleCloseMs: number;
  readonly reconnect: ReconnectOptions;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** Reads the options and sets the defaults. Throws `ValidationError` for bad ones. */
export function settingsOf(options: GatewayOptions): GatewaySettings {
  const { reconnect = {}, idleCloseMs = 5_000, scheduler = asyncScheduler, random = Math.random } = options;
  return {
    url: `${parseSiteUrl(options.url).replace('http', 'ws')}/api/v4/websocket`,
    times: {
      heartbeatMs: durationOf(options, 'heartbeatMs', 25_000),
      connectTimeoutMs: durationOf(options, 'connectTimeoutMs', 10_000),
      resetAfterMs: reconnect.resetAfterMs ?? 500,
    },
    requestTimeoutMs: durationOf(options, 'requestTimeoutMs', 10_000),
    idleCloseMs,
    reconnect,
    scheduler,
    random,
  };
}

/** Reads a duration, which must be a number of milliseconds above 0, and no longer than a timer can wait. */
export function durationOf<K extends string>(
  options: Readonly<Partial<Record<K, number | undefined>>>,
  name: K,
  preset: number,
): number {
  const found: unknown = options[name] ?? preset;
  if (typeof found === 'number' && found > 0 && found < 2 ** 31) return found;
  throw new ValidationError(name, 'must be a number of milliseconds above 0 and below 2^31');
}
