import type { SessionRow } from '../store/people.js';
import type { NumberedFrame } from './frames.js';

/** How the hub reaches the peer of a socket. */
export interface SocketPort {
  /** False while the peer reads too slowly. `onDrain` of the socket is called when it may be written to again. */
  readonly writable: boolean;
  send(text: string): void;
  ping(): void;
  /** Sends a close frame; without a code it is empty. */
  close(code?: number): void;
  /** Ends without a close frame: the peer sees 1006. */
  terminate(): void;
}

/** Sizes of protocol §1.6 and §2.1. */
export const limits = {
  deadQueue: 128,
  activeQueue: 256,
  droppableFrom: 128,
  stallMs: 30_000,
  authMs: 5_000,
  pingMs: 60_000,
  pongMs: 100_000,
  reapMs: 300_000,
  inbound: 8_192,
} as const;

/** A queued message. An event gets its number when it is written (protocol §1.5); a reply has none. */
type Waiting = { readonly event: NumberedFrame } | { readonly reply: string };

/** The places that the `presence` action declared (protocol §4.4); `undefined` for undeclared ones. */
export interface Presence {
  channel?: string | undefined;
  thread?: string | undefined;
  threadView?: string | undefined;
}

/** A connection. It outlives its socket until the reaper removes it; until then another socket can resume it by its id. */
export class Connection {
  /** Empty on 5.37 without reliable websockets. */
  id: string;
  userId: string;
  /** Empty once the session has ended: the connection then receives nothing (protocol §5.5). */
  token: string;
  /** The cached session; `undefined` makes the next event or action read it again. */
  session: SessionRow | undefined;
  port: SocketPort | undefined;
  postedAck = false;
  presence: Presence = {};
  lastUserActivityAt: number;
  /** True after a resume: on 11.6 a new challenge then gets no `hello` (protocol §5.5). */
  resumed = false;
  /** How many times each event is written: twice on 5.37 after a wrong `sequence_number` (protocol §2.2). */
  copies = 1;
  nextSeq = 0;

  private written: { readonly seq: number; readonly text: string }[] = [];
  private queue: Waiting[] = [];

  constructor(id: string, userId: string, token: string, now: number) {
    this.id = id;
    this.userId = userId;
    this.token = token;
    this.lastUserActivityAt = now;
  }

  get waiting(): number {
    return this.queue.length;
  }

  /** Queues a message; false if the queue is full. */
  push(message: Waiting): boolean {
    if (this.queue.length >= limits.activeQueue) return false;
    this.queue.push(message);
    this.flush();
    return true;
  }

  /** Writes queued messages while the peer accepts them. */
  flush(): void {
    while (this.queue.length > 0 && this.port?.writable) {
      const message = this.queue.shift();
      if (message) this.write(message, this.port);
    }
  }

  /** Whether the connection can be resumed at `seq` (protocol §2.2). */
  canResumeAt(seq: number): boolean {
    return seq === 0 || seq === this.nextSeq || this.written.some((frame) => frame.seq === seq);
  }

  /** Sends the written events again, from `seq` on. Queued ones follow with the next `flush`. */
  replayFrom(seq: number): void {
    if (seq === 0) {
      this.nextSeq = 0;
      this.written = [];
      return;
    }
    for (const frame of this.written) if (frame.seq >= seq) this.port?.send(frame.text);
  }

  /** Restarts under a new id. Queued messages stay, and are numbered from 0 after `hello`. */
  renew(id: string): void {
    this.id = id;
    this.nextSeq = 0;
    this.written = [];
  }

  /** Puts an event in front of the queue. */
  pushFirst(event: NumberedFrame): void {
    this.queue.unshift({ event });
    this.flush();
  }

  private write(message: Waiting, port: SocketPort): void {
    if ('reply' in message) {
      port.send(message.reply);
      return;
    }
    for (let n = 0; n < this.copies; n++) {
      const seq = this.nextSeq++;
      const text = message.event(seq);
      this.written.push({ seq, text });
      if (this.written.length > limits.deadQueue) this.written.shift();
      port.send(text);
    }
  }
}
