import { expect } from 'vitest';
import { ActionError, ValidationError } from '../../../src/index.js';
import { lastValueFrom } from 'rxjs';
import { refusal } from '../kit/refusal.js';
import type { Chapter } from '../kit/rules.js';
import { openSocket } from '../kit/socket.js';
import { unknownId } from '../kit/names.js';

export const events: Chapter = (rule) => {
  rule('an event is decoded: the post of `posted` is an object, and its channel is known', async (world) => {
    const room = await world.room(world.alice, world.bob);
    await openSocket(world, world.bob.client);
    const posted = world.record(world.bob.client.events.on('posted', { channelId: room.id }));
    const post = await world.alice.client.posts.createPost({ channel_id: room.id, message: 'héllo <&> \u2028' });
    const event = await posted.find('the post', ({ data }) => data.post.id === post.id);
    expect(event.data.post).toMatchObject({
      message: 'héllo <&> \u2028',
      user_id: world.alice.id,
      channel_id: room.id,
    });
    expect(event.broadcast.channel_id).toBe(room.id);
  });

  rule(
    'a scope holds back what happens elsewhere, and edits, deletions and reactions come by their names',
    async (world) => {
      const here = await world.room(world.alice, world.bob);
      const there = await world.room(world.alice, world.bob);
      await openSocket(world, world.bob.client);
      const names = ['posted', 'post_edited', 'post_deleted'] as const;
      const scoped = world.record(world.bob.client.events.on(names, { channelId: here.id }));
      const all = world.record(world.bob.client.events.all$);
      const { posts } = world.alice.client;
      await posts.createPost({ channel_id: there.id, message: 'there' });
      const post = await posts.createPost({ channel_id: here.id, message: 'here' });
      await posts.patchPost(post.id, { message: 'here, edited' });
      await posts.deletePost(post.id);
      await scoped.find('the deletion', ({ event }) => event === 'post_deleted');
      expect(new Set(scoped.items.map(({ event }) => event))).toEqual(new Set(names));
      expect(scoped.items.every(({ broadcast }) => broadcast.channel_id === here.id)).toBe(true);
      await all.find(
        'the post elsewhere',
        ({ event, broadcast }) => event === 'posted' && broadcast.channel_id === there.id,
      );
    },
  );

  rule('an event about a user reaches a scope of that user', async (world) => {
    const someone = await world.person();
    await openSocket(world, world.bob.client);
    const about = world.record(world.bob.client.events.on('user_updated', { userId: someone.id }));
    await world.alice.client.users.patchUser(world.alice.id, { nickname: 'not the one' });
    await someone.client.users.patchUser(someone.id, { nickname: 'the one' });
    const event = await about.find('the update', () => true);
    expect(event.data.user).toMatchObject({ id: someone.id, nickname: 'the one' });
  });

  rule('a ping is answered with the version and the clock of the server', async (world) => {
    await openSocket(world, world.alice.client);
    const reply = (await lastValueFrom(world.alice.client.request('ping'))) as Record<string, unknown>;
    expect(reply['text']).toBe('pong');
    expect(reply['server_time']).toEqual(expect.any(Number));
    expect(String(reply['version'])).toContain(world.config['Version']);
  });

  rule('actions are answered: statuses by id, and being active', async (world) => {
    const { alice, bob } = world;
    await openSocket(world, alice.client);
    const statuses = await lastValueFrom(alice.client.request('get_statuses_by_ids', { user_ids: [bob.id] }));
    expect(Object.keys(statuses as object)).toEqual([bob.id]);
    await lastValueFrom(alice.client.request('user_update_active_status', { user_is_active: true }));
    expect(await lastValueFrom(alice.client.request('get_statuses'))).toEqual(expect.any(Object));
  });

  rule('a refused action fails with the id of the server, and the socket goes on', async (world) => {
    const { client } = world.alice;
    await openSocket(world, client);
    const ask = (action: string, data?: Record<string, unknown>) => lastValueFrom(client.request(action, data));
    const unknown = await refusal('no_such_action', ask('no_such_action'), ActionError);
    expect(unknown).toMatchObject({
      action: 'no_such_action',
      status: 500,
      id: 'api.web_socket_router.bad_action.app_error',
    });
    const invalid = await refusal('user_typing', ask('user_typing', { channel_id: unknownId() }), ActionError);
    expect(invalid).toMatchObject({ status: 400, id: 'api.websocket_handler.invalid_param.app_error' });
    await refusal('user_update_active_status', ask('user_update_active_status', {}), ActionError);
    await ask('ping');
  });

  rule(
    'a request that the server would answer by closing the socket is refused here, and the socket goes on',
    async (world) => {
      const { client } = world.alice;
      const states = await openSocket(world, client);
      const ready = states.items.length;
      const ask = (action: string, data?: unknown) =>
        lastValueFrom(client.request(action, data as Record<string, unknown>));
      await refusal('ping', ask('ping', { text: 'x'.repeat(8_192) }), ValidationError);
      await refusal('ping', ask('ping', ['an', 'array']), ValidationError);
      await refusal('posted_notify_ack', ask('posted_notify_ack', { status: 7 }), ValidationError);
      await ask('ping');
      expect(states.items.slice(ready).every(({ status }) => status === 'ready')).toBe(true);
    },
  );
};
