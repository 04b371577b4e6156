import { Observable, take } from 'rxjs';
import type { JsonObject } from '../../models/event-entities.js';
import type { Gateway } from './gateway.js';

/** What a user has on the screen: protocol §4.4. */
export interface PresenceScope {
  /** The channel in the centre; empty for none. */
  readonly channelId?: string;
  readonly teamId?: string;
  /** The channel of the thread beside it; empty for none. */
  readonly threadChannelId?: string;
  /** The channel of the thread that the list of threads shows; empty for none. */
  readonly threadViewChannelId?: string;
}

/** Takes a declaration back: protocol §4.4. */
const undeclared = '<>';

/**
 * Tells the server what is on the screen. Once channel, thread and thread list are all declared, it keeps back `typing` and reactions from
 * anywhere else: read those again after moving on. Servers that do not know this (5.37) go on sending everything.
 *
 * Cold; emits nothing. While subscribed the socket is held open, and each new one told again; unsubscribing takes the declaration back.
 * Completes with the client; errors with `ClosedError` after it. Of several at the same time the last one counts.
 */
export function presenceScope({ hold, request, signals$, state$ }: Gateway, scope: PresenceScope): Observable<never> {
  return new Observable((subscriber) => {
    const tell = (of: PresenceScope): void => {
      for (const data of declarations(of)) request('presence', data).subscribe({ error: () => undefined });
    };
    const tellIfReady = (of: PresenceScope): void => {
      state$.pipe(take(1)).subscribe(({ status }) => {
        if (status === 'ready') tell(of);
      });
    };
    subscriber.add(hold());
    tellIfReady(scope);
    subscriber.add(
      signals$.subscribe({
        next: ({ type }) => {
          if (type === 'ready') tell(scope);
        },
        complete: () => subscriber.complete(),
      }),
    );
    return () => tellIfReady(Object.fromEntries(Object.keys(scope).map((key) => [key, undeclared])));
  });
}

function declarations({ channelId, teamId, threadChannelId, threadViewChannelId }: PresenceScope): JsonObject[] {
  const place = {
    ...(channelId !== undefined && { channel_id: channelId }),
    ...(teamId !== undefined && { team_id: teamId }),
  };
  const thread = (id: string | undefined, isThreadView: boolean): JsonObject[] =>
    id === undefined ? [] : [{ thread_channel_id: id, is_thread_view: isThreadView }];
  return [
    ...(Object.keys(place).length > 0 ? [place] : []),
    ...thread(threadChannelId, false),
    ...thread(threadViewChannelId, true),
  ];
}
