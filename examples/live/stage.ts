import { type AuthOptions, type Client, createClient } from 'matterstream';
import { createTestServer } from 'matterstream/testing';
import {
  type Observable,
  type Subscription,
  defer,
  filter,
  ignoreElements,
  interval,
  merge,
  mergeMap,
  of,
  race,
  startWith,
  take,
  tap,
  timer,
} from 'rxjs';
import { type Happening, watchSession } from './happenings.js';
import { type Person, live } from './people.js';
import type { Ledger } from './summary.js';

/** An embedded Mattermost, people who use it, and one more who only watches. */
export interface Stage {
  readonly url: string;
  /** The client of the watcher. */
  readonly client: Client;
  /** The people at work, and what goes wrong for them and the watcher. Unsubscribing stops them all. */
  readonly play$: Observable<Happening>;
  /** Completes once the watcher has got all that was written, or has had a second to. */
  readonly settled$: Observable<unknown>;
  ledger(): Ledger;
  close(): Promise<void>;
}

/** Something that goes wrong: when, as a part of the whole time, and what. */
interface Mishap {
  readonly at: number;
  readonly text: string;
  readonly effect$: Observable<unknown>;
}

/** Milliseconds between two pings of every client here: an ended session shows within that time. */
const heartbeatMs = 1_000;

/** Starts the server and makes its people. What is to happen happens within `durationMs`. */
export async function createStage(durationMs: number): Promise<Stage> {
  const server = await createTestServer();
  const clients: Client[] = [];
  const connect = (auth: AuthOptions): Client => {
    const client = createClient({ url: server.url, auth, heartbeatMs });
    clients.push(client);
    return client;
  };

  const adminAccount = server.createUser({ username: 'admin', admin: true });
  const watcherAccount = server.createUser({ username: 'watcher' });
  const carol = server.createUser({ username: 'carol' });
  const accounts = [...['alice', 'bob', 'dave'].map((username) => server.createUser({ username })), carol];
  const members = [watcherAccount, ...accounts];
  const team = server.createTeam({ name: 'aurora', displayName: 'Aurora', open: true, members });
  const channelIds = ['release', 'kitchen', 'night-shift'].map(
    (name) => server.createChannel({ team, name, members }).id,
  );

  const admin = connect({ token: adminAccount.token });
  const watcher = connect({ token: watcherAccount.token });
  // A client with a password logs in again when its session was ended.
  const people = accounts.map(({ id, username, password }): Person => ({
    id,
    username,
    client: connect({ loginId: username, password }),
  }));

  const written = new Set<string>();
  const seen = new Set<string>();
  const lost = (): number => [...written].filter((id) => !seen.has(id)).length;

  // Not a part of the play: it continues after the play was stopped.
  let seeing: Subscription | undefined;
  const living$ = merge(...people.map((person) => live(person, channelIds))).pipe(
    tap(({ id }) => written.add(id)),
    ignoreElements(),
  );
  const mishaps: readonly Mishap[] = [
    {
      at: 0.25,
      text: 'the network cuts our connection',
      effect$: defer(() => of(server.faults.drop({ userId: watcherAccount.id }))),
    },
    {
      at: 0.45,
      text: 'an admin ends the sessions of @carol',
      effect$: admin.users.revokeAllSessions(carol.id),
    },
    { at: 0.7, text: 'the network cuts everybody', effect$: defer(() => of(server.faults.drop())) },
  ];
  const sessions$ = merge(...people.map(({ client, username }) => watchSession(client, `@${username}`)));

  return {
    url: server.url,
    client: watcher,
    play$: defer(() => {
      seeing = watcher.events.on('posted').subscribe(({ data }) => seen.add(data.post.id));
      return merge(living$, sessions$, happen(mishaps, durationMs));
    }),
    settled$: race(interval(20).pipe(filter(() => lost() === 0)), timer(1_000)).pipe(take(1)),
    ledger: () => ({ written: written.size, lost: lost() }),
    async close() {
      seeing?.unsubscribe();
      for (const client of clients) client.close();
      await server.close();
    },
  };
}

/** Lets each mishap happen at its time. */
function happen(mishaps: readonly Mishap[], durationMs: number): Observable<Happening> {
  return merge(
    ...mishaps.map(({ at, text, effect$ }) =>
      timer(at * durationMs).pipe(
        mergeMap(() => effect$.pipe(ignoreElements(), startWith<Happening>({ kind: 'note', text }))),
      ),
    ),
  );
}
