// Behaviour that must be the same on every runtime, through the public API alone. `run.mjs`, `worker.mjs` and the browser tests run it
// with a server.
import { assert, equal } from './harness.mjs';

/** A PNG of one pixel. */
const pixel = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (char) => char.charCodeAt(0),
);

const password = 'Suite-Pass-1!';
const heartbeatMs = 500;
let names = 0;
const name = () => `suite${Date.now().toString(36)}${(names += 1)}`;

/** The first value that passes. Uses no RxJS operator, so only what the package itself brings is tested. */
const first = (stream$, passes = () => true) =>
  new Promise((resolve, reject) => {
    let done = false;
    const subscription = stream$.subscribe({
      next(value) {
        if (done || !passes(value)) return;
        done = true;
        resolve(value);
        queueMicrotask(() => subscription.unsubscribe());
      },
      error: reject,
      complete: () => reject(new Error('completed without the value')),
    });
  });

const failure = async (call) => {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('expected a failure');
};

/**
 * @param {object} runtime
 * @param {typeof import('matterstream')} runtime.matterstream
 * @param {() => Promise<{ options: import('matterstream').ClientOptions, drop?(): void, close(): Promise<void> }>} runtime.open gives a server that
 *   is empty or was used by an earlier run of this suite, and the options with which a client reaches it
 * @param {string} runtime.title says how the server is reached
 * @param {boolean} [runtime.cuts] whether `open` gives a way to cut connections
 */
export function suite({ matterstream, open, title, cuts = true }) {
  const { createClient } = matterstream;

  /** A server, its admin, and clients that are closed with it. */
  async function openWorld() {
    const server = await open();
    const clients = [];
    const client = (auth, more = {}) => {
      const made = createClient({ ...server.options, ...(auth && { auth }), heartbeatMs, ...more });
      clients.push(made);
      return made;
    };
    const nobody = client();
    // The first user of a server becomes its admin. On a server that an earlier run has used, the account is there.
    try {
      await nobody.users.createUser({ username: 'suiteadmin', email: 'suiteadmin@example.test', password });
    } catch (error) {
      if (!matterstream.isApiError(error) || error.status !== 400) throw error;
    }
    const admin = client({ loginId: 'suiteadmin', password });
    const person = async () => {
      const username = name();
      const user = await admin.users.createUser({ username, email: `${username}@example.test`, password });
      return { id: user.id, username, client: client({ loginId: username, password }) };
    };
    const team = async (...people) => {
      const made = await admin.teams.createTeam({ name: name(), display_name: 'Suite', type: 'O' });
      const channel = await admin.channels.createChannel({
        team_id: made.id,
        name: name(),
        display_name: 'Room',
        type: 'O',
      });
      for (const { id } of people) {
        await admin.teams.addTeamMember(made.id, { team_id: made.id, user_id: id });
        await admin.channels.addChannelMember(channel.id, { user_id: id });
      }
      return { teamId: made.id, channelId: channel.id };
    };
    return {
      admin,
      drop: server.drop,
      client,
      person,
      team,
      /** A socket that is held open. */
      ready: (of) => first(of.connection.open(), ({ status }) => status === 'ready'),
      async close() {
        for (const each of clients) each.close();
        await server.close();
      },
    };
  }

  /** @type {{ title: string, run: () => Promise<void> }[]} */
  const tests = [];
  const rule = (what, check) =>
    tests.push({
      title: `${title}: ${what}`,
      async run() {
        const world = await openWorld();
        try {
          await check(world);
        } finally {
          await world.close();
        }
      },
    });

  rule('a call is cold, and one request for each subscription', async ({ admin }) => {
    const me = admin.users.getUser('me');
    equal((await me).username, 'suiteadmin', 'the name');
    equal((await first(me)).username, 'suiteadmin', 'the name');
    const { status, requestId } = await me.response();
    equal(status, 200, 'the status');
    assert(requestId, 'a request id');
  });

  rule('errors are of one family and name the operation', async ({ admin }) => {
    const error = await failure(admin.users.getUser('z'.repeat(26)));
    assert(
      matterstream.isApiError(error) && error instanceof matterstream.NotFoundError,
      `a NotFoundError, got ${error}`,
    );
    equal(error.operation, 'getUser', 'the operation');
    const bad = await failure(admin.users.getUser('a/b'));
    assert(bad instanceof matterstream.ValidationError, `a ValidationError, got ${bad}`);
  });

  rule('a refused login is an AuthenticationError', async ({ client }) => {
    const error = await failure(client({ loginId: 'suiteadmin', password: 'wrong' }).users.getUser('me'));
    assert(error instanceof matterstream.AuthenticationError, `an AuthenticationError, got ${error}`);
    assert(!String(error.stack).includes('wrong'), 'no password in the error');
  });

  rule('unsubscribing aborts, and nothing comes after', async ({ admin }) => {
    let seen = 0;
    const count = () => (seen += 1);
    admin.users.getUser('me').subscribe({ next: count, error: count, complete: count }).unsubscribe();
    await admin.users.getUser('me');
    equal(seen, 0, 'the notifications');
  });

  rule('pages come one after the other, and all rows once', async ({ admin, person }) => {
    const made = [await person(), await person(), await person()];
    const ids = [];
    for await (const user of admin.users.getUsers({ per_page: 2 }).items()) ids.push(user.id);
    equal(new Set(ids).size, ids.length, 'the number of different users');
    assert(
      made.every(({ id }) => ids.includes(id)),
      'every user in the pages',
    );
  });

  rule('bytes are uploaded and downloaded unchanged', async ({ admin, person }) => {
    const { id } = await person();
    await admin.users.setProfileImage(id, new Blob([pixel], { type: 'image/png' }));
    await admin.users.setProfileImage(id, pixel);
    const image = await admin.users.getProfileImage(id);
    equal(image.type, 'image/png', 'the content type');
    const head = new Uint8Array(await image.arrayBuffer()).subarray(0, 4);
    equal(String.fromCharCode(...head), '\x89PNG', 'the first bytes');
  });

  rule('an event of another user arrives decoded', async ({ admin, person, team, ready }) => {
    const bob = await person();
    const { channelId } = await team(bob);
    await ready(bob.client);
    const posted = first(bob.client.events.on('posted', { channelId }), ({ data }) => data.post.message === 'grüße 👋');
    await admin.posts.createPost({ channel_id: channelId, message: 'grüße 👋' });
    const { data } = await posted;
    equal(data.post.channel_id, channelId, 'the channel of the decoded post');
  });

  rule('typing shows, and a post ends it', async ({ admin, person, team, ready }) => {
    const bob = await person();
    const { channelId } = await team(bob);
    await ready(bob.client);
    await ready(admin);
    const sets = [];
    const watch = bob.client.typing.in(channelId).subscribe((set) => sets.push(set));
    const appears = first(bob.client.typing.in(channelId), (set) => set.size > 0);
    await first(admin.typing.send(channelId)).catch(() => {});
    const me = await admin.users.getUser('me');
    assert((await appears).has(me.id), 'the typist in the set');
    const ends = first(bob.client.typing.in(channelId), (set) => set.size === 0);
    await admin.posts.createPost({ channel_id: channelId, message: 'done' });
    await ends;
    equal(sets.at(-1).size, 0, 'the last set');
    watch.unsubscribe();
  });

  rule('a session revoked elsewhere shows within one heartbeat', async ({ admin, client, person, ready }) => {
    const bob = await person();
    const login = await admin.users.login({ login_id: bob.username, password }).response();
    const watcher = client({ token: login.headers.get('token') });
    const change = first(
      watcher.sessions.changes$,
      ({ type }) => type === 'revoked' || type === 'expired' || type === 'loggedOut',
    );
    await ready(watcher);
    const at = Date.now();
    await admin.users.revokeAllSessions(bob.id);
    equal((await change).origin, 'remote', 'the origin');
    assert(Date.now() - at < heartbeatMs + 1_500, 'the change within one heartbeat');
  });

  if (cuts) {
    rule('after a cut the socket comes back, and events go on', async ({ admin, person, team, ready, drop }) => {
      const bob = await person();
      const { channelId } = await team(bob);
      await ready(bob.client);
      const messages = [];
      const watch = bob.client.events
        .on('posted', { channelId })
        .subscribe(({ data }) => messages.push(data.post.message));
      const last = first(bob.client.events.on('posted', { channelId }), ({ data }) => data.post.message === '9');
      for (let n = 0; n < 10; n += 1) {
        if (n === 5) drop();
        await admin.posts.createPost({ channel_id: channelId, message: String(n) });
      }
      await last;
      watch.unsubscribe();
      equal(messages.join(''), '0123456789', 'the messages');
    });
  }

  rule('a refused credential stops the socket', async ({ client }) => {
    const stranger = client({ token: 'z'.repeat(26) });
    const error = await failure(first(stranger.connection.open(), () => false));
    assert(matterstream.isMattermostError(error), `an error of the family, got ${error}`);
    const state = await first(stranger.connection.state$);
    equal(state.status, 'rejected', 'the state');
  });

  rule('an action is answered, and a wrong one is refused', async ({ admin }) => {
    const reply = await first(admin.request('ping'));
    equal(reply.text, 'pong', 'the reply');
    const error = await failure(first(admin.request('no_such_action')));
    assert(error instanceof matterstream.ActionError, `an ActionError, got ${error}`);
  });

  rule('a change of status is seen by others', async ({ admin, person, ready }) => {
    const bob = await person();
    await ready(bob.client);
    const away = first(admin.presence.of([bob.id]), (statuses) => JSON.stringify([...statuses]).includes('dnd'));
    await first(bob.client.presence.set('dnd'));
    await away;
  });

  rule('closing completes every stream and fails every later call', async ({ admin, ready }) => {
    await ready(admin);
    const ended = ['all$', 'gaps$'].map(
      (stream) =>
        new Promise((resolve, reject) => admin.events[stream].subscribe({ complete: resolve, error: reject })),
    );
    admin.close();
    await Promise.all(ended);
    const error = await failure(admin.users.getUser('me'));
    assert(error instanceof matterstream.ClosedError, `a ClosedError, got ${error}`);
  });

  return tests;
}
