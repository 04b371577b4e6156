import { expect } from 'vitest';
import { ForbiddenError, NotFoundError } from '../../../src/index.js';
import { listen } from '../kit/ear.js';
import { refusal } from '../kit/refusal.js';
import type { Chapter } from '../kit/rules.js';
import { unknownId } from '../kit/names.js';

/** Posts, threads, reactions, preferences and status as people use them, and the events that others get. */
export const posts: Chapter = (rule) => {
  rule('a post is written, read, edited, pinned and deleted, and others get each event', async (world) => {
    const { alice, bob } = world;
    const room = await world.room(alice, bob);
    const ear = await listen(world, bob.client);
    const { posts } = alice.client;
    const post = await posts.createPost({ channel_id: room.id, message: 'first', props: { from: 'the suite' } });
    await ear.hears('posted', ({ data }) => data.post.id === post.id && data.sender_name.includes(alice.username));
    expect(await bob.client.posts.getPost(post.id)).toMatchObject({ message: 'first', props: { from: 'the suite' } });
    const edited = await posts.patchPost(post.id, { message: 'second' });
    expect(edited.edit_at).toBeGreaterThan(0);
    await ear.hears('post_edited', ({ data }) => data.post.id === post.id && data.post.message === 'second');
    await posts.pinPost(post.id);
    expect((await bob.client.channels.getPinnedPosts(room.id)).order).toEqual([post.id]);
    await posts.unpinPost(post.id);
    await refusal('patchPost', bob.client.posts.patchPost(post.id, { message: 'not mine' }), ForbiddenError);
    await posts.deletePost(post.id);
    await ear.hears('post_deleted', ({ data }) => data.post.id === post.id);
    await refusal('getPost', bob.client.posts.getPost(post.id), NotFoundError);
    await refusal('getPost', bob.client.posts.getPost(unknownId()), NotFoundError);
  });

  rule('a reaction is added and removed, and others get the events', async (world) => {
    const { alice, bob } = world;
    const room = await world.room(alice, bob);
    const ear = await listen(world, bob.client);
    const post = await bob.client.posts.createPost({ channel_id: room.id, message: 'react' });
    const reaction = { user_id: alice.id, post_id: post.id, emoji_name: 'smile' };
    expect(await alice.client.reactions.saveReaction(reaction)).toMatchObject(reaction);
    await ear.hears('reaction_added', ({ data }) => data.reaction.post_id === post.id);
    expect(await bob.client.reactions.getReactions(post.id)).toMatchObject([reaction]);
    await alice.client.reactions.deleteReaction(alice.id, post.id, 'smile');
    await ear.hears('reaction_removed', ({ data }) => data.reaction.post_id === post.id);
    expect(await bob.client.reactions.getReactions(post.id)).toEqual([]);
  });

  rule('an ephemeral message reaches one user, and is never stored', async (world) => {
    world.needAdmin();
    const { admin, alice } = world;
    const room = await world.room(alice);
    const ear = await listen(world, alice.client);
    const post = { channel_id: room.id, message: 'for your eyes' };
    await admin.posts.createPostEphemeral({ user_id: alice.id, post });
    const { data } = await ear.hears('ephemeral_message', (event) => event.data.post.message === post.message);
    await refusal('getPost', alice.client.posts.getPost(data.post.id), NotFoundError);
  });

  rule('a thread counts its replies, lists them in order, and is followed and left', async (world) => {
    const { alice, bob, team, config } = world;
    const room = await world.room(alice, bob);
    const ear = await listen(world, alice.client);
    const root = await alice.client.posts.createPost({ channel_id: room.id, message: 'root' });
    const replies: string[] = [];
    for (let n = 0; n < 5; n++) {
      const reply = await bob.client.posts.createPost({ channel_id: room.id, root_id: root.id, message: `reply ${n}` });
      replies.push(reply.id);
    }
    await ear.hears('posted', ({ data }) => data.post.id === replies.at(-1));
    // Old servers count only in lists.
    const { posts } = await alice.client.posts.getPostThread(root.id);
    expect(posts[root.id]?.reply_count).toBe(5);
    const seen: string[] = [];
    for await (const { id } of alice.client.posts.getPostThread(root.id, { perPage: 2 }).items()) seen.push(id);
    expect(new Set(seen)).toEqual(new Set([root.id, ...replies]));
    expect(seen).toHaveLength(6);
    world.need(config['CollapsedThreads'] !== 'disabled', 'threads are switched off');
    const { threads } = bob.client;
    await threads.startFollowingThread(bob.id, team.id, root.id);
    expect(await threads.getUserThread(bob.id, team.id, root.id)).toMatchObject({ id: root.id, reply_count: 5 });
    await threads.stopFollowingThread(bob.id, team.id, root.id);
    await refusal('getUserThread', threads.getUserThread(bob.id, team.id, root.id), NotFoundError);
  });

  rule('preferences are set and removed, and other devices of the user get the events', async (world) => {
    const { alice } = world;
    const ear = await listen(world, alice.client);
    const preference = { user_id: alice.id, category: 'display_settings', name: 'conformance', value: 'on' };
    const { preferences } = alice.client;
    expect(await preferences.updatePreferences(alice.id, [preference])).toEqual({ status: 'OK' });
    await ear.hears('preferences_changed', ({ data }) => data.preferences.some(({ name }) => name === 'conformance'));
    expect(await preferences.getPreferencesByCategoryByName(alice.id, 'display_settings', 'conformance')).toEqual(
      preference,
    );
    await preferences.deletePreferences(alice.id, [preference]);
    await ear.hears('preferences_deleted', ({ data }) => data.preferences.some(({ name }) => name === 'conformance'));
  });

  rule('a custom status shows in the profile until it is removed, and others get the events', async (world) => {
    const { alice, bob, config } = world;
    world.need(config['EnableCustomUserStatuses'] === 'true', 'custom statuses are switched off');
    const ear = await listen(world, bob.client);
    const { status } = alice.client;
    await status.updateUserCustomStatus(alice.id, {
      emoji: 'palm_tree',
      text: 'Away',
      duration: 'one_hour',
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
    await ear.hears(
      'user_updated',
      ({ data }) => data.user.id === alice.id && (data.user.props?.['customStatus'] ?? '').includes('palm_tree'),
    );
    await status.unsetUserCustomStatus(alice.id);
    expect((await bob.client.users.getUser(alice.id)).props?.['customStatus'] ?? '').toBe('');
  });

  rule(
    'a draft is stored and deleted, and other devices of the user get the events, where the server keeps drafts',
    async (world) => {
      const { alice, channel, team, since, config } = world;
      world.need(since(7, 7) && config['AllowSyncedDrafts'] !== 'false', 'the server keeps no drafts');
      const ear = await listen(world, alice.client);
      const { drafts } = alice.client;
      expect(await drafts.upsertDraft({ channel_id: channel.id, message: 'unfinished' })).toMatchObject({
        message: 'unfinished',
      });
      expect((await drafts.getDrafts(alice.id, team.id)).map(({ message }) => message)).toContain('unfinished');
      await drafts.deleteDraft(alice.id, channel.id);
      await ear.hears('draft_deleted', ({ data }) => data.draft.channel_id === channel.id);
      expect((await drafts.getDrafts(alice.id, team.id)).filter(({ channel_id: id }) => id === channel.id)).toEqual([]);
    },
  );
};
