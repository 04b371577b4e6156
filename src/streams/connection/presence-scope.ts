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
    const declare = (id: string | undefined, data: JsonObject): void => {
      if (id !== undefined) request('presence', data).subscribe({ error: () => undefined });
    };
    const tell = ({ channelId, teamId, threadChannelId, threadViewChannelId }: PresenceScope): void => {
      declare(channelId, { channel_id: channelId });
      declare(teamId, { team_id: teamId });
      declare(threadChannelId, { thread_channel_id: threadChannelId, is_thread_view: false });
      declare(threadViewChannelId, { thread_channel_id: threadViewChannelId, is_thread_view: true });
    };
    const tellIfReady = (of: PresenceScope): void => {
      state$.pipe(take(1)).subscribe(({ status }) => {
        if (status === 'ready') tell(of);
      });
    };
    subscriber.add(hold());
    subscriber.add(() => tellIfReady(Object.fromEntries(Object.keys(scope).map((key) => [key, undeclared]))));
    tellIfReady(scope);
    return signals$.subscribe({
      next({ type }) {
        if (type === 'ready') tell(scope);
      },
      complete: () => subscriber.complete(),
    });
  });
}
