import { textOf } from '../../models/text-of.js';
import type { FailFrame, ReplyFrame } from '../../models/frames.js';
import { frameOf, peek, type EventHead } from '../../models/peek.js';
import type { Driver } from './driver.js';
import { isOpen } from './machine-state.js';
import type { GatewayOptions } from './options.js';
import type { Requests } from './requests.js';
import type { Sequence } from './sequence.js';
import type { Report } from './state.js';

/** The last measurements, in milliseconds. The reader writes the first, the ping the second. */
export interface Measured {
  /** Clock of this client at the last frame. */
  lastFrameAtMs: number | undefined;
  /** Round trip of the last ping. */
  latencyMs: number | undefined;
}

/** What a reader needs. */
export interface ReaderOptions {
  readonly driver: Driver;
  readonly sequence: Sequence;
  readonly requests: Requests;
  readonly measured: Measured;
  readonly deliver: GatewayOptions['deliver'];
  readonly report: Report;
  now(): number;
}

/** Makes the function that takes each frame. The expected event is delivered at once; the machine judges everything else. */
export function createReader(parts: ReaderOptions): (text: string) => void {
  const { driver, sequence, requests, measured, deliver, report, now } = parts;
  const readHello = (head: EventHead): void => {
    const { data, broadcast } = frameOf(head) ?? {};
    const connectionId = textOf(data?.['connection_id']);
    driver.apply({ type: 'hello', head, connectionId, userId: textOf(broadcast?.user_id) });
  };
  const readReply = (reply: ReplyFrame): void => {
    if (!requests.reply(reply)) report('unknown-reply');
    else if (isRefusal(reply)) driver.apply({ type: 'refused', errorId: reply.error.id });
  };
  return (text) => {
    measured.lastFrameAtMs = now();
    const frame = peek(text);
    if (!frame) report('garbage-frame');
    else if (frame.kind === 'reply') readReply(frame.reply);
    else if (frame.event === 'hello') readHello(frame);
    else if (isOpen(driver.state) && sequence.advance(frame.seq)) deliver(frame, report);
    else driver.apply({ type: 'event', head: frame, expected: sequence.expected });
  };
}

/** A dead session: protocol §5.5. */
export function isRefusal(reply: ReplyFrame): reply is FailFrame {
  return reply.status === 'FAIL' && reply.error.status_code === 401;
}
