import type { SchedulerLike, Subject } from 'rxjs';
import { ApiError, AuthenticationError } from '../models/errors.js';
import { redactUrl } from '../models/redact.js';
import type { RestOutcome } from '../models/rest-outcome.js';
import type { Validator } from '../models/validator.js';
import type { ApiResponse, CallMode } from './call.js';
import { Link, type Receiver } from './http/link.js';
import { parseAnswer } from './http/parse.js';
import type { Member, Roster } from './http/roster.js';
import type { HttpEvent, HttpRequest, HttpResponse } from './http/types.js';
import type { Operation } from './operation.js';
import type { CallRecord } from './rest-options.js';

/** What the receptions of a client share. */
export interface ReceptionContext {
  readonly scheduler: SchedulerLike;
  readonly outcomes: Subject<RestOutcome>;
  readonly records: Subject<CallRecord>;
  readonly validate: Validator | undefined;
  /** Calls under way. */
  readonly active: Roster<Reception>;
}

/** What a reception needs of the call whose answer it is. */
export interface Received {
  readonly context: ReceptionContext;
  readonly operation: Operation;
  readonly path: readonly string[];
  readonly body: unknown;
}

/** Where the events of one call arrive: reads the answer, gives it in the form that was asked for, and reports what the call came to. */
export class Reception extends Link<never> implements Member {
  slot = -1;
  readonly startedAtMs: number;
  /** Set once it is made. What was never sent is not reported: nothing came of it. */
  request: HttpRequest | undefined;
  readonly #call: Received;
  readonly #mode: CallMode;

  constructor(call: Received, mode: CallMode, destination: Receiver<never>) {
    super(destination);
    this.startedAtMs = call.context.scheduler.now();
    this.#call = call;
    this.#mode = mode;
    call.context.active.add(this);
    destination.add(this);
  }

  next(event: HttpEvent): void {
    if (this.closed) return;
    const mode = this.#mode;
    const { context, operation } = this.#call;
    if (event.type !== 'response') {
      if (mode === 'progress') this.destination.next(event as never);
      return;
    }
    const { status, body } = event;
    let value: unknown;
    let understood: number | undefined;
    try {
      if (mode === 'raw') value = body;
      else if (status !== 304) {
        value = parseAnswer(this.request!, event);
        // What the validator refuses has been done all the same.
        understood = status;
        context.validate?.answer(operation.id, value);
      }
    } catch (error) {
      this.error(error, understood);
      return;
    }
    const answer = mode === 'raw' ? undefined : value;
    if (mode === 'response' || mode === 'progress') value = toResponse(event, value);
    if (mode === 'progress') value = { type: 'response', response: value };
    if (mode !== 'value' || status !== 304) this.destination.next(value as never);
    // Afterwards: who hears of a login may give up the call that it was made for, and the token must be in hand by then.
    this.#report(status, undefined, answer);
  }

  override error(error: unknown, status = error instanceof ApiError ? error.status : 0): void {
    if (this.closed) return;
    this.#report(status, error);
    this.abort(error);
  }

  /** Fails the call for a reason that does not come from the server. */
  abort(reason: unknown): void {
    super.error(reason);
  }

  override unsubscribe(): void {
    this.#call.context.active.delete(this);
    super.unsubscribe();
  }

  #report(status: number, error?: unknown, answer?: unknown): void {
    if (!this.request) return;
    const { method, url, meter } = this.request;
    const { context, path, body } = this.#call;
    const { outcomes, records, scheduler } = context;
    const operation = this.#call.operation.id;
    if (outcomes.observed) {
      const errorId = error instanceof ApiError || error instanceof AuthenticationError ? error.id : '';
      outcomes.next({ operation, path, body, status, errorId, answer });
    }
    if (records.observed) {
      const { attempts } = meter;
      records.next({
        operation,
        method,
        url: redactUrl(url),
        status,
        attempts,
        durationMs: scheduler.now() - this.startedAtMs,
        error,
      });
    }
  }
}

function toResponse({ status, headers }: HttpResponse, data: unknown): ApiResponse<unknown> {
  const header = (name: string): string | undefined => headers.get(name) ?? undefined;
  return {
    data,
    status,
    // Made when asked for, as few callers do.
    get headers() {
      if (headers instanceof Headers) return headers;
      const copy = new Headers();
      headers.forEach((value, name) => copy.append(name, value));
      return copy;
    },
    etag: header('etag'),
    requestId: header('x-request-id'),
    serverVersion: /^\d+\.\d+\.\d+/.exec(header('x-version-id') ?? '')?.[0],
  };
}
