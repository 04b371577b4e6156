import { firstValueFrom, take, toArray } from 'rxjs';
import { expect } from 'vitest';
import { ApiError, isApiError, isMattermostError, NetworkError, ProtocolError } from '../../../src/index.js';
import { refusal } from '../kit/refusal.js';
import type { Chapter } from '../kit/rules.js';
import { unknownId } from '../kit/names.js';
import { Unavailable } from '../kit/needs.js';

export const rest: Chapter = (rule) => {
  rule('an answer comes with its status, its request id and the version of the server', async ({ alice, config }) => {
    const answer = await alice.client.users.getUser('me').response();
    expect(answer.status).toBe(200);
    expect(answer.requestId).toMatch(/^[a-z0-9]{26}$/);
    expect(answer.serverVersion).toContain(config['Version']);
    expect(answer.headers.get('content-type')).toContain('json');
  });

  rule('an error names the operation, the request and what the server said', async ({ alice }) => {
    const error = await refusal('getUser', alice.client.users.getUser(unknownId()), ApiError);
    expect(error).toMatchObject({ status: 404, method: 'GET', operation: 'getUser' });
    expect(error.requestId).toMatch(/^[a-z0-9]{26}$/);
    expect(error.serverMessage.length).toBeGreaterThan(0);
    expect(error.message).toContain(error.id);
    expect(isApiError(error) && isMattermostError(error)).toBe(true);
  });

  rule('a conditional read of what has not changed is a 304', async ({ alice }) => {
    const call = alice.client.users.getUser(alice.id);
    const { etag } = await call.response();
    expect(etag).toBeTruthy();
    const again = await call.with({ ifNoneMatch: etag! }).response();
    expect(again.status).toBe(304);
  });

  rule('a list that the server leaves null is an empty list', async ({ person }) => {
    const someone = await person();
    const { preferences } = someone.client;
    const all = await preferences.getPreferences(someone.id);
    if (all.length > 0) await preferences.deletePreferences(someone.id, all);
    expect(await preferences.getPreferences(someone.id)).toEqual([]);
  });

  rule(
    'pages of users hold each member once, and are fetched only when taken',
    async ({ admin, alice, team, client }) => {
      let requests = 0;
      const counting = client(
        { token: alice.token },
        {
          fetch: (input, init) => {
            requests++;
            return fetch(input, init);
          },
        },
      );
      const members = await admin.teams.getTeamMembers(team.id, { per_page: 200 });
      const call = counting.users.getUsers({ in_team: team.id, per_page: 1 });
      const all = await firstValueFrom(call.items().pipe(toArray()));
      expect(all.map(({ id }) => id).sort()).toEqual(members.map(({ user_id }) => user_id).sort());
      requests = 0;
      await firstValueFrom(call.items().pipe(take(2), toArray()));
      expect(requests).toBe(2);
      const walked: string[] = [];
      for await (const page of call.pages()) {
        walked.push(...page.map(({ id }) => id));
        if (walked.length === 1) break;
      }
      expect(requests).toBe(3);
    },
  );

  rule(
    'pages of posts hold each post once, those of one millisecond and those that come meanwhile included',
    async (world) => {
      const { alice, bob } = world;
      const room = await world.room(alice, bob);
      const send = (n: number): PromiseLike<{ readonly id: string }> =>
        alice.client.posts.createPost({ channel_id: room.id, message: `n${n}` });
      const sent: { readonly id: string }[] = [];
      for (let n = 0; n < 40; n += 10)
        sent.push(...(await Promise.all(Array.from({ length: 10 }, (_, i) => send(n + i)))));
      const seen: string[] = [];
      let late = 0;
      for await (const post of bob.client.posts.getPostsForChannel(room.id, { per_page: 7 }).items()) {
        seen.push(post.id);
        if (late < 12) await send(100 + late++);
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(sent.map(({ id }) => id).filter((id) => !seen.includes(id))).toEqual([]);
    },
  );

  rule('a post whose answer is lost is stored once, and announced once', async (world) => {
    const { alice, bob } = world;
    const room = await world.room(alice, bob);
    const posted = world.record(bob.client.events.on('posted', { channelId: room.id }));
    await world.record(bob.client.connection.open()).find('ready', ({ status }) => status === 'ready');
    let attempts = 0;
    const lossy = world.client(
      { token: alice.token },
      {
        fetch: async (input, init) => {
          const answer = await fetch(input, init);
          if (attempts++ > 0) return answer;
          throw new TypeError('the connection went away');
        },
      },
    );
    const call = lossy.posts.createPost({ channel_id: room.id, message: 'once' });
    const post = await call;
    expect(attempts).toBe(2);
    await call;
    await alice.client.posts.createPost({ channel_id: room.id, message: 'the last one' });
    await posted.find('the last post', ({ data }) => data.post.message === 'the last one');
    const announced = posted.items.filter(({ data }) => data.post.message === 'once').map(({ data }) => data.post.id);
    expect(announced).toHaveLength(2);
    expect(new Set(announced).size).toBe(2);
    expect(announced[0]).toBe(post.id);
  });

  rule('unsubscribing aborts the request', async ({ alice, client }) => {
    let aborted = false;
    const user = client(
      { token: alice.token },
      {
        fetch: (_input, init) =>
          new Promise((_resolve, reject) => {
            init.signal?.addEventListener('abort', () => {
              aborted = true;
              reject(init.signal?.reason as Error);
            });
          }),
      },
    );
    const subscription = user.users.getUser('me').subscribe();
    await new Promise((resolve) => setImmediate(resolve));
    subscription.unsubscribe();
    await new Promise((resolve) => setImmediate(resolve));
    expect(aborted).toBe(true);
  });

  rule('a base URL with a slash at its end is the same server', async ({ target, alice, client }) => {
    const user = client({ token: alice.token }, { url: `${target.url}/` });
    expect((await user.users.getUser('me')).id).toBe(alice.id);
  });

  rule('a wrong base URL is named instead of taken for an answer', async ({ target, alice, client }) => {
    const url = `${target.url}/no-such-place`;
    const user = client({ token: alice.token }, { url });
    const error = await refusal('getUser', user.users.getUser('me'), Error as unknown as typeof ProtocolError);
    if (isApiError(error)) throw new Unavailable('something before the server answers unknown paths');
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toContain(url);
  });

  rule('a server that is not there is a network error', async ({ alice, client }) => {
    const user = client({ token: alice.token }, { url: 'http://127.0.0.1:9' });
    await refusal('getUser', user.users.getUser('me').with({ retry: false }), NetworkError);
  });
};
