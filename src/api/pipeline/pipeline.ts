import type { SchedulerLike } from 'rxjs';
import type { UnauthorizedError } from '../../models/errors.js';
import type { AuthStrategy } from '../auth/strategy.js';
import type { RetryOptions } from '../call-options.js';
import type { HttpHandler, Interceptor, Transport } from '../http/types.js';
import { createAttempt } from './attempt.js';
import { withAuth } from './auth.js';
import { withCoalescing } from './coalesce.js';
import { withCallDeadline } from './deadline.js';
import { withInterceptors } from './intercept.js';
import { withRetry } from './retry.js';

/** What the pipeline of a client is made from. */
export interface PipelineOptions {
  readonly transport: Transport;
  readonly interceptors: readonly Interceptor[];
  readonly retry: RetryOptions | false;
  /** Who is logged in; `undefined` for nobody. */
  readonly auth: AuthStrategy | undefined;
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
  /** Called when the server has refused a credential that will be renewed: once for each credential, by the call that finds out first. */
  readonly onRefusal: (operation: string, refusal: UnauthorizedError) => void;
}

/**
 * The way of a request, from the call at the top to the transport at the bottom; its events come back the same way up. A stage takes the
 * stage below it and may change the request, the events, or how often the stage below is asked.
 */
export function createPipeline(options: PipelineOptions): HttpHandler {
  const { transport, interceptors, retry, auth, random, scheduler, onRefusal } = options;
  const attempt = withAuth(auth, onRefusal, createAttempt(scheduler, transport));
  const call = withCallDeadline(scheduler, withRetry(retry, random, scheduler, attempt));
  return withCoalescing(withInterceptors(interceptors, call));
}
