import { expect } from 'vitest';
import { ForbiddenError } from '../../../src/index.js';
import { listen } from '../kit/ear.js';
import { refusal, refusedWith } from '../kit/refusal.js';
import type { Chapter } from '../kit/rules.js';
import { randomName } from '../kit/names.js';

/** Channels and teams as people use them, and the events that others get. */
export const channels: Chapter = (rule) => {
  rule(
    'a channel is created, filled, changed, archived and restored, and its members get each event',
    async (world) => {
      const { admin, alice, bob, team, needAdmin } = world;
      const ear = await listen(world, bob.client);
      const { channels } = alice.client;
      const name = randomName('conf');
      const made = await channels.createChannel({ team_id: team.id, name, display_name: 'Before', type: 'O' });
      expect(await channels.getChannelByName(team.id, name)).toMatchObject({ id: made.id, creator_id: alice.id });
      const member = await channels.addChannelMember(made.id, { user_id: bob.id });
      expect(member).toMatchObject({ channel_id: made.id, user_id: bob.id });
      await ear.hears(
        'user_added',
        ({ broadcast, data }) => broadcast.channel_id === made.id && data.user_id === bob.id,
      );
      const patched = await channels.patchChannel(made.id, { display_name: 'After', header: 'head', purpose: 'aim' });
      expect(patched).toMatchObject({ display_name: 'After', header: 'head', purpose: 'aim' });
      await ear.hears('channel_updated', ({ broadcast }) => broadcast.channel_id === made.id);
      expect((await channels.getChannelStats(made.id)).member_count).toBe(2);
      await channels.deleteChannel(made.id);
      await ear.hears('channel_deleted', ({ data }) => data.channel_id === made.id);
      expect((await channels.getChannel(made.id)).delete_at).toBeGreaterThan(0);
      needAdmin();
      expect(await admin.channels.restoreChannel(made.id)).toMatchObject({ id: made.id });
      await ear.hears('channel_restored', ({ data }) => data.channel_id === made.id);
      expect((await channels.getChannel(made.id)).delete_at).toBe(0);
    },
  );

  rule('a removed member gets the event, and can no longer read a private channel', async (world) => {
    const { alice, bob, team } = world;
    const { channels, posts } = alice.client;
    const name = randomName('conf');
    const room = await channels.createChannel({ team_id: team.id, name, display_name: name, type: 'P' });
    await refusedWith('getChannel', bob.client.channels.getChannel(room.id), 403, 404);
    await channels.addChannelMember(room.id, { user_id: bob.id });
    await posts.createPost({ channel_id: room.id, message: 'among us' });
    expect((await bob.client.posts.getPostsForChannel(room.id)).order.length).toBeGreaterThan(0);
    const ear = await listen(world, bob.client);
    await channels.removeUserFromChannel(room.id, bob.id);
    await ear.hears('user_removed', ({ data }) => data.channel_id === room.id);
    await refusal('getPostsForChannel', bob.client.posts.getPostsForChannel(room.id), ForbiddenError);
    await channels.deleteChannel(room.id);
  });

  rule('unread counts grow with posts and are reset by viewing, on all devices', async (world) => {
    const { alice, bob } = world;
    const ear = await listen(world, bob.client);
    const room = await world.room(alice, bob);
    // The post about a new member comes late and mentions them.
    await ear.hears(
      'posted',
      ({ data }) => data.post.channel_id === room.id && data.post.props['addedUserId'] === bob.id,
    );
    await bob.client.channels.viewChannel(bob.id, { channel_id: room.id });
    await alice.client.posts.createPost({ channel_id: room.id, message: `look @${bob.username}` });
    await ear.hears('posted', ({ data }) => data.post.channel_id === room.id && data.post.user_id === alice.id);
    const unread = await bob.client.channels.getChannelUnread(bob.id, room.id);
    expect(unread).toMatchObject({ msg_count: 1, mention_count: 1 });
    expect(await bob.client.channels.viewChannel(bob.id, { channel_id: room.id })).toMatchObject({ status: 'OK' });
    expect(await bob.client.channels.getChannelUnread(bob.id, room.id)).toMatchObject({
      msg_count: 0,
      mention_count: 0,
    });
    const root = await alice.client.posts.createPost({ channel_id: room.id, message: 'one more' });
    await bob.client.posts.setPostUnread(bob.id, root.id, {});
    const event = await ear.hears('post_unread', ({ data }) => data.post_id === root.id);
    expect(event.data.last_viewed_at).toBeLessThan(root.create_at);
  });

  rule('a direct channel is the same for both users, and a group channel for all members', async (world) => {
    const { alice, bob, carol } = world;
    const ear = await listen(world, carol.client);
    const direct = await alice.client.channels.createDirectChannel([alice.id, carol.id]);
    expect((await carol.client.channels.createDirectChannel([carol.id, alice.id])).id).toBe(direct.id);
    await alice.client.posts.createPost({ channel_id: direct.id, message: 'between us' });
    await ear.hears('posted', ({ data }) => data.post.channel_id === direct.id && data.channel_type === 'D');
    const group = await alice.client.channels.createGroupChannel([bob.id, carol.id]);
    expect(group.type).toBe('G');
    await alice.client.posts.createPost({ channel_id: group.id, message: 'among us' });
    await ear.hears('posted', ({ data }) => data.post.channel_id === group.id && data.channel_type === 'G');
  });

  rule('a team is created, joined, changed, left and archived, and its members get the events', async (world) => {
    const { admin, carol, needAdmin } = world;
    needAdmin();
    const ear = await listen(world, carol.client);
    const name = randomName('conf');
    const team = await admin.teams.createTeam({ name, display_name: 'Before', type: 'O' });
    expect(await admin.teams.teamExists(name)).toEqual({ exists: true });
    expect(await admin.teams.addTeamMember(team.id, { team_id: team.id, user_id: carol.id })).toMatchObject({
      user_id: carol.id,
    });
    await ear.hears('added_to_team', ({ data }) => data.team_id === team.id);
    expect((await carol.client.teams.getTeamsForUser(carol.id)).map(({ id }) => id)).toContain(team.id);
    expect(await admin.teams.patchTeam(team.id, { display_name: 'After' })).toMatchObject({ display_name: 'After' });
    await ear.hears('update_team', ({ data }) => data.team.id === team.id && data.team.display_name === 'After');
    await admin.teams.updateTeamMemberRoles(team.id, carol.id, { roles: 'team_user team_admin' });
    await ear.hears('memberrole_updated', ({ data }) => data.member.team_id === team.id);
    await carol.client.teams.removeTeamMember(team.id, carol.id);
    await ear.hears('leave_team', ({ data }) => data.team_id === team.id);
    await refusal('patchTeam', carol.client.teams.patchTeam(team.id, { display_name: 'x' }), ForbiddenError);
    await admin.teams.softDeleteTeam(team.id);
    expect((await admin.teams.getTeam(team.id)).delete_at).toBeGreaterThan(0);
  });

  rule(
    'categories of the sidebar are created, changed and removed, and other devices of the user get the events',
    async (world) => {
      const { alice, team, channel } = world;
      const ear = await listen(world, alice.client);
      const { channels } = alice.client;
      const mine = { user_id: alice.id, team_id: team.id };
      const made = await channels.createSidebarCategoryForTeamForUser(alice.id, team.id, {
        ...mine,
        display_name: 'Before',
        type: 'custom',
        channel_ids: [channel.id],
      });
      await ear.hears('sidebar_category_created', ({ data }) => data.category_id === made.id);
      await channels.updateSidebarCategoryForTeamForUser(alice.id, team.id, made.id, {
        ...made,
        display_name: 'After',
      });
      await ear.hears('sidebar_category_updated');
      const { categories } = await channels.getSidebarCategoriesForTeamForUser(alice.id, team.id);
      expect(categories.find(({ id }) => id === made.id)).toMatchObject({
        display_name: 'After',
        channel_ids: [channel.id],
      });
      await channels.removeSidebarCategoryForTeamForUser(alice.id, team.id, made.id);
      await ear.hears('sidebar_category_deleted', ({ data }) => data.category_id === made.id);
    },
  );
};
