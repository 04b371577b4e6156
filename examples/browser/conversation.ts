import type { Channel, Client, Post, User } from 'matterstream';
import {
  type Observable,
  catchError,
  combineLatest,
  concatMap,
  finalize,
  fromEvent,
  map,
  merge,
  of,
  scan,
  startWith,
  switchMap,
  tap,
} from 'rxjs';
import { element, make, messageOf } from './dom.js';
import type { People } from './people.js';

const composer = element('composer', HTMLFormElement);
const input = composer.elements.namedItem('message') as HTMLInputElement;

/** How many posts the page shows. */
const shownPosts = 50;

/** The latest posts of the channel: read from the server, kept up to date by events, read again after a gap. */
export function showPosts(client: Client, channel: Channel, people$: Observable<People>): Observable<unknown> {
  const list = element('posts', HTMLElement);
  const scope = { channelId: channel.id };
  const snapshot$ = client.posts.getPostsForChannel(channel.id, { per_page: shownPosts }).pipe(
    map(
      ({ posts }) =>
        (): Map<string, Post> =>
          new Map(Object.entries(posts)),
    ),
  );
  const changes$ = client.events.on(['posted', 'post_edited'], scope).pipe(
    map(
      ({ data: { post } }) =>
        (shown: Map<string, Post>) =>
          shown.set(post.id, post),
    ),
  );
  const deletions$ = client.events.on('post_deleted', scope).pipe(
    map(({ data: { post } }) => (shown: Map<string, Post>) => {
      shown.delete(post.id);
      return shown;
    }),
  );
  const readings$ = client.events.gaps$.pipe(
    startWith(undefined),
    switchMap(() => snapshot$),
  );
  const posts$ = merge(readings$, changes$, deletions$).pipe(
    scan((shown, change) => change(shown), new Map<string, Post>()),
    map((shown) => [...shown.values()].sort((a, b) => a.create_at - b.create_at).slice(-shownPosts)),
  );
  return combineLatest([posts$, people$]).pipe(
    tap(([posts, people]) => {
      list.replaceChildren(...posts.map((post) => showPost(post, people)));
      list.scrollTop = list.scrollHeight;
    }),
  );
}

function showPost({ create_at, user_id, type, message }: Post, people: People): HTMLElement {
  const at = new Date(create_at);
  // The text of a system post names the people.
  const bySystem = type.startsWith('system_');
  return make(
    'li',
    { className: bySystem ? 'system' : '' },
    make('time', { dateTime: at.toISOString() }, at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })),
    bySystem ? '' : make('b', {}, people.get(user_id)?.username ?? 'somebody'),
    message,
  );
}

/** Who else is typing in the channel now. The stream includes what this page publishes. */
export function showTyping(
  client: Client,
  me: User,
  channel: Channel,
  people$: Observable<People>,
): Observable<unknown> {
  const line = element('typing', HTMLElement);
  return combineLatest([client.typing.in(channel.id), people$]).pipe(
    tap(([ids, people]) => {
      const names = [...ids].filter((id) => id !== me.id).map((id) => people.get(id)?.username ?? 'somebody');
      line.textContent = names.length === 0 ? '' : `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing…`;
    }),
    finalize(() => {
      line.textContent = '';
    }),
  );
}

/** Tells the others while the person types, and posts the message. */
export function compose(client: Client, channel: Channel): Observable<unknown> {
  const typing$ = fromEvent(input, 'input').pipe(client.typing.publish(channel.id));
  const sent$ = fromEvent(composer, 'submit').pipe(
    map((submit) => {
      submit.preventDefault();
      const message = input.value;
      composer.reset();
      return message;
    }),
    concatMap((message) =>
      client.posts.createPost({ channel_id: channel.id, message }).pipe(
        // A message that could not be sent goes back into the field, unless something new is there already.
        catchError((error: unknown) => {
          input.value ||= message;
          input.setCustomValidity(messageOf(error));
          input.reportValidity();
          return of(undefined);
        }),
      ),
    ),
  );
  const edited$ = fromEvent(input, 'input').pipe(tap(() => input.setCustomValidity('')));
  return merge(typing$, sent$, edited$);
}
