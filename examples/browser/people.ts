import type { Client, Presence, Session, User } from 'matterstream';
import { type Observable, catchError, concatMap, fromEvent, map, merge, of, switchMap, tap } from 'rxjs';
import { element, make, statusDot } from './dom.js';

/** The members of the channel, by id. */
export type People = ReadonlyMap<string, User>;

/** Who is in the channel, and whether they are there. */
export function showMembers(client: Client, people$: Observable<People>): Observable<unknown> {
  const list = element('members', HTMLElement);
  return people$.pipe(
    switchMap((people) => client.presence.of([...people.keys()]).pipe(map((statuses) => ({ people, statuses })))),
    tap(({ people, statuses }) => {
      const members = [...people.values()].sort((a, b) => a.username.localeCompare(b.username));
      list.replaceChildren(
        ...members.map(({ id, username }) => make('li', {}, statusDot(statuses.get(id)?.status ?? ''), username)),
      );
    }),
  );
}

/** The own status: shows it, wherever it was set, and sets it. */
export function chooseStatus(client: Client): Observable<unknown> {
  const select = element('status', HTMLSelectElement);
  return merge(
    client.presence.mine$.pipe(tap(({ status }) => (select.value = status))),
    fromEvent(select, 'change').pipe(
      switchMap(() =>
        client.presence.set(select.value as Parameters<Presence['set']>[0]).pipe(catchError(() => of(undefined))),
      ),
    ),
  );
}

/** The sessions of the user, each with a button that ends it. */
export function showSessions(client: Client, me: User): Observable<unknown> {
  const list = element('sessions', HTMLElement);
  return client.sessions.list(me.id).pipe(
    switchMap((sessions) => {
      const entries = sessions.map((session) => ({ session, button: make('button', { type: 'button' }, 'End') }));
      list.replaceChildren(...entries.map(({ session, button }) => make('li', {}, sessionName(session), button)));
      return merge(...entries.map(({ session, button }) => fromEvent(button, 'click').pipe(map(() => session.id))));
    }),
    concatMap((session_id) => client.users.revokeSession(me.id, { session_id }).pipe(catchError(() => of(undefined)))),
  );
}

function sessionName({ props, create_at }: Session): string {
  const browser = props['browser'] ?? '';
  return `${browser || 'session'} of ${new Date(create_at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}`;
}
