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

/** Value that withdraws a declaration: protocol §4.4. */
const undeclared = '<>';

/**
 * Declares to the server what is on the screen. Once channel, thread and thread list are all declared, the server sends `typing` and
 * reactions of these places alone: read reactions again when another comes on the screen. Servers without this (5.37) send everything.
 *
 * Cold; emits nothing. While subscribed it holds the socket open and declares the scope on each new one; unsubscribing withdraws it.
 * Completes with the client; errors with `ClosedError` after that. If there are several subscriptions the latest declaration counts.
 */
export function presenceScope({ hold, request, signals$, state$ }: Gateway, scope: PresenceScope): Observable<never> {
  return new Observable((subscriber) => {
    const declare = (id: string | undefined, data: JsonObject): void => {
      if (id !== undefined) request('presence', data).subscribe({ error: () => undefined });
    };
    const declareAll = ({ channelId, teamId, threadChannelId, threadViewChannelId }: PresenceScope): void => {
      declare(channelId, { channel_id: channelId });
      declare(teamId, { team_id: teamId });
      declare(threadChannelId, { thread_channel_id: threadChannelId, is_thread_view: false });
      declare(threadViewChannelId, { thread_channel_id: threadViewChannelId, is_thread_view: true });
    };
    const declareIfReady = (of: PresenceScope): void => {
      state$.pipe(take(1)).subscribe(({ status }) => {
        if (status === 'ready') declareAll(of);
      });
    };
    subscriber.add(hold());
    subscriber.add(() => declareIfReady(Object.fromEntries(Object.keys(scope).map((key) => [key, undeclared]))));
    declareIfReady(scope);
    return signals$.subscribe({
      next({ type }) {
        if (type === 'ready') declareAll(scope);
      },
      complete: () => subscriber.complete(),
    });
  });
}
