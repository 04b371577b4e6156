import { catchError, EMPTY, map, mergeMap, of, take, type Observable, type Observer } from 'rxjs';
import { ClosedError, isMattermostError } from '../../models/errors.js';
import type { StreamContext } from '../context.js';
import type { SentNotice } from './changes.js';
import type { Place } from './place.js';
import type { SettingsReader } from './settings.js';

/**
 * Makes the function that sends one notice: over the socket if that is ready, else over REST. Its result is cold, emits once and completes.
 * `isWanted` is called once the settings are known; if it returns false, nothing is sent or emitted.
 *
 * @param sent takes each notice that went over the socket.
 */
export function createSender(
  { connection, request, rest, ownId$ }: StreamContext,
  settings: SettingsReader,
  sent: Pick<Observer<SentNotice>, 'next'>,
): (place: Place, isWanted: () => boolean) => Observable<void> {
  const overRest = ({ channelId, rootId }: Place): Observable<unknown> =>
    ownId$.pipe(mergeMap((userId) => rest.publishTyping(userId, channelId, rootId)));

  const overSocket = (place: Place): Observable<unknown> => {
    const body = { channel_id: place.channelId, parent_id: place.rootId };
    return request('user_typing', body).pipe(
      map(() => sent.next({ path: ['me'], body })),
      catchError((error: unknown) => {
        const hasEnded = isMattermostError(error) && (error.code === 'closed' || error.code === 'timeout');
        // The notice may have arrived all the same; a second one does no harm.
        if (hasEnded) return overRest(place);
        throw error as Error;
      }),
    );
  };

  return (place, isWanted) =>
    connection.state$.pipe(
      take(1),
      mergeMap(({ status, connectionId }) => {
        if (status === 'closed') throw new ClosedError();
        const isReady = status === 'ready';
        const send = isReady ? overSocket : overRest;
        // A server shows these settings only to users who are logged in (protocol §4.2), so the login comes first.
        const loggedIn$: Observable<unknown> = isReady ? of(undefined) : ownId$;
        return loggedIn$.pipe(
          mergeMap(() => settings.known(connectionId)),
          mergeMap(() => (isWanted() ? send(place) : EMPTY)),
        );
      }),
      map(() => undefined),
    );
}
