import { defer, take, type Observable, type SchedulerLike } from 'rxjs';
import { isDeadSession } from '../../models/dead-session.js';
import { AuthenticationError, TimeoutError, UnauthorizedError } from '../../models/errors.js';
import type { createSign } from '../auth/sign.js';
import type { Credential } from '../../models/credential.js';
import type { AuthStrategy } from '../auth/strategy.js';
import { describe, toFailure, toNetworkError } from '../http/failure.js';
import { Link, type Receiver, type Send } from '../http/link.js';
import type { HttpEvent, HttpRequest, Transport } from '../http/types.js';
import type { Deadlines, Expiring } from './deadlines.js';
import type { RateLimit } from './rate-limit.js';
import { dedupeWindowMs, type RetryRule } from './retry.js';

/** What all attempts share. */
export interface Exchange {
  readonly transport: Transport;
  readonly scheduler: SchedulerLike;
  readonly deadlines: Deadlines;
  readonly rate: RateLimit;
  readonly retry: RetryRule;
  /** Who is logged in; `undefined` for nobody. */
  readonly auth: AuthStrategy | undefined;
  readonly sign: ReturnType<typeof createSign>;
  /** Told of the refusal of a credential, which the caller then never sees: once for each credential, by the call that finds out first. */
  renewing(operation: string, refusal: UnauthorizedError): void;
}

/** Makes attempts until one is good, or no other is worth it. */
export const exchange =
  (shared: Exchange): Send =>
  (request, receiver) =>
    new Attempt(shared, request, receiver).begin();

/**
 * One attempt: held back while the server's limit is reached, signed, bounded, its rate headers noted, and what went wrong turned into an
 * error of the family. If it fails another one follows in its place: with a fresh credential, once, after a dead session; or as the rule of
 * retries has it. No attempt of a call that is safe by its key alone outlives the key.
 */
class Attempt extends Link implements Expiring {
  slot = -1;
  dueAtMs = Infinity;
  readonly #shared: Exchange;
  /** As the call made it, without a credential. */
  readonly #request: HttpRequest;
  readonly #failures: number;
  /** Why this one is made with a fresh credential. */
  readonly #refusal: UnauthorizedError | undefined;
  #credential: Credential | undefined;
  /** As it goes out. */
  #sent: HttpRequest;
  /** Its own bound in milliseconds, where that is tighter than the call's. */
  #spanMs: number | undefined;

  constructor(
    shared: Exchange,
    request: HttpRequest,
    destination: Receiver,
    failures = 0,
    refusal?: UnauthorizedError,
  ) {
    super(destination);
    this.#shared = shared;
    this.#request = this.#sent = request;
    this.#failures = failures;
    this.#refusal = refusal;
    destination.add(this);
  }

  begin(): void {
    if (this.closed) return;
    const waitMs = this.#shared.rate.takeTurnMs();
    if (waitMs === 0) {
      this.#authorize();
      return;
    }
    this.#bound();
    this.#after(waitMs, () => this.#authorize());
  }

  next(event: HttpEvent): void {
    if (this.closed) return;
    if (event.type === 'response') {
      this.#shared.rate.note(event);
      const failure = toFailure(this.#sent, event);
      if (failure) {
        this.error(failure);
        return;
      }
    }
    this.destination.next(event);
  }

  override error(cause: unknown): void {
    if (this.closed) return;
    const error = toNetworkError(this.#sent, cause);
    const { auth, renewing } = this.#shared;
    const { operation, replayable } = this.#request;
    const credential = this.#credential;
    const isRefused = error instanceof UnauthorizedError && isDeadSession(error.id);
    if (!isRefused || !auth || !credential || this.#refusal || operation.anonymous || !replayable) {
      this.#fail(error);
      return;
    }
    this.unsubscribe();
    if (auth.peek?.() === credential) renewing(operation.id, error);
    this.#next(this.#failures, error).#ask(() => auth.renew(credential));
  }

  expire(): void {
    const { timeoutMs } = this.#request;
    const said = this.#spanMs ? `${this.#spanMs} ms in this attempt` : `${timeoutMs} ms`;
    this.error(new TimeoutError(`${describe(this.#sent)}: no answer within ${said}`, this.#spanMs ?? timeoutMs));
  }

  override unsubscribe(): void {
    this.#shared.deadlines.clear(this);
    super.unsubscribe();
  }

  /** Bounds what is waited for now: by the time that the call has, and by a span of its own. */
  #bound(nowMs = 0, spanMs = Infinity): void {
    const { endsAtMs } = this.#request;
    const atMs = nowMs + spanMs;
    this.#spanMs = atMs < endsAtMs ? spanMs : undefined;
    this.dueAtMs = Math.min(atMs, endsAtMs);
    this.#shared.deadlines.note(this);
  }

  #after(ms: number, then: () => void): void {
    this.add(this.#shared.scheduler.schedule(then, ms));
  }

  #next(failures: number, refusal?: UnauthorizedError): Attempt {
    return new Attempt(this.#shared, this.#request, this.destination, failures, refusal);
  }

  #authorize(): void {
    const { auth } = this.#shared;
    try {
      const inHand = auth?.peek?.();
      if (inHand || !auth || this.#request.operation.anonymous) this.#send(inHand);
      else this.#ask(() => auth.credential());
    } catch (error) {
      this.#fail(error);
    }
  }

  #ask(source: () => Observable<Credential>): void {
    if (this.closed) return;
    this.#bound();
    const none = (): void => this.#fail(new AuthenticationError('the strategy gave no credential'));
    this.add(
      defer(source)
        .pipe(take(1))
        .subscribe({
          next: (credential) => this.#send(credential),
          // A refused login says why. Where there was nothing to try, the server's own words say more.
          error: (why: unknown) =>
            this.#fail(this.#refusal && why instanceof AuthenticationError && !why.id ? this.#refusal : why),
          complete: () => this.#credential ?? none(),
        }),
    );
  }

  #send(credential: Credential | undefined): void {
    const { scheduler, sign, transport } = this.#shared;
    const { meter, operation, attemptTimeoutMs } = this.#request;
    const nowMs = scheduler.now();
    if (meter.attempts++ === 0) meter.firstAtMs = nowMs;
    const isRepeat = operation.dedupe && meter.attempts > 1;
    const ms = Math.min(attemptTimeoutMs, isRepeat ? meter.firstAtMs + dedupeWindowMs - nowMs : Infinity);
    this.#bound(nowMs, ms);
    this.#credential = credential;
    try {
      if (credential) this.#sent = sign(this.#request, credential);
      if (ms > 0) this.add(transport(this.#sent).subscribe(this));
    } catch (error) {
      this.error(error);
    }
  }

  /** Ends this attempt, and begins another where that is worth it. */
  #fail(error: unknown): void {
    if (this.closed) return;
    this.unsubscribe();
    const failures = this.#failures + 1;
    let waitMs: number | false;
    try {
      waitMs = this.#shared.retry(this.#request, error, failures);
    } catch (thrown) {
      this.destination.error(thrown);
      return;
    }
    if (waitMs === false) this.destination.error(error);
    else {
      const next = this.#next(failures);
      next.#after(waitMs, () => next.begin());
    }
  }
}
