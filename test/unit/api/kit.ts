import { Observable, VirtualTimeScheduler, type Subscriber } from 'rxjs';
import type { Call } from '../../../src/api/call.js';
import type { HttpEvent, HttpRequest, HttpResponse, Transport } from '../../../src/api/http/types.js';
import type { Operation } from '../../../src/api/operation.js';
import { createRest, type RestClient } from '../../../src/api/rest.js';
import type { RestOptions } from '../../../src/api/rest-options.js';

/** A clock that moves only when it is told to. */
export class Clock extends VirtualTimeScheduler {
  advance(ms: number): void {
    const end = this.frame + ms;
    this.maxFrames = end;
    this.flush();
    this.frame = end;
  }

  /** Timers that are still to fire. */
  get pending(): number {
    return this.actions.filter(({ closed }) => !closed).length;
  }
}

/** An answer of the server: a string as it is, anything else as JSON. */
export function answer(body: unknown, status = 200, headers: Record<string, string> = {}): HttpResponse {
  return {
    type: 'response',
    status,
    headers: new Headers(headers),
    body: typeof body === 'string' || body instanceof Blob ? body : JSON.stringify(body),
  };
}

/** An error of the server. */
export function refusal(
  status: number,
  id: string,
  headers: Record<string, string> = {},
  message = 'no',
): HttpResponse {
  return answer({ id, message, detailed_error: '', request_id: 'r1', status_code: status }, status, headers);
}

/** A request that has reached the wire. */
export interface Sent {
  readonly request: HttpRequest;
  readonly atMs: number;
  readonly aborted: boolean;
  emit(event: HttpEvent): void;
  respond(response: HttpResponse): void;
  fail(error: unknown): void;
}

/** A transport whose answers a test gives by hand. */
export class Wire {
  readonly sent: Sent[] = [];

  constructor(private readonly clock: Clock) {}

  readonly transport: Transport = (request) =>
    new Observable((subscriber: Subscriber<HttpEvent>) => {
      let settled = false;
      let aborted = false;
      const settle = (end: () => void): void => {
        settled = true;
        end();
      };
      this.sent.push({
        request,
        atMs: this.clock.now(),
        get aborted() {
          return aborted;
        },
        emit: (event) => subscriber.next(event),
        respond: (response) =>
          settle(() => {
            subscriber.next(response);
            subscriber.complete();
          }),
        fail: (error) => settle(() => subscriber.error(error)),
      });
      return () => {
        aborted = !settled;
      };
    });

  get last(): Sent {
    return this.sent.at(-1)!;
  }

  get urls(): string[] {
    return this.sent.map(({ request }) => request.url.replace('http://mm.test/api/v4', ''));
  }
}

/** A transport that answers at once. */
export function answering(reply: (request: HttpRequest) => HttpResponse): Transport {
  return (request) =>
    new Observable((subscriber) => {
      subscriber.next(reply(request));
      subscriber.complete();
    });
}

export interface Bench {
  readonly clock: Clock;
  readonly wire: Wire;
  readonly rest: RestClient;
}

/** REST on a wire and a clock in the hands of the test. Without jitter: every wait is the longest. */
export function setUp(options: Partial<RestOptions> = {}): Bench {
  const clock = new Clock();
  const wire = new Wire(clock);
  const rest = createRest({
    url: 'http://mm.test',
    transport: wire.transport,
    scheduler: clock,
    random: () => 1 - Number.EPSILON,
    ...options,
  });
  return { clock, wire, rest };
}

export const getUser: Operation = { id: 'getUser', method: 'GET', path: '/users/{user_id}' };
export const deleteUser: Operation = { id: 'deleteUser', method: 'DELETE', path: '/users/{user_id}' };
export const createPost: Operation = { id: 'createPost', method: 'POST', path: '/posts', dedupe: 'pending_post_id' };
export const createTeam: Operation = { id: 'createTeam', method: 'POST', path: '/teams' };
export const searchUsers: Operation = { id: 'searchUsers', method: 'POST', path: '/users/search', safe: true };

/** What a call has emitted so far. */
export interface Watch<T> {
  readonly values: T[];
  error: unknown;
  completed: boolean;
  leave(): void;
}

/** Subscribes and notes what comes. */
export function watch<T>(source: Observable<T> | Call<T>): Watch<T> {
  const seen: Watch<T> = { values: [], error: undefined, completed: false, leave: () => subscription.unsubscribe() };
  const subscription = (source as Observable<T>).subscribe({
    next: (value) => seen.values.push(value),
    error: (error: unknown) => (seen.error = error),
    complete: () => (seen.completed = true),
  });
  return seen;
}
