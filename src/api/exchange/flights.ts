import { Flight } from '../http/flight.js';
import { Roster, type Member } from '../http/roster.js';
import type { HttpEvent } from '../http/types.js';

/** One request for all who ask for the same address while it is under way. */
export class SharedRequest extends Flight<HttpEvent> implements Member {
  slot = -1;

  constructor(
    readonly url: string,
    shelf: Roster<SharedRequest>,
  ) {
    super(() => shelf.delete(this));
    shelf.add(this);
  }
}

const shelfCount = 64;

/** Requests under way that others may share, by their address. */
export class Flights {
  readonly #shelves: Roster<SharedRequest>[] = [];

  find(url: string): SharedRequest | undefined {
    return this.#shelfOf(url).members.find((one) => one.url === url);
  }

  begin(url: string): SharedRequest {
    return new SharedRequest(url, this.#shelfOf(url));
  }

  #shelfOf(url: string): Roster<SharedRequest> {
    let hash = 0;
    for (let at = url.length - 1; at > 0; at -= 3) hash = (31 * hash + url.charCodeAt(at)) | 0;
    return (this.#shelves[hash & (shelfCount - 1)] ??= new Roster());
  }
}
