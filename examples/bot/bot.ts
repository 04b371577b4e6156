import { type Client, type MattermostEvent, type Post, dedupePosts, notSelf } from 'matterstream';
import {
  type Observable,
  type ObservableInput,
  catchError,
  concatMap,
  count,
  defer,
  delay,
  filter,
  groupBy,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  take,
  takeUntil,
  timer,
} from 'rxjs';

type Posted = MattermostEvent<'posted'>;

/** What a command gets to work with. */
interface Question {
  readonly client: Client;
  readonly post: Post;
  /** The words after the name of the command. */
  readonly words: readonly string[];
}

/** Emits the answer, once, whenever it is ready. */
type Command = (question: Question) => ObservableInput<string>;

const commands: Readonly<Record<string, Command>> = {
  help: () => of(`I know these: ${Object.keys(commands).join(', ')}.`),

  time: () => of(`It is ${new Date().toISOString()}.`),

  roll: ({ words: [dice = '1d6'] }) => {
    const [, many = '1', sides = '6'] = /^(\d{1,2})d(\d{1,4})$/.exec(dice) ?? [];
    const rolls = Array.from({ length: Number(many) }, () => 1 + Math.floor(Math.random() * Number(sides)));
    return of(`${rolls.join(' + ')} = ${rolls.reduce((sum, roll) => sum + roll, 0)}`);
  },

  members: ({ client, post }) =>
    client.users
      .getUsers({ in_channel: post.channel_id })
      .items()
      .pipe(
        count(),
        map((members) => `${members} people are in this channel.`),
      ),

  remind: ({ words: [seconds = '', ...rest] }) =>
    Number(seconds) > 0 && Number(seconds) <= 3600
      ? timer(Number(seconds) * 1000).pipe(map(() => `You asked me to remind you: ${rest.join(' ')}`))
      : of('Say `remind SECONDS WHAT`, with at most 3600 seconds.'),
};

/** How long answers under way may take when the bot is asked to stop. */
const graceMs = 10_000;

/**
 * The bot: answers, in a thread, what is said to it, and shows that it is typing while it works on that. Emits its answers. Completes
 * after `stop$` has emitted and the answers under way are posted; errors when the server rejects the login for good.
 */
export function runBot(client: Client, stop$: Observable<unknown>): Observable<Post> {
  return client.users.getUser('me').pipe(
    mergeMap((me) => {
      const answers$ = client.events.on('posted').pipe(
        // eslint-disable-next-line rxjs-x/no-unsafe-takeuntil -- no new questions, but what was asked is answered
        takeUntil(stop$),
        dedupePosts(),
        notSelf(me.id),
        filter((event) => isForUs(event, me.id)),
        // One channel after another would be slow, all at once would mix up the answers: so each channel in its own order.
        groupBy(({ channelId }) => channelId),
        mergeMap((channel$) => channel$.pipe(concatMap(({ data }) => answer(client, data.post, me.username)))),
      );
      const login$ = client.connection.open().pipe(ignoreElements(), takeUntil(stop$));
      return merge(answers$, login$);
    }),
    takeUntil(stop$.pipe(delay(graceMs))),
  );
}

/** Said in a direct message or with a mention, by a person. */
function isForUs({ data }: Posted, myId: string): boolean {
  const { type, props } = data.post;
  const byPerson = type === '' && props['from_bot'] !== 'true' && props['from_webhook'] !== 'true';
  return byPerson && (data.channel_type === 'D' || (data.mentions?.includes(myId) ?? false));
}

function answer(client: Client, post: Post, myName: string): Observable<Post> {
  const { channel_id: channelId, root_id: parentId, id } = post;
  const rootId = parentId || id;
  const [said = '', ...words] = post.message.replaceAll(`@${myName}`, ' ').trim().split(/\s+/);
  const name = said.toLowerCase() || 'help';
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;

  const text$ = defer(() => command?.({ client, post, words }) ?? of(`I do not know "${name}". Try \`help\`.`)).pipe(
    catchError((error: unknown) => of(`That went wrong: ${messageOf(error)}`)),
  );
  // `publish` sends no more often than the server asks for.
  const typing$ = timer(0, 500).pipe(client.typing.publish(channelId, { rootId }), ignoreElements());

  return merge(typing$, text$).pipe(
    take(1),
    mergeMap((message) => client.posts.createPost({ channel_id: channelId, root_id: rootId, message })),
    // One answer that cannot be posted is no reason to stop; the bot may have been removed from the channel.
    catchError((error: unknown) => {
      console.error(`not answered: ${messageOf(error)}`);
      return [];
    }),
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
