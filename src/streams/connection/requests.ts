import { Observable, timer, type SchedulerLike, type Subscriber } from 'rxjs';
import { checkText } from '../../models/check-text.js';
import { ActionError, TimeoutError, ValidationError, type MattermostError } from '../../models/errors.js';
import type { JsonObject } from '../../models/event-entities.js';
import type { ReplyFrame } from '../../models/frames.js';
import { toJson } from '../../models/to-json.js';

/** The server ends a socket that brings a larger message: protocol §1.6. */
const maxBytes = 8_192;
/** Requests that may wait at the same time; more are most likely an endless loop. */
const maxPending = 1_000;

/** What requests need of the socket. */
export interface RequestLine {
  /** Keeps the socket open until the result is called. */
  hold(): () => void;
  /** Sends now, or returns false if the socket is not ready. */
  send(text: string): boolean;
  /** Takes secrets out of what the server said. */
  redact(text: unknown): string;
}

/** Actions and their replies. */
export interface Requests {
  /** See `Gateway.request`. */
  request(action: string, data?: JsonObject): Observable<JsonObject>;
  /** Text of an action that the gateway itself sends at once; `answered` gets the reply. */
  prepare(action: string, data: JsonObject | undefined, answered: (reply: ReplyFrame) => void): string;
  /** Takes a reply; false if nothing waits for it, which happens after a resume (protocol §2.2). */
  reply(reply: ReplyFrame): boolean;
  /** Sends what waits for a ready socket. */
  flush(): void;
  /** Fails what was sent, as no reply will come; with `all` also what waits to be sent. */
  fail(error: MattermostError, all: boolean): void;
}

interface Pending {
  readonly action: string;
  readonly text: string;
  readonly answered: (reply: ReplyFrame) => void;
  /** Absent for actions of the gateway itself. */
  readonly subscriber?: Subscriber<JsonObject> | undefined;
  sent: boolean;
}

/** Makes requests. None waits. */
export function createRequests(line: RequestLine, timeoutMs: number, scheduler: SchedulerLike): Requests {
  // Never reset, since a resumed socket may bring replies to requests of the one before (protocol §2.2).
  let seq = 0;
  const pending = new Map<number, Pending>();
  const add = (
    action: string,
    data: JsonObject | undefined,
    answered: Pending['answered'],
    subscriber?: Subscriber<JsonObject>,
  ): Pending => {
    const entry = { action, text: toText(seq + 1, action, data), answered, subscriber, sent: !subscriber };
    pending.set(++seq, entry);
    return entry;
  };

  return {
    request: (action, data) =>
      new Observable((subscriber) => {
        if (pending.size >= maxPending)
          throw new ValidationError(`request: ${action}`, `must wait: ${maxPending} requests are waiting already`);
        const entry = add(action, data, (reply) => pass(reply, action, subscriber, line), subscriber);
        const key = seq;
        const late = (): void =>
          subscriber.error(new TimeoutError(`${action}: no reply within ${timeoutMs} ms`, timeoutMs));
        subscriber.add(() => pending.delete(key));
        subscriber.add(timer(timeoutMs, scheduler).subscribe(late));
        subscriber.add(line.hold());
        send(line, entry);
      }),
    prepare: (action, data, answered) => add(action, data, answered).text,
    reply(reply) {
      const key = reply.seq_reply ?? 0;
      const entry = pending.get(key);
      pending.delete(key);
      entry?.answered(reply);
      return entry !== undefined;
    },
    flush() {
      // Not a copy: what is given up meanwhile must not be sent.
      for (const entry of pending.values()) send(line, entry);
    },
    fail(error, all) {
      for (const [key, { sent, subscriber }] of [...pending]) {
        if (!all && !sent) continue;
        pending.delete(key);
        subscriber?.error(error);
      }
    },
  };
}

/** Sends an action unless it was sent before or the socket is not ready. */
function send(line: RequestLine, entry: Pending): void {
  if (entry.sent || !line.send(entry.text)) return;
  entry.sent = true;
  // Plugins get these, and the server does not answer: protocol §3.2.
  // Stryker disable next-line OptionalChaining: actions of the gateway itself count as sent, so they never come here
  if (entry.action.startsWith('custom_')) entry.subscriber?.complete();
}

/** Passes the reply of the server on to the subscriber. */
function pass(
  reply: ReplyFrame,
  action: string,
  subscriber: Subscriber<JsonObject>,
  { redact }: Pick<RequestLine, 'redact'>,
): void {
  if (reply.status === 'OK') {
    subscriber.next(reply.data ?? {});
    subscriber.complete();
  } else {
    const { id, message, status_code: status } = reply.error;
    subscriber.error(new ActionError(action, { id, message: redact(message), status }));
  }
}

function toText(seq: number, action: string, data: JsonObject | undefined): string {
  checkText('request: action', action);
  const argument = `request: ${action}: data`;
  const check = (good: boolean, problem: string): void => {
    if (!good) throw new ValidationError(argument, problem);
  };
  const given: unknown = data;
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  check(given === undefined || isObject, 'must be an object');
  // Anything but strings makes the server panic: protocol §1.7.
  if (action === 'posted_notify_ack') {
    for (const key of ['status', 'reason'])
      check(['string', 'undefined'].includes(typeof data?.[key]), `must have a string as ${key}`);
  }
  const text = toJson(argument, { seq, action, data });
  check(new TextEncoder().encode(text).length <= maxBytes, `must not be longer than ${maxBytes} bytes`);
  return text;
}
