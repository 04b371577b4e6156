import { defaultTransport } from '#transport';
import { asyncScheduler, map, Subject, type Observable, type SchedulerLike } from 'rxjs';
import { ClosedError, ValidationError } from '../models/errors.js';
import type { RestOutcome } from '../models/rest-outcome.js';
import { parseSiteUrl } from '../models/site-url.js';
import { cookieAuth } from './auth/cookie.js';
import { passwordAuth, type SignIn } from './auth/password.js';
import type { AuthOptions, AuthStrategy } from './auth/strategy.js';
import { tokenAuth } from './auth/token.js';
import { Call } from './call.js';
import { fetchTransport } from './http/transports/fetch.js';
import type { Rest } from './group-rest.js';
import type { Operation } from './operation.js';
import { PagedCall } from './paged-call.js';
import { createPipeline } from './pipeline/pipeline.js';
import type { CallRecord, RestOptions } from './rest-options.js';
import { Runner, type RunnerContext } from './runner.js';

/** REST, ready for any group: `new UsersApi(rest)`. */
export interface RestClient extends Rest {
  /** Address of the site, without a slash at its end. */
  readonly url: string;
  /** Where the credentials come from; `undefined` if nobody is to be logged in. */
  readonly auth: AuthStrategy | undefined;
  /** The outcome of each call, automatic logins and refusals that lead to one included. Hot, shared, replays nothing, never errors, completes with `close`. */
  readonly outcomes$: Observable<RestOutcome>;
  /** Aborts every call that has not emitted its answer with `ClosedError`, and refuses all later ones. */
  close(): void;
}

const login: Operation = { id: 'login', method: 'POST', path: '/users/login', anonymous: true };

/**
 * Sets up the REST pipeline (`pipeline/pipeline.ts` has its stages), once for all calls. Does nothing by itself; a request is made when a call
 * is subscribed.
 *
 * @throws ValidationError if `url` or `auth` cannot be right.
 * @example
 * const rest = createRest({ url: 'https://chat.example.com', auth: { token } });
 * const users = new UsersApi(rest);
 */
export function createRest(options: RestOptions): RestClient {
  const url = parseSiteUrl(options.url);
  if (typeof options.validate === 'string')
    throw new ValidationError('validate', 'must be validator() of matterstream/validate');
  const { scheduler = asyncScheduler, random = Math.random } = options;
  const outcomes = new Subject<RestOutcome>();
  const records = new Subject<CallRecord>();
  const active: RunnerContext['active'] = new Set();
  let closed = false;
  if (options.observe) records.subscribe(options.observe);

  const auth = toStrategy(
    options.auth,
    (body) => signIn(rest, body),
    () => scheduler.now(),
  );
  const send = createPipeline({
    transport: options.transport ?? (options.fetch ? fetchTransport(options.fetch) : defaultTransport()),
    interceptors: options.interceptors ?? [],
    retry: options.retry ?? {},
    auth,
    random,
    scheduler,
    onRefusal: (operation, { status, id }) =>
      outcomes.next({ operation, path: [], body: undefined, status, errorId: id }),
  });
  const context: RunnerContext = {
    url,
    headers: options.headers ?? {},
    send,
    timeoutMs: options.timeoutMs ?? 60_000,
    attemptTimeoutMs: options.attemptTimeoutMs ?? 30_000,
    scheduler,
    outcomes,
    records,
    validate: options.validate,
    active,
    isClosed: () => closed,
    unique: createUnique(random, scheduler),
  };
  const rest: RestClient = {
    url,
    auth,
    outcomes$: outcomes.asObservable(),
    call: (operation, path, body, query) => new Call(new Runner(context, operation, path, body, query)),
    paged: (operation, plan, path, body, query) =>
      new PagedCall(new Runner(context, operation, path, body, query), {}, plan),
    close() {
      closed = true;
      for (const end of [...active]) end(new ClosedError('the client was closed during the call'));
      outcomes.complete();
      records.complete();
    },
  };
  return rest;
}

function signIn(rest: Rest, body: Readonly<Record<string, string>>): Observable<string | null> {
  const answer$ = rest.call(login, [], body).response();
  return answer$.pipe(map(({ headers }) => headers.get('token')));
}

/** Makes values that differ, in this client and from those of others. */
function createUnique(random: () => number, scheduler: SchedulerLike): () => string {
  const randomText = (): string => random().toString(36).slice(2);
  let made = 0;
  return () => `${randomText()}${randomText()}:${scheduler.now()}:${made++}`;
}

function toStrategy(auth: AuthOptions | undefined, logIn: SignIn, now: () => number): AuthStrategy | undefined {
  if (auth === undefined) return undefined;
  const given = Object(auth) as typeof auth;
  if ('credential' in given) return given;
  if ('token' in given) return tokenAuth(given);
  if ('cookie' in given) return cookieAuth();
  if ('loginId' in given) return passwordAuth(given, logIn, now);
  throw new ValidationError('auth', 'must have one of token, loginId, cookie and credential');
}
