import { Link, type Receiver, type Send } from '../http/link.js';
import type { HttpEvent, HttpRequest } from '../http/types.js';
import { Flights } from './flights.js';

/**
 * Lets identical GETs that are under way at the same time share one request, which is aborted when the last of them leaves. Calls with options
 * of their own go alone. What was asked before something was changed, or while it was, is shared with nobody who asks after it: they
 * must see the change.
 */
export function coalesce(send: Send): Send {
  let flights = new Flights();
  const part = (): void => {
    flights = new Flights();
  };
  return (request, receiver) => {
    if (request.method !== 'GET') {
      part();
      send(request, new Change(part, receiver));
      return;
    }
    if (isAlone(request)) {
      send(request, receiver);
      return;
    }
    const { flight, isKnown } = flights.get(request.url);
    flight.board(receiver);
    if (!isKnown) send(request, flight);
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
