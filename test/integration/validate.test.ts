import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Interceptor } from '../../src/index.js';
import { eventSchema, MismatchError, validator } from '../../src/validate/index.js';
import { record } from '../conformance/kit/tape.js';
import { openStage, patienceMs } from './support/stage.js';

describe.each(['11.6', '5.37'] as const)('a strict client of an embedded %s', (version) => {
  it('finds nothing wrong in answers and events', async () => {
    const reports: string[] = [];
    const validate = validator({ report: ({ message }) => reports.push(message) });
    const { client, alice, bob, channelId, watch } = await openStage({ version });
    const { client: watcher } = await watch({ validate });
    const events = record(watcher.events.all$, patienceMs);
    const writer = client(alice.token, { validate });

    const post = await writer.posts.createPost({ channel_id: channelId, message: 'hello' });
    await writer.posts.patchPost(post.id, { message: 'hello again' });
    await writer.reactions.saveReaction({ user_id: alice.id, post_id: post.id, emoji_name: 'smile' });
    await writer.posts.createPost({ channel_id: channelId, root_id: post.id, message: 'more' });
    await writer.users.publishUserTyping(alice.id, { channel_id: channelId });
    await writer.channels.patchChannel(channelId, { header: 'news' });
    await writer.users.patchUser(alice.id, { nickname: 'Al' });
    await writer.posts.getPostThread(post.id);
    await watcher.users.getUsersByIds([alice.id, bob.id]);
    await watcher.channels.viewChannel(bob.id, { channel_id: channelId });
    await writer.posts.deletePost(post.id);
    await events.find('the post to be deleted', ({ event }) => event === 'post_deleted');

    expect(reports).toEqual([]);
    expect(events.items.map(({ event }) => event)).toEqual(
      expect.arrayContaining([
        'posted',
        'post_edited',
        'reaction_added',
        'channel_updated',
        'user_updated',
        'post_deleted',
      ]),
    );
  });

  it('does not get an event that does not fit, but a diagnostic', async () => {
    const validate = validator({ schemas: { posted: eventSchema('typing') } });
    const { client, alice, channelId, watch } = await openStage({ version });
    const { client: watcher } = await watch({ validate });
    const diagnostics = record(watcher.connection.diagnostics$, patienceMs);
    const events = record(watcher.events.on(['posted', 'post_deleted']), patienceMs);
    const writer = client(alice.token);
    const post = await writer.posts.createPost({ channel_id: channelId, message: 'hello' });
    await writer.posts.deletePost(post.id);
    await events.find('the post to be deleted', ({ event }) => event === 'post_deleted');
    expect(events.items.map(({ event }) => event)).not.toContain('posted');
    expect(diagnostics.items).toMatchObject([
      {
        type: 'unexpected-data',
        detail: expect.stringMatching(/^posted: \$\.data\.user_id: expected string, got nothing;/) as string,
      },
    ]);
  });

  it('gets an error instead of an answer that lacks something', async () => {
    const { client, alice } = await openStage({ version });
    const withoutName: Interceptor = (request, next) =>
      next(request).pipe(
        map((event) =>
          event.type === 'response' && typeof event.body === 'string'
            ? { ...event, body: event.body.replace('"username":', '"user_name":') }
            : event,
        ),
      );
    const strict = client(alice.token, { validate: validator(), interceptors: [withoutName] });
    await expect(strict.users.getUser('me')).rejects.toThrow(MismatchError);
    await expect(strict.users.getUser('me')).rejects.toThrow(
      'getUser: $.username: expected string, got nothing; $.user_name: expected nothing, got string',
    );
  });
});
