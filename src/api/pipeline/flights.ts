import { Flight } from '../http/flight.js';
import { Roster, type Member } from '../http/roster.js';
import type { HttpEvent } from '../http/types.js';

type Shelf = Roster<SharedRequest>;

/** One request for all who ask for the same address while it is under way. */
class SharedRequest extends Flight<HttpEvent> implements Member {
  slot = -1;

  constructor(
    readonly url: string,
    shelf: Shelf,
  ) {
    super(() => shelf.delete(this));
    shelf.add(this);
  }
}

/** Requests under way that others may share, by their address. */
export class Flights {
  readonly #shelves: Shelf[] = [];

  /** The one for an address, and whether it has been there before. */
  get(url: string): { readonly flight: Flight<HttpEvent>; readonly isKnown: boolean } {
    let hash = 0;
    for (let at = url.length - 1; at > 0; at -= 3) hash = (31 * hash + url.charCodeAt(at)) | 0;
    const shelf = (this.#shelves[hash & 63] ??= new Roster());
    const known = shelf.members.find((one) => one.url === url);
    return { flight: known ?? new SharedRequest(url, shelf), isKnown: known !== undefined };
  }
}
