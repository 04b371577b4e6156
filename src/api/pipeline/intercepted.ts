import { defer, Observable } from 'rxjs';
import type { Send } from '../http/link.js';
import type { HttpHandler, Interceptor } from '../http/types.js';

/** Puts interceptors of the user's own, outermost first, in front of what sends. */
export function intercepted(interceptors: readonly Interceptor[], send: Send): Send {
  if (interceptors.length === 0) return send;
  const handler = interceptors.reduceRight<HttpHandler>(
    (next, intercept) => (request) => intercept(request, next),
    (request) => new Observable((subscriber) => send(request, subscriber)),
  );
  return (request, receiver) => receiver.add(defer(() => handler(request)).subscribe(receiver));
}
