import { type Client, createClient } from 'matterstream';
import { createTestServer } from 'matterstream/testing';
import {
  type Observable,
  Subject,
  concat,
  filter,
  forkJoin,
  ignoreElements,
  lastValueFrom,
  merge,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import { runBot } from './bot.js';

const questions: readonly string[] = ['help', 'roll 2d6', 'members', 'remind 2 the tea is ready', 'dance'];

/** Starts an embedded server with the bot, and with Alice, who asks it one question after another; ends by itself. */
export async function demonstrate(interrupted$: Observable<unknown>): Promise<void> {
  const server = await createTestServer();
  const clients: Client[] = [];
  const connect = (token: string): Client => {
    const client = createClient({ url: server.url, auth: { token } });
    clients.push(client);
    return client;
  };
  try {
    const account = server.createUser({ username: 'alice', admin: true });
    const alice = connect(account.token);
    const { user_id: botId } = await alice.bots.createBot({ username: 'helper', display_name: 'Helper' });
    const { token = '' } = await alice.users.createUserAccessToken(botId, { description: 'example' });
    const members = [account, { id: botId }];
    const { id: channelId } = server.createChannel({ team: server.createTeam({ members }), name: 'tea', members });

    const helper = connect(token);
    const satisfied$ = new Subject<void>();
    const bot = runBot(helper, merge(satisfied$, interrupted$)).forEach(() => undefined);
    // Events are not kept for later, so both have to be connected before the first question. Watching the state of the bot does not connect
    // it: the bot does that itself.
    const ready$ = forkJoin(
      [alice.connection.open(), helper.connection.state$].map((states$) =>
        states$.pipe(
          filter(({ status }) => status === 'ready'),
          take(1),
        ),
      ),
    );
    const conversation$ = concat(ready$, ...questions.map((question) => ask(alice, botId, channelId, question)));
    await lastValueFrom(conversation$.pipe(takeUntil(interrupted$)), { defaultValue: undefined });
    satisfied$.next();
    await bot;
    console.log('the bot has stopped');
  } finally {
    for (const client of clients) client.close();
    await server.close();
  }
}

/** Puts one question to the bot, and completes with its answer. */
function ask(client: Client, botId: string, channelId: string, question: string): Observable<unknown> {
  const answer$ = client.events.on('posted', { channelId }).pipe(
    filter(({ data }) => data.post.user_id === botId),
    tap(({ data }) => console.log(`helper ↳ ${data.post.message}`)),
  );
  const typing$ = client.typing.anywhere$.pipe(
    filter(({ userId, typing }) => typing && userId === botId),
    tap(() => console.log('helper … is typing')),
  );
  const message = `@helper ${question}`;
  const question$ = client.posts
    .createPost({ channel_id: channelId, message })
    .pipe(tap(() => console.log(`alice: ${message}`)));
  return merge(answer$, merge(typing$, question$).pipe(ignoreElements())).pipe(take(1));
}
