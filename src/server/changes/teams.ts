import { toJson } from '../base/to-json.js';
import { toTeam } from '../shapes/place.js';
import { memberKey } from '../store/places.js';
import type { TeamMemberRow, TeamRow } from '../store/places.js';
import type { World } from '../world.js';
import { addChannel, defaultChannels, putMember, removeChannel } from './channels.js';
import { addSystemPost, nameOf, postAboutJoining } from './system-posts.js';

export type NewTeam = Partial<TeamRow> & Pick<TeamRow, 'name' | 'display_name'>;

/** Creates a team with its default channels and without members. */
export function addTeam(world: World, given: NewTeam): TeamRow {
  const { store, chance, clock } = world;
  const now = clock.now();
  const team = store.teams.put({
    id: chance.id(),
    create_at: now,
    update_at: now,
    delete_at: 0,
    description: '',
    email: '',
    type: 'O',
    company_name: '',
    allowed_domains: '',
    invite_id: chance.id(),
    allow_open_invite: false,
    last_team_icon_update: 0,
    scheme_id: null,
    ...given,
  });
  for (const channel of defaultChannels) addChannel(world, { ...channel, type: 'O', team_id: team.id });
  return team;
}

/** How a user joins a team: alone, or added by another user. */
export interface Joining {
  readonly byId?: string;
  readonly admin?: boolean;
  /** Sends `added_to_team` twice, as endpoints that add members do (protocol §3.3). */
  readonly twice?: boolean;
}

/** Adds a user to a team and its default channels. `twice` sends the event again to a user who is a member already. */
export function joinTeam(world: World, team: TeamRow, userId: string, joining: Joining = {}): TeamMemberRow {
  const { store, clock } = world;
  const { byId = userId, admin = false, twice = false } = joining;
  const key = memberKey(team.id, userId);
  const old = store.teamMembers.get(key);
  const added = { event: 'added_to_team', data: { team_id: team.id, user_id: userId }, to: { userId } };
  if (old?.delete_at === 0) {
    if (twice) store.emit(added);
    return old;
  }
  const member = store.teamMembers.put({
    team_id: team.id,
    user_id: userId,
    explicit_roles: '',
    scheme_guest: false,
    scheme_user: true,
    scheme_admin: admin,
    create_at: clock.now(),
    delete_at: 0,
  });
  const user = store.users.get(userId);
  if (user) store.users.patch(userId, { update_at: clock.now() });
  for (const { name } of defaultChannels) {
    const channel = store.channels.where('name', name).find(({ team_id }) => team_id === team.id);
    if (!channel || store.inChannel(channel.id, userId)) continue;
    putMember(world, channel, userId, { scheme_admin: admin });
    postAboutJoining(world, channel, userId, byId, name === 'town-square' ? 'team' : 'channel');
    store.emit({ event: 'user_added', data: { team_id: team.id, user_id: userId }, to: { channelId: channel.id } });
  }
  store.emit(added);
  if (twice) store.emit(added);
  return member;
}

/** A user leaves a team and its channels, or is removed from them. */
export function leaveTeam(world: World, team: TeamRow, userId: string, byId: string): void {
  const { store, clock, modern } = world;
  const username = nameOf(world, userId);
  for (const channel of store.channels.where('team', team.id))
    if (channel.name !== 'town-square') store.channelMembers.delete(memberKey(channel.id, userId));
  const town = store.channels.where('name', 'town-square').find(({ team_id }) => team_id === team.id);
  if (town) {
    const left = userId === byId;
    addSystemPost(
      world,
      town,
      userId,
      left ? 'system_leave_team' : 'system_remove_from_team',
      left ? `${username} left the team.` : `${username} removed from the team.`,
      { username },
    );
    store.channelMembers.delete(memberKey(town.id, userId));
  }
  const event = 'leave_team';
  const data = { team_id: team.id, user_id: userId };
  if (modern) {
    store.emit({ event, data, to: { teamId: team.id, omitUsers: [userId] } });
    store.emit({ event, data, to: { userId } });
  } else store.emit({ event, data, to: { teamId: team.id } });
  store.teamMembers.patch(memberKey(team.id, userId), {
    delete_at: clock.now(),
    scheme_admin: false,
    explicit_roles: '',
  });
}

/** Sends a changed team to its members. On 5.37 everybody gets the events of its deletion and restoration. */
export function emitTeam(world: World, event: 'update_team' | 'delete_team' | 'restore_team', team: TeamRow): void {
  const wide = !world.modern && event !== 'update_team';
  world.store.emit({ event, data: { team: toJson(toTeam(world, team)) }, to: wide ? {} : { teamId: team.id } });
}

/** Changes a team and sends the event. */
export function changeTeam(world: World, team: TeamRow, change: Partial<TeamRow>): TeamRow {
  const row = world.store.teams.patch(team.id, { ...change, update_at: world.clock.now() });
  emitTeam(world, 'update_team', row);
  return row;
}

/** Deletes a team with its channels and memberships. */
export function removeTeam(world: World, team: TeamRow): void {
  const { store } = world;
  for (const channel of store.channels.where('team', team.id)) removeChannel(world, channel);
  emitTeam(world, 'delete_team', { ...team, delete_at: world.clock.now() });
  for (const member of store.teamMembers.where('team', team.id))
    store.teamMembers.delete(memberKey(team.id, member.user_id));
  store.teams.delete(team.id);
}
