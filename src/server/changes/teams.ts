import { toJson } from '../base/to-json.js';
import { toTeam } from '../shapes/place.js';
import { memberKey } from '../store/places.js';
import type { TeamMemberRow, TeamRow } from '../store/places.js';
import type { World } from '../world.js';
import { addChannel, defaultChannels, putMember, removeChannel } from './channels.js';
import { addSystemPost, nameOf, tellOfJoining } from './system-posts.js';

export type NewTeam = Partial<TeamRow> & Pick<TeamRow, 'name' | 'display_name'>;

/** Stores a team with its default channels; nobody is in it yet. */
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

/** How a user came to a team: by himself, or added by another who wants that to be said. */
export interface Joining {
  readonly byId?: string;
  readonly admin?: boolean;
  /** Endpoints that add members tell it twice (protocol §3.3). */
  readonly twice?: boolean;
}

/** A user joins a team and its default channels; who is in already only hears of it again. */
export function joinTeam(world: World, team: TeamRow, userId: string, joining: Joining = {}): TeamMemberRow {
  const { store, clock, modern } = world;
  const { byId = userId, admin = false, twice = false } = joining;
  const key = memberKey(team.id, userId);
  const old = store.teamMembers.get(key);
  const told = { event: 'added_to_team', data: { team_id: team.id, user_id: userId }, to: { userId } };
  if (old?.delete_at === 0) {
    if (modern && twice) store.emit(told);
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
    tellOfJoining(world, channel, userId, byId, name === 'town-square' ? 'team' : 'channel');
    store.emit({ event: 'user_added', data: { team_id: team.id, user_id: userId }, to: { channelId: channel.id } });
  }
  store.emit(told);
  if (twice) store.emit(told);
  return member;
}

/** A user leaves a team, or is removed; the channels of the team go with it. */
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

/** Tells the members of a changed team, without what is for its admins. 5.37 tells everybody of its end and return. */
export function tellTeam(world: World, event: 'update_team' | 'delete_team' | 'restore_team', team: TeamRow): void {
  const wide = !world.modern && event !== 'update_team';
  world.store.emit({ event, data: { team: toJson(toTeam(world, team)) }, to: wide ? {} : { teamId: team.id } });
}

/** Stores a change of a team and tells of it. */
export function changeTeam(world: World, team: TeamRow, change: Partial<TeamRow>): TeamRow {
  const row = world.store.teams.patch(team.id, { ...change, update_at: world.clock.now() });
  tellTeam(world, 'update_team', row);
  return row;
}

/** Removes a team and all that is in it. */
export function removeTeam(world: World, team: TeamRow): void {
  const { store } = world;
  for (const channel of store.channels.where('team', team.id)) removeChannel(world, channel);
  tellTeam(world, 'delete_team', { ...team, delete_at: world.clock.now() });
  for (const member of store.teamMembers.where('team', team.id))
    store.teamMembers.delete(memberKey(team.id, member.user_id));
  store.teams.delete(team.id);
}
