import { Observable, type Subscriber, type Subscription } from 'rxjs';
import type { HttpEvent, HttpHandler, HttpRequest, Interceptor } from '../http/types.js';

interface Flight {
  readonly riders: Set<Subscriber<HttpEvent>>;
  subscription?: Subscription;
}

/**
 * Lets identical GETs that are under way at the same time share one request, which is aborted when the last of them leaves. Calls with options
 * of their own go alone. What was asked before something was changed, or while it was, is shared with nobody who asks after it: they
 * must see the change.
 */
export function coalesceInterceptor(): Interceptor {
  let flights = new Map<string, Flight>();
  const close = (): void => {
    flights = new Map();
  };
  return (request, next) => {
    if (request.method !== 'GET') {
      return new Observable((subscriber) => {
        close();
        subscriber.add(close);
        return next(request).subscribe(subscriber);
      });
    }
    const alone = request.read === 'raw' || request.progress || Object.keys(request.options).length > 0;
    return alone ? next(request) : new Observable((rider) => board(flights, request, next, rider));
  };
}

function board(
  flights: Map<string, Flight>,
  request: HttpRequest,
  next: HttpHandler,
  rider: Subscriber<HttpEvent>,
): () => void {
  const { url } = request;
  const known = flights.get(url);
  const flight = known ?? { riders: new Set() };
  flight.riders.add(rider);
  const land = (): void => {
    if (flights.get(url) === flight) flights.delete(url);
  };
  if (!known) {
    flights.set(url, flight);
    const tell = (how: 'next' | 'error' | 'complete') => (what?: unknown) => {
      land();
      for (const one of flight.riders) one[how](what as HttpEvent);
    };
    flight.subscription = next(request).subscribe({
      next: tell('next'),
      error: tell('error'),
      complete: tell('complete'),
    });
  }
  return () => {
    flight.riders.delete(rider);
    if (flight.riders.size > 0) return;
    land();
    flight.subscription?.unsubscribe();
  };
}
