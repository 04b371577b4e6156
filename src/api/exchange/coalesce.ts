import { Flight } from '../http/flight.js';
import { Link, type Receiver, type Send } from '../http/link.js';
import type { HttpEvent, HttpRequest } from '../http/types.js';

/**
 * Lets identical GETs that are under way at the same time share one request, which is aborted when the last of them leaves. Calls with options
 * of their own go alone. What was asked before something was changed, or while it was, is shared with nobody who asks after it: they
 * must see the change.
 */
export function coalesce(send: Send): Send {
  let flights = new Map<string, Flight<HttpEvent>>();
  const part = (): void => {
    if (flights.size > 0) flights = new Map();
  };
  return (request, receiver) => {
    const { url } = request;
    const known = flights.get(url);
    if (request.method !== 'GET') {
      part();
      send(request, new Change(part, receiver));
    } else if (isAlone(request)) send(request, receiver);
    else if (known) known.board(receiver);
    else {
      const flight = new Flight<HttpEvent>(() => {
        if (flights.get(url) === flight) flights.delete(url);
      });
      flights.set(url, flight);
      flight.board(receiver);
      send(request, flight);
    }
  };
}

const isAlone = ({ read, progress, options }: HttpRequest): boolean =>
  read === 'raw' || progress || Object.keys(options).length > 0;

/** A request that changes something. Whoever learns that it has ended, or leaves it, asks anew. */
class Change extends Link {
  readonly #part: () => void;

  constructor(part: () => void, destination: Receiver) {
    super(destination);
    this.#part = part;
    this.add(part);
    destination.add(this);
  }

  next(event: HttpEvent): void {
    if (event.type === 'response') this.#part();
    this.destination.next(event);
  }
}
