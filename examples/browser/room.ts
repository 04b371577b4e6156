import { type Channel, type Client, type User, UnauthorizedError } from 'matterstream';
import {
  NEVER,
  type Observable,
  catchError,
  defer,
  filter,
  finalize,
  fromEvent,
  map,
  merge,
  mergeMap,
  shareReplay,
  startWith,
  switchMap,
  takeUntil,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import { compose, showPosts, showTyping } from './conversation.js';
import { element, make } from './dom.js';
import { type People, chooseStatus, showMembers, showSessions } from './people.js';

const room = element('room', HTMLElement);
const banner = element('ended', HTMLElement);

/** Shows one channel. A lost connection is shown and ends nothing; completes when the session has ended and the person wants a new login. */
export function enterRoom(client: Client, me: User): Observable<unknown> {
  return findChannel(client).pipe(
    switchMap((channel) => {
      element('channel', HTMLElement).textContent = `# ${channel.display_name}`;
      element('me', HTMLElement).textContent = me.username;
      room.hidden = false;
      const people$ = peopleOf(client, channel).pipe(shareReplay({ bufferSize: 1, refCount: true }));
      const content$ = merge(
        showPosts(client, channel, people$),
        showTyping(client, me, channel, people$),
        compose(client, channel),
        showMembers(client, people$),
        chooseStatus(client),
        showSessions(client, me),
      ).pipe(
        // A call that is refused because the session has ended needs no message: the banner says so.
        catchError((error: unknown) => (error instanceof UnauthorizedError ? NEVER : throwError(() => error))),
      );
      return merge(showConnection(client), content$);
    }),
    takeUntil(ended(client)),
    finalize(() => {
      room.hidden = true;
    }),
  );
}

/** The channel named after the `#` of the address, or the town square, in the first team of the user. */
function findChannel(client: Client): Observable<Channel> {
  const name = decodeURIComponent(location.hash.slice(1)) || 'town-square';
  return client.teams.getTeamsForUser('me').pipe(
    mergeMap(([team]) => {
      if (!team) throw new Error('You are in no team yet.');
      return client.channels.getChannelByName(team.id, name);
    }),
  );
}

/** The members of the channel by id: read at first, and again whenever that may have changed. */
function peopleOf(client: Client, channel: Channel): Observable<People> {
  const changes$ = merge(
    client.events.on(['user_added', 'user_removed'], { channelId: channel.id }),
    client.events.on('user_updated'),
    client.events.gaps$,
  );
  return changes$.pipe(
    startWith(undefined),
    switchMap(() => client.users.getUsers({ in_channel: channel.id }).items().pipe(toArray())),
    map((users) => new Map(users.map((user) => [user.id, user]))),
  );
}

function showConnection(client: Client): Observable<unknown> {
  const badge = element('connection', HTMLElement);
  return client.connection.state$.pipe(
    tap((state) => {
      badge.dataset['status'] = state.status;
      badge.textContent = state.status === 'ready' && state.resumed ? 'ready, resumed' : state.status;
    }),
  );
}

/** Shows that the session has ended; emits when the person wants to log in again. */
function ended(client: Client): Observable<unknown> {
  return client.sessions.current$.pipe(
    filter((session) => 'change' in session),
    switchMap(({ change }) =>
      defer(() => {
        const button = make('button', { type: 'button' }, 'Log in again');
        banner.replaceChildren(`Your session has ended: ${change.type}.`, button);
        banner.hidden = false;
        return fromEvent(button, 'click');
      }).pipe(
        finalize(() => {
          banner.hidden = true;
        }),
      ),
    ),
  );
}
