import type { SessionRow } from '../store/people.js';
import type { NumberedFrame } from './frames.js';

/** The lower end of a socket: what the hub can do to the peer. */
export interface SocketPort {
  /** False while the peer does not take more; `onDrain` of the socket tells when it does again. */
  readonly writable: boolean;
  send(text: string): void;
  ping(): void;
  /** A close frame, empty without a code. */
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

/** A message that waits: an event gets its number when it is written (protocol §1.5), a reply has none. */
type Waiting = { readonly event: NumberedFrame } | { readonly reply: string };

/** What `presence` declared (protocol §4.4); `undefined` is undeclared. */
export interface Presence {
  channel?: string | undefined;
  thread?: string | undefined;
  threadView?: string | undefined;
}

/** One connection id. It outlives its socket until the reaper comes, and is taken up by the socket that resumes it. */
export class Connection {
  /** Empty when 5.37 runs without reliable websockets. */
  id: string;
  userId: string;
  /** Blank once the session has ended: the connection is mute then (protocol §5.5). */
  token: string;
  /** The session as last read; undefined until the next event or action reads it again. */
  session: SessionRow | undefined;
  port: SocketPort | undefined;
  postedAck = false;
  presence: Presence = {};
  lastUserActivityAt: number;
  /** Began with a resume: a new challenge on it gets no `hello` on 11.6 (protocol §5.5). */
  resumed = false;
  /** How often each event is written: twice after 5.37 met a wrong `sequence_number` (protocol §2.2). */
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

  /** Takes a message; false when there is no room for it. */
  push(message: Waiting): boolean {
    if (this.queue.length >= limits.activeQueue) return false;
    this.queue.push(message);
    this.flush();
    return true;
  }

  /** Writes what waits, as far as the peer takes it. */
  flush(): void {
    while (this.queue.length > 0 && this.port?.writable) {
      const message = this.queue.shift();
      if (message) this.write(message, this.port);
    }
  }

  /** Whether `seq` can be continued from: protocol §2.2. */
  canResumeAt(seq: number): boolean {
    return seq === 0 || seq === this.nextSeq || this.written.some((frame) => frame.seq === seq);
  }

  /** Sends again what was written from `seq` on; the queue follows with the next `flush`. */
  replayFrom(seq: number): void {
    if (seq === 0) {
      this.nextSeq = 0;
      this.written = [];
      return;
    }
    for (const frame of this.written) if (frame.seq >= seq) this.port?.send(frame.text);
  }

  /** Starts anew under another id; what waits stays and is numbered from 0, after `hello`. */
  renew(id: string): void {
    this.id = id;
    this.nextSeq = 0;
    this.written = [];
  }

  /** Puts an event before everything that waits. */
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
