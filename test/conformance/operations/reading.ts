import { expect } from 'vitest';
import { BadRequestError, ForbiddenError, NotFoundError } from '../../../src/index.js';
import { refusal, refusedWith } from '../kit/refusal.js';
import { unknownId } from '../kit/names.js';
import type { OperationRules } from './names.js';

type Reading =
  | 'autocompleteUsers'
  | 'getChannelMembersWithTeamDataForUser'
  | 'getKnownUsers'
  | 'getTotalUsersStats'
  | 'getTotalUsersStatsFiltered'
  | 'getUploadsForUser'
  | 'getUser'
  | 'getUserAudits'
  | 'getUserByEmail'
  | 'getUserByUsername'
  | 'getUsers'
  | 'getUsersByGroupChannelIds'
  | 'getUsersByIds'
  | 'getUsersByUsernames'
  | 'searchUsers';

export const reading: OperationRules<Reading> = {
  getUser: [
    'gives a user by id and by the alias me, 404 for an unknown id, 400 for a malformed one',
    async ({ alice, bob }) => {
      expect((await alice.client.users.getUser('me')).id).toBe(alice.id);
      expect((await alice.client.users.getUser(bob.id)).username).toBe(bob.username);
      const unknown = await refusal('getUser', alice.client.users.getUser(unknownId()), NotFoundError);
      expect(unknown).toMatchObject({ status: 404, id: 'app.user.missing_account.const', operation: 'getUser' });
      const malformed = await refusal('getUser', alice.client.users.getUser('bad'), BadRequestError);
      expect(malformed.id).toBe('api.context.invalid_url_param.app_error');
    },
  ],
  getUserByUsername: [
    'gives a user by name, 404 for an unknown one',
    async ({ alice, bob }) => {
      expect((await alice.client.users.getUserByUsername(bob.username)).id).toBe(bob.id);
      await refusal('getUserByUsername', alice.client.users.getUserByUsername('no-such-user'), NotFoundError);
    },
  ],
  getUserByEmail: [
    'gives a user by address (to a system admin at least), 404 for an unknown one',
    async ({ admin, bob, needAdmin }) => {
      needAdmin();
      expect((await admin.users.getUserByEmail(bob.email)).id).toBe(bob.id);
      await refusal('getUserByEmail', admin.users.getUserByEmail('nobody@example.test'), NotFoundError);
    },
  ],
  getUsers: [
    'gives the members of a team and a channel, and those outside of them',
    async ({ admin, alice, bob, carol, team, channel, needAdmin }) => {
      const ids = (users: readonly { readonly id: string }[]): string[] => users.map(({ id }) => id);
      const inTeam = ids(await alice.client.users.getUsers({ in_team: team.id, per_page: 200 }));
      expect(inTeam).toEqual(expect.arrayContaining([alice.id, bob.id]));
      expect(inTeam).not.toContain(carol.id);
      expect(ids(await alice.client.users.getUsers({ in_channel: channel.id }))).toContain(bob.id);
      const odd = await refusedWith('getUsers', alice.client.users.getUsers({ sort: 'nonsense' }), 400);
      expect(odd.id).toBe('api.context.invalid_url_param.app_error');
      needAdmin();
      const outside = ids(await admin.users.getUsers({ not_in_team: team.id, per_page: 200 }));
      expect(outside).not.toContain(alice.id);
    },
  ],
  getUsersByIds: [
    'gives the known ones of some ids, 400 for none',
    async ({ alice, bob }) => {
      const users = await alice.client.users.getUsersByIds([bob.id, alice.id, unknownId()]);
      expect(users.map(({ id }) => id).sort()).toEqual([alice.id, bob.id].sort());
      const later = await alice.client.users.getUsersByIds([bob.id], { since: Date.now() + 600_000 });
      expect(later).toEqual([]);
      await refusal('getUsersByIds', alice.client.users.getUsersByIds([]), BadRequestError);
    },
  ],
  getUsersByUsernames: [
    'gives the known ones of some names, 400 for none',
    async ({ alice, bob }) => {
      const users = await alice.client.users.getUsersByUsernames([bob.username, 'no-such-user']);
      expect(users.map(({ id }) => id)).toEqual([bob.id]);
      await refusal('getUsersByUsernames', alice.client.users.getUsersByUsernames([]), BadRequestError);
    },
  ],
  getUsersByGroupChannelIds: [
    'gives the other members of each group channel',
    async ({ admin, alice, bob, carol, needAdmin }) => {
      needAdmin();
      const group = await admin.channels.createGroupChannel([alice.id, bob.id, carol.id]);
      const byChannel = await alice.client.users.getUsersByGroupChannelIds([group.id]);
      const others = byChannel[group.id]?.map(({ id }) => id) ?? [];
      expect(others).toEqual(expect.arrayContaining([bob.id, carol.id]));
      expect(others).not.toContain(alice.id);
    },
  ],
  getKnownUsers: [
    'gives the ids of those who share a channel with the caller',
    async ({ alice, bob }) => {
      expect(await alice.client.users.getKnownUsers()).toContain(bob.id);
    },
  ],
  searchUsers: [
    'finds a member by a part of the name, within a team, 400 for an empty term',
    async ({ alice, bob, carol, team }) => {
      const found = await alice.client.users.searchUsers({ term: bob.username.slice(0, 12), team_id: team.id });
      expect(found.map(({ id }) => id)).toEqual([bob.id]);
      expect(await alice.client.users.searchUsers({ term: carol.username, team_id: team.id })).toEqual([]);
      await refusal('searchUsers', alice.client.users.searchUsers({ term: '' }), BadRequestError);
    },
  ],
  autocompleteUsers: [
    'completes within a team, under the names that the server reads and under the documented ones',
    async ({ alice, bob, carol, team, channel }) => {
      const { users } = alice.client;
      const read = await users.autocompleteUsers({ in_team: team.id, in_channel: channel.id, name: bob.username });
      expect(read.users.map(({ id }) => id)).toEqual([bob.id]);
      const documented = await users.autocompleteUsers({ team_id: team.id, name: carol.username });
      expect(documented.users).toEqual([]);
    },
  ],
  getTotalUsersStats: [
    'counts the users',
    async ({ alice }) => {
      expect((await alice.client.users.getTotalUsersStats()).total_users_count).toBeGreaterThanOrEqual(4);
    },
  ],
  getTotalUsersStatsFiltered: [
    'counts the users of a team for an admin, 403 for others',
    async ({ admin, alice, team, needAdmin }) => {
      await refusal('getTotalUsersStatsFiltered', alice.client.users.getTotalUsersStatsFiltered(), ForbiddenError);
      needAdmin();
      const { total_users_count: count } = await admin.users.getTotalUsersStatsFiltered({ in_team: team.id });
      const members = await admin.teams.getTeamMembers(team.id, { per_page: 200 });
      expect(count).toBe(members.length);
    },
  ],
  getUserAudits: [
    'lists what a user did, 403 for others, and never answers null',
    async ({ alice, bob, carol }) => {
      expect(Array.isArray(await alice.client.users.getUserAudits(alice.id))).toBe(true);
      expect(Array.isArray(await carol.client.users.getUserAudits(carol.id, { page: 90 }))).toBe(true);
      await refusal('getUserAudits', bob.client.users.getUserAudits(alice.id), ForbiddenError);
    },
  ],
  getUploadsForUser: [
    'lists the open uploads of the caller, 403 for others',
    async ({ alice, bob }) => {
      expect(await alice.client.users.getUploadsForUser(alice.id)).toEqual([]);
      const error = await refusal('getUploadsForUser', bob.client.users.getUploadsForUser(alice.id), ForbiddenError);
      expect(error.id).toBe('api.user.get_uploads_for_user.forbidden.app_error');
    },
  ],
  getChannelMembersWithTeamDataForUser: [
    'lists the memberships with their team by pages and as a whole, or says that the server is too old',
    async ({ alice, channel, team, since }) => {
      const { users } = alice.client;
      if (!since(6, 2)) {
        const error = await refusal(
          'getChannelMembersWithTeamDataForUser',
          users.getChannelMembersWithTeamDataForUser(alice.id),
          NotFoundError,
        );
        expect(error.id).toBe('api.context.404.app_error');
        return;
      }
      const rows = await users.getChannelMembersWithTeamDataForUser(alice.id, { page: 0, per_page: 50 });
      expect(rows.find((row) => row.channel_id === channel.id)).toMatchObject({
        user_id: alice.id,
        team_name: team.name,
      });
      const whole = await users.getChannelMembersWithTeamDataForUser(alice.id, { page: -1 });
      expect(whole.map((row) => row.channel_id).sort()).toEqual(rows.map((row) => row.channel_id).sort());
    },
  ],
};
