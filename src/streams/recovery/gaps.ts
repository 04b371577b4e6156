import { map, type Observable } from 'rxjs';
import type { Loss } from '../connection/state.js';

/** A stretch of the stream that may be incomplete. */
export interface Gap extends Loss {
  /** What may be incomplete. `all` until something narrower is proved. */
  readonly scope: { readonly kind: 'all' } | { readonly kind: 'channel'; readonly channelId: string };
}

/** Turns each loss of the socket into the gap that it leaves: everything, as nothing narrower is proved. Hot like its source. */
export function gapsOf(losses$: Observable<Loss>): Observable<Gap> {
  return losses$.pipe(map((loss) => ({ ...loss, scope: { kind: 'all' } })));
}
