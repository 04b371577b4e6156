import { Observable } from 'rxjs';
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
      return isShareable(request) ? reads(request.url, () => next(request)) : next(request);
    }
    return new Observable((subscriber) => {
      forgetReads();
      subscriber.add(forgetReads);
      return next(request).subscribe({
        next(event) {
          if (event.type === 'response') forgetReads();
          subscriber.next(event);
        },
        error(error: unknown) {
          forgetReads();
          subscriber.error(error);
        },
        complete: () => subscriber.complete(),
      });
    });
  };
}

function isShareable({ read, progress, options }: HttpRequest): boolean {
  return read !== 'raw' && !progress && Object.keys(options).length === 0;
}
