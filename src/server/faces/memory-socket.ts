import { utf8Bytes, utf8Text } from '../base/text.js';
import type { Clock } from '../base/clock.js';
import type { SocketPort } from '../hub/connection.js';
import type { Line, Served } from './line.js';

type Handler = ((event: never) => void) | null;
interface SocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
}

/** An event with the members of a `CloseEvent`, since not every platform has that class. */
const closeEvent = (code: number, wasClean: boolean) =>
  Object.assign(new Event('close'), { code, reason: '', wasClean });

/** A socket without a network, with the interface of browsers. */
export interface MemorySocket extends EventTarget {
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  binaryType: 'blob' | 'arraybuffer';
  onopen: Handler;
  onmessage: Handler;
  onerror: Handler;
  onclose: Handler;
  send(data: string | ArrayBufferView | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
}

/** The class of memory sockets. */
export interface MemorySocketClass {
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  /** Tells the gateway that it may send a token with the upgrade. */
  readonly takesHeaders: true;
  new (
    url: string | URL,
    protocols?: string | readonly string[] | SocketOptions,
    options?: SocketOptions,
  ): MemorySocket;
}

class SocketOfServer implements MemorySocket {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  readonly url: string;
  readonly protocol = '';
  readonly extensions = '';
  readonly bufferedAmount = 0;
  binaryType: 'blob' | 'arraybuffer' = 'blob';
  readyState = 0;
  onopen: Handler = null;
  onmessage: Handler = null;
  onerror: Handler = null;
  onclose: Handler = null;
  private served: Served | undefined;
  /** A target of its own: workerd's `dispatchEvent` also calls the `on…` members of its object, so handlers would run twice. */
  private readonly listeners = new EventTarget();
  readonly addEventListener = this.listeners.addEventListener.bind(this.listeners);
  readonly removeEventListener = this.listeners.removeEventListener.bind(this.listeners);
  readonly dispatchEvent = this.listeners.dispatchEvent.bind(this.listeners);

  constructor(
    private readonly line: Line,
    private readonly clock: Clock,
    url: string | URL,
    { headers = {} }: SocketOptions,
  ) {
    this.url = String(url);
    clock.soon(() => this.connect(headers));
  }

  send(data: string | ArrayBufferView | ArrayBuffer): void {
    if (this.readyState === 0) throw new DOMException('The socket is not open yet.', 'InvalidStateError');
    if (this.readyState !== 1) return;
    const binary = typeof data !== 'string';
    const bytes = !binary
      ? utf8Bytes(data)
      : ArrayBuffer.isView(data)
        ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
        : new Uint8Array(data);
    const text = binary ? utf8Text(bytes) : data;
    this.clock.soon(() => this.served?.onMessage(text, bytes.length, binary));
  }

  close(code?: number): void {
    if (this.readyState > 1) return;
    this.readyState = 2;
    // The server echoes the code of a close frame, and an empty one when there was none (protocol §1.7).
    this.clock.soon(() => this.end(this.served ? (code ?? 1005) : 1006));
  }

  /** Cuts the connection without a close frame. */
  terminate(): void {
    this.clock.soon(() => this.end(1006));
  }

  private connect(headers: Readonly<Record<string, string>>): void {
    if (this.readyState !== 0) return;
    const { host, pathname, search, protocol } = new URL(this.url);
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const accept = this.line.upgrade({
      method: 'GET',
      target: pathname + search,
      headers: { host, ...lower },
      body: new Uint8Array(),
      address: '127.0.0.1',
      secure: protocol === 'wss:',
    });
    if (typeof accept !== 'function') {
      this.fire(new Event('error'));
      this.end(1006);
      return;
    }
    this.readyState = 1;
    this.fire(new Event('open'));
    this.served = accept(this.port());
  }

  private port(): SocketPort {
    return {
      writable: true,
      send: (text) =>
        this.clock.soon(() => {
          if (this.readyState === 1) this.fire(new MessageEvent('message', { data: text }));
        }),
      ping: () => this.clock.soon(() => this.served?.onPong()),
      close: (code = 1005) => this.clock.soon(() => this.end(code)),
      terminate: () => this.clock.soon(() => this.end(1006)),
    };
  }

  private end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.served?.onClose();
    this.fire(closeEvent(code, code !== 1006));
  }

  private fire(event: Event): void {
    const handler = this[`on${event.type}` as 'onopen'];
    handler?.(event as never);
    this.dispatchEvent(event);
  }
}

/**
 * Makes a `WebSocket` class whose sockets connect to the server in this process. It takes headers in its second or third argument, as `ws`
 * does. All its events are asynchronous, as on a network.
 */
export function createSocketClass(line: Line, clock: Clock): MemorySocketClass {
  return class MemoryWebSocket extends SocketOfServer {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    static readonly takesHeaders = true;

    constructor(url: string | URL, protocols?: string | readonly string[] | SocketOptions, options?: SocketOptions) {
      super(line, clock, url, options ?? (typeof protocols === 'object' && 'headers' in protocols ? protocols : {}));
    }
  };
}
