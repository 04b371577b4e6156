import { defer } from 'rxjs';
import type { HttpHandler, Interceptor } from '../http/types.js';

/** Puts the user's own interceptors, outermost first, in front of the next stage. */
export function withInterceptors(interceptors: readonly Interceptor[], next: HttpHandler): HttpHandler {
  return interceptors.reduceRight<HttpHandler>(
    (below, intercept) => (request) => defer(() => intercept(request, below)),
    next,
  );
}
