import { defer, tap } from 'rxjs';
import { shareByKey, type SharedByKey } from '../http/share-by-key.js';
import type { HttpEvent, HttpHandler, HttpRequest } from '../http/types.js';

/**
 * Lets identical GETs that are under way at the same time share one request with its deadline, which is aborted when the last subscriber
 * leaves. Calls with options of their own are never shared. A GET that started before or during a change (any other method) is never shared with one that
 * starts after it, which must see the change.
 */
export function withCoalescing(next: HttpHandler): HttpHandler {
  let reads: SharedByKey<HttpEvent> = shareByKey();
  const forgetReads = (): void => {
    reads = shareByKey();
  };
  return (request) => {
    if (request.method === 'GET') {
      return isShareable(request) ? defer(() => reads(request.url, () => next(request))) : next(request);
    }
    return next(request).pipe(
      tap({
        subscribe: forgetReads,
        next: (event) => {
          if (event.type === 'response') forgetReads();
        },
        error: forgetReads,
        finalize: forgetReads,
      }),
    );
  };
}

function isShareable({ read, progress, options }: HttpRequest): boolean {
  return read !== 'raw' && !progress && Object.keys(options).length === 0;
}
