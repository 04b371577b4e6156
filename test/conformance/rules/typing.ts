import { Subject } from 'rxjs';
import { expect } from 'vitest';
import type { Chapter } from '../kit/rules.js';
import { openSocket } from '../kit/socket.js';
import type { World } from '../kit/world.js';
import type { Channel } from '../../../src/models/generated/entities.js';

/** Bob watches a new room that Alice is in as well; both are connected. */
async function watching(
  world: World,
): Promise<{ readonly room: Channel; readonly typists: ReturnType<typeof typistsOf> }> {
  const room = await world.room(world.alice, world.bob);
  await openSocket(world, world.bob.client);
  await openSocket(world, world.alice.client);
  const typists = typistsOf(world, room);
  await typists.find('nobody at first', (set) => set.size === 0);
  return { room, typists };
}

const typistsOf = (world: World, room: Channel) => world.record(world.bob.client.typing.in(room.id));

export const typing: Chapter = (rule) => {
  rule('who types over the socket is seen, and no longer once the time of the server has passed', async (world) => {
    const { room, typists } = await watching(world);
    await world.alice.client.typing.send(room.id).forEach(() => undefined);
    await typists.find('Alice', (set) => set.has(world.alice.id));
    await typists.when('nobody', (sets) => sets.at(-1)?.size === 0 && sets.length >= 3);
  });

  rule('who types over REST is seen', async (world) => {
    const { room, typists } = await watching(world);
    await world.alice.client.users.publishUserTyping(world.alice.id, { channel_id: room.id, parent_id: '' });
    await typists.find('Alice', (set) => set.has(world.alice.id));
  });

  rule('a post of the typist ends the typing at once', async (world) => {
    const { room, typists } = await watching(world);
    await world.alice.client.typing.send(room.id).forEach(() => undefined);
    await typists.find('Alice', (set) => set.has(world.alice.id));
    const posted = world.record(world.bob.client.events.on('posted', { channelId: room.id }));
    await world.alice.client.posts.createPost({ channel_id: room.id, message: 'done' });
    await posted.find('the post', ({ data }) => data.post.user_id === world.alice.id);
    expect(typists.items.at(-1)?.size).toBe(0);
  });

  rule('typing in a thread is not typing in the channel', async (world) => {
    const { room, typists } = await watching(world);
    const root = await world.alice.client.posts.createPost({ channel_id: room.id, message: 'root' });
    const inThread = world.record(world.bob.client.typing.in(room.id, { rootId: root.id }));
    await world.alice.client.typing.send(room.id, { rootId: root.id }).forEach(() => undefined);
    await inThread.find('Alice in the thread', (set) => set.has(world.alice.id));
    expect(typists.items.every((set) => set.size === 0)).toBe(true);
  });

  rule('many keystrokes send one notice, for each channel on its own, and pass through', async (world) => {
    const { room } = await watching(world);
    const other = await world.room(world.alice, world.bob);
    const notices = world.record(world.bob.client.events.on('typing', { userId: world.alice.id }));
    const keys$ = new Subject<string>();
    const passed = world.record(keys$.pipe(world.alice.client.typing.publish(room.id)));
    const elsewhere$ = new Subject<string>();
    world.record(elsewhere$.pipe(world.alice.client.typing.publish(other.id)));
    for (const key of 'keystrokes') keys$.next(key);
    elsewhere$.next('x');
    await notices.find('the notice of the other channel', ({ broadcast }) => broadcast.channel_id === other.id);
    expect(notices.items.filter(({ broadcast }) => broadcast.channel_id === room.id)).toHaveLength(1);
    expect(passed.items.join('')).toBe('keystrokes');
  });
};
