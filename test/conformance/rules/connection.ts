import { filter } from 'rxjs';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { AuthenticationError, type Channel, type Client } from '../../../src/index.js';
import { openSocket, readyAgain } from '../kit/socket.js';
import type { Chapter } from '../kit/rules.js';
import { unknownId } from '../kit/names.js';
import type { Person } from '../kit/people.js';
import type { World } from '../kit/world.js';

async function proxied(world: World, person: Person) {
  const proxy = await world.proxy();
  const client = world.client({ token: person.token }, { url: proxy.url });
  const gaps = world.record(client.events.gaps$);
  return { proxy, client, gaps };
}

/** Posts of people: system posts about new members come late. */
const postsOf = (client: Client, room: Channel) =>
  client.events.on('posted', { channelId: room.id }).pipe(filter(({ data }) => data.post.type === ''));

export const connection: Chapter = (rule) => {
  rule('a socket is ready with an id of the server, and that is no resume', async (world) => {
    const states = await openSocket(world, world.client({ token: world.alice.token }));
    expect(states.items.at(-1)).toMatchObject({
      status: 'ready',
      resumed: false,
      connectionId: expect.stringMatching(/^[a-z0-9]{26}$/) as string,
    });
  });

  rule('the socket opens with the first subscriber, and closes some time after the last', async (world) => {
    const client = world.client({ token: world.alice.token }, { idleCloseMs: 50 });
    const states = world.record(client.connection.state$);
    expect(states.items.map(({ status }) => status)).toEqual(['idle']);
    const first = client.events.on('posted').subscribe();
    const second = client.events.on('typing').subscribe();
    await states.find('the socket to be ready', ({ status }) => status === 'ready');
    first.unsubscribe();
    second.unsubscribe();
    await states.when('the socket to be idle again', (all) => all.at(-1)?.status === 'idle');
    expect(states.items.filter(({ status }) => status === 'ready').length).toBeGreaterThan(0);
    expect(states.end).toBeUndefined();
  });

  rule('an unknown token is rejected, not retried for ever, and the reason is given', async (world) => {
    const client = world.client({ token: unknownId() });
    const events = world.record(client.events.on('posted'));
    const open = world.record(client.connection.open());
    const states = world.record(client.connection.state$);
    await open.ended('the open() of a rejected credential');
    expect(open.end).toMatchObject({ kind: 'error', error: expect.any(AuthenticationError) as unknown });
    expect(states.items.at(-1)).toMatchObject({
      status: 'rejected',
      error: expect.any(AuthenticationError) as unknown,
    });
    expect(states.items.some(({ status }) => status === 'ready')).toBe(false);
    expect(events.end).toBeUndefined();
  });

  rule('a cut socket is resumed, and what was sent meanwhile comes in order and once', async (world) => {
    const room = await world.room(world.alice, world.bob);
    const { proxy, client, gaps } = await proxied(world, world.bob);
    const states = await openSocket(world, client);
    const posted = world.record(postsOf(client, room));
    const say = (message: string) => world.alice.client.posts.createPost({ channel_id: room.id, message });
    await say('before');
    await posted.find('the post before the cut', ({ data }) => data.post.message === 'before');
    const seen = states.items.length;
    proxy.refuse(true);
    proxy.cut();
    await say('during 1');
    await say('during 2');
    proxy.refuse(false);
    const ready = await readyAgain(states, seen);
    await say('after');
    await posted.find('the post after the cut', ({ data }) => data.post.message === 'after');
    expect(posted.items.map(({ data }) => data.post.message)).toEqual(['before', 'during 1', 'during 2', 'after']);
    expect(ready.resumed).toBe(true);
    expect(gaps.items).toEqual([]);
  });

  rule('a silent loss of the network is noticed by the heartbeat, and nothing is lost without a gap', async (world) => {
    const room = await world.room(world.alice, world.bob);
    const { proxy, client, gaps } = await proxied(world, world.bob);
    const states = await openSocket(world, client);
    const posted = world.record(postsOf(client, room));
    const say = (message: string) => world.alice.client.posts.createPost({ channel_id: room.id, message });
    const seen = states.items.length;
    proxy.stall();
    await say('into the void');
    const ready = await readyAgain(states, seen);
    await say('after');
    await posted.find('the post after the stall', ({ data }) => data.post.message === 'after');
    const delivered = posted.items.some(({ data }) => data.post.message === 'into the void');
    expect(delivered || gaps.items.length > 0).toBe(true);
    expect(ready.resumed).toBe(gaps.items.length === 0);
  });

  rule('a connection that could not be resumed is a gap that says so', async (world) => {
    const { proxy, client, gaps } = await proxied(world, world.bob);
    const states = await openSocket(world, client);
    const first = states.items.at(-1)?.connectionId;
    const seen = states.items.length;
    proxy.cut({ deaf: true });
    const ready = await readyAgain(states, seen);
    expect(ready.resumed).toBe(false);
    expect(ready.connectionId).not.toBe(first);
    const gap = await gaps.find('a gap', () => true);
    expect(gap.scope).toEqual({ kind: 'all' });
    expect(gap.untilMs).toBeGreaterThanOrEqual(gap.sinceMs ?? 0);
  });

  rule('a server that refuses is waited for, with the attempt and the reason in the state', async (world) => {
    const { proxy, client } = await proxied(world, world.bob);
    const states = await openSocket(world, client);
    const seen = states.items.length;
    proxy.refuse(true);
    proxy.cut();
    const waiting = await states.find('a second attempt', (state) => state.status === 'waiting' && state.attempt >= 2);
    expect(waiting).toMatchObject({ reason: expect.any(String) as string, retryAtMs: expect.any(Number) as number });
    proxy.refuse(false);
    await readyAgain(states, seen);
  });

  rule('posts of another at fifty a second survive one cut after the other', async (world) => {
    const room = await world.room(world.alice, world.bob);
    const { proxy, client, gaps } = await proxied(world, world.bob);
    const states = await openSocket(world, client);
    const posted = world.record(postsOf(client, room));
    const total = 150;
    const cuts = new Set([30, 60, 90, 120]);
    const sent: PromiseLike<unknown>[] = [];
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        sent.push(
          world.alice.client.posts.createPost({ channel_id: room.id, message: `n${sent.length}` }).then(() => 0),
        );
        if (cuts.has(sent.length)) proxy.cut();
        if (sent.length < total) return;
        clearInterval(timer);
        resolve();
      }, 20);
    });
    await Promise.all(sent);
    await readyAgain(states, 1);
    await world.alice.client.posts.createPost({ channel_id: room.id, message: 'the end' });
    await posted.find('the last post', ({ data }) => data.post.message === 'the end');
    const ids = posted.items.map(({ data }) => data.post.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(states.items.filter(({ status }) => status === 'waiting').length).toBeGreaterThanOrEqual(cuts.size);
    if (gaps.items.length === 0) expect(ids).toHaveLength(total + 1);
    expect(gaps.items.every(({ reason }) => reason === 'fresh-connection')).toBe(true);
  });

  rule('where the upgrade cannot carry the token, a challenge does, and a cut is a gap', async (world) => {
    const proxy = await world.proxy();
    const client = world.client({ token: world.bob.token }, { url: proxy.url, WebSocket });
    const gaps = world.record(client.events.gaps$);
    const states = await openSocket(world, client);
    const seen = states.items.length;
    proxy.cut();
    expect((await readyAgain(states, seen)).resumed).toBe(false);
    await gaps.find('a gap', () => true);
  });
};
