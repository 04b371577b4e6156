import { map, type Observable } from 'rxjs';
import type { Loss } from '../connection/state.js';

/** A time in which events may have been missed. */
export interface Gap extends Loss {
  /** What the gap is limited to: `all` until something narrower is proved. */
  readonly scope: { readonly kind: 'all' } | { readonly kind: 'channel'; readonly channelId: string };
}

/** Turns each loss of the socket into a gap in all events, as nothing narrower is proved. Hot, no replay, ends with its source. */
export function gapsOf(losses$: Observable<Loss>): Observable<Gap> {
  return losses$.pipe(map((loss) => ({ ...loss, scope: { kind: 'all' } })));
}
