import type { Client } from 'matterstream';
import { type Observable, catchError, forkJoin, of, switchMap, tap } from 'rxjs';

/** Names of people and channels, each read once, when it is first needed. */
export interface Names {
  /** `@name`, or the start of the id if the name cannot be read. */
  user(id: string): string;
  /** `#name`, or `@name` for a direct message. */
  channel(id: string): string;
  /** Emits once all of these were read, or could not be; at once if they are known already. */
  learn(userIds: readonly string[], channelIds: readonly string[]): Observable<unknown>;
}

/** A name is not worth waiting long for: what happened is shown in any case. */
const patience = { timeoutMs: 2_000, retry: false } as const;

export function createNames(client: Client, myId: string): Names {
  const users = new Map<string, string>();
  const channels = new Map<string, string>();

  const learnUsers = (wanted: readonly string[]): Observable<unknown> => {
    const ids = [...new Set(wanted)].filter((id) => id !== '' && !users.has(id));
    if (ids.length === 0) return of(undefined);
    for (const id of ids) users.set(id, `@${id.slice(0, 6)}…`);
    return client.users
      .getUsersByIds(ids)
      .with(patience)
      .pipe(
        tap((found) => found.forEach(({ id, username }) => users.set(id, `@${username}`))),
        catchError(() => of(undefined)),
      );
  };

  const learnChannel = (id: string): Observable<unknown> => {
    channels.set(id, `#${id.slice(0, 6)}…`);
    return client.channels
      .getChannel(id)
      .with(patience)
      .pipe(
        tap(({ name }) => channels.set(id, `#${name}`)),
        // The name of a direct channel is made of two ids: it is called by the other person.
        switchMap(({ name, type }) => {
          if (type !== 'D') return of(undefined);
          const partner = name.split('__').find((part) => part !== myId) ?? myId;
          return learnUsers([partner]).pipe(tap(() => channels.set(id, users.get(partner) ?? '')));
        }),
        catchError(() => of(undefined)),
      );
  };

  return {
    user: (id) => users.get(id) ?? '',
    channel: (id) => channels.get(id) ?? '',
    learn(userIds, channelIds) {
      const unknown = [...new Set(channelIds)].filter((id) => id !== '' && !channels.has(id));
      return forkJoin([learnUsers(userIds), ...unknown.map(learnChannel)]);
    },
  };
}
