import { Observable, type SchedulerLike, type Subject } from 'rxjs';
import { ApiError, AuthenticationError } from '../models/errors.js';
import { redactUrl } from '../models/redact.js';
import type { RestOutcome } from '../models/rest-outcome.js';
import type { Validator } from '../models/validator.js';
import type { ApiResponse, CallMode } from './call.js';
import { parseAnswer } from './http/parse.js';
import type { HttpEvent, HttpRequest, HttpResponse } from './http/types.js';
import type { CallRecord } from './rest-options.js';

/** Where the calls of a client report to. */
export interface ReportContext {
  readonly scheduler: SchedulerLike;
  readonly outcomes: Subject<RestOutcome>;
  readonly records: Subject<CallRecord>;
  readonly validate: Validator | undefined;
}

/** The call that an answer belongs to. */
export interface AnsweredCall {
  readonly request: HttpRequest;
  readonly mode: CallMode;
  readonly path: readonly string[];
  /** As the caller gave it. */
  readonly body: unknown;
  readonly startedAtMs: number;
  /** Called just before the call emits its answer. */
  readonly onAnswer: () => void;
}

/** What was read from an answer. */
interface Reading {
  /** What the call emits. */
  readonly value: unknown;
  /** False for a 304 of a call that emits news alone. */
  readonly isEmitted: boolean;
  /** Parsed answer, for the outcome and the validator; absent where none was read. */
  readonly answer?: unknown;
}

/**
 * Turns the events of a request into what the call emits, and reports its outcome. The report follows the value: whoever listens to outcomes
 * may abort the call for which this login was made, and by then the token must be stored. An unsubscribed call has no outcome.
 */
export function readAnswer<T>(
  context: ReportContext,
  call: AnsweredCall,
  events$: Observable<HttpEvent>,
): Observable<T> {
  return new Observable((subscriber) => {
    const fail = (error: unknown, status: number): void => {
      report(context, call, { status, error });
      subscriber.error(error);
    };
    return events$.subscribe({
      next(event) {
        if (event.type !== 'response') {
          if (call.mode === 'progress') subscriber.next(event as T);
          return;
        }
        let reading: Reading;
        // The server has done what a refused answer is about: its status is reported all the same.
        let status = 0;
        try {
          reading = read(call, event);
          status = event.status;
          if ('answer' in reading) context.validate?.answer(call.request.operation.id, reading.answer);
        } catch (error) {
          fail(error, error instanceof ApiError ? error.status : status);
          return;
        }
        call.onAnswer();
        if (reading.isEmitted) subscriber.next(reading.value as T);
        report(context, call, { status, answer: reading.answer });
      },
      error: (error: unknown) => fail(error, error instanceof ApiError ? error.status : 0),
      complete: () => subscriber.complete(),
    });
  });
}

function read({ request, mode }: AnsweredCall, response: HttpResponse): Reading {
  const { status, body } = response;
  if (mode === 'raw') return { value: body, isEmitted: true };
  const parsed = status === 304 ? {} : { answer: parseAnswer(request, response) };
  if (mode === 'value') return { value: parsed.answer, isEmitted: status !== 304, ...parsed };
  const whole = toApiResponse(response, parsed.answer);
  return { value: mode === 'response' ? whole : { type: 'response', response: whole }, isEmitted: true, ...parsed };
}

function report(
  { outcomes, records, scheduler }: ReportContext,
  { request, path, body, startedAtMs }: AnsweredCall,
  { status, error, answer }: { readonly status: number; readonly error?: unknown; readonly answer?: unknown },
): void {
  const { method, url, meter } = request;
  const operation = request.operation.id;
  if (outcomes.observed) {
    const errorId = error instanceof ApiError || error instanceof AuthenticationError ? error.id : '';
    outcomes.next({ operation, path, body, status, errorId, answer });
  }
  if (records.observed) {
    const durationMs = scheduler.now() - startedAtMs;
    records.next({ operation, method, url: redactUrl(url), status, attempts: meter.attempts, durationMs, error });
  }
}

function toApiResponse({ status, headers }: HttpResponse, data: unknown): ApiResponse<unknown> {
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
