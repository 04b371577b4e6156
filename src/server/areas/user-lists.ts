import { AppError, forbidden, invalidUrl } from '../base/app-error.js';
import { statusOf } from '../changes/status.js';
import { json } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { isMemberRole, isRole } from '../auth/permissions.js';
import { needInChannel, needInTeam } from '../rest/refusals.js';
import { listedUser } from '../shapes/user.js';
import { memberKey } from '../store/places.js';
import type { TeamMemberRow } from '../store/places.js';
import type { UserRow } from '../store/people.js';

/** The roles in a list of the query. */
function rolesIn(c: Context, name: string, isKnown: (role: string) => boolean): readonly string[] {
  const names = (c.query.get(name) ?? '').split(',').filter(Boolean);
  if (!names.every(isKnown)) throw invalidUrl(name);
  return names;
}

type Member = Pick<TeamMemberRow, 'scheme_guest' | 'scheme_user' | 'scheme_admin'>;

/** Whether a user passes one of these role filters. `system_user` only matches users without another role. */
function hasSystemRole(roles: string, wanted: readonly string[]): boolean {
  return wanted.some((role) => (role === 'system_user' ? roles === role : roles.split(' ').includes(role)));
}

/** The same for the roles in a team or channel, which system admins never match. */
function hasPlaceRole(user: UserRow, member: Member | undefined, wanted: readonly string[]): boolean {
  const isSystemAdmin = user.roles.includes('system_admin');
  return wanted.some((role) => {
    if (role.endsWith('_guest')) return member?.scheme_guest === true;
    if (isSystemAdmin || !member) return false;
    return role.endsWith('_admin') ? member.scheme_admin : member.scheme_user && !member.scheme_admin;
  });
}

const sorts = ['', 'last_activity_at', 'create_at', 'status', 'admin', 'display_name'];

/** Where to search. The first given parameter decides, as on the server. */
function readPlace(c: Context) {
  const place = (name: string): string => {
    const id = c.query.get(name) ?? '';
    if (id && !/^[a-z0-9]{26}$/.test(id)) throw invalidUrl(name);
    return id;
  };
  return {
    inTeam: place('in_team'),
    notInTeam: place('not_in_team'),
    inChannel: place('in_channel'),
    notInChannel: place('not_in_channel'),
    inGroup: place('in_group'),
    withoutTeam: c.flag('without_team'),
  };
}

type Place = ReturnType<typeof readPlace>;

function checkSort(c: Context, sort: string, place: Place): void {
  const { inTeam, notInTeam, inChannel, notInChannel, withoutTeam } = place;
  if (!sorts.includes(sort)) throw invalidUrl('sort');
  if (
    ['last_activity_at', 'create_at'].includes(sort) &&
    (!inTeam || notInTeam || inChannel || notInChannel || withoutTeam)
  )
    throw invalidUrl('sort');
  if (['status', 'admin'].includes(sort) && !inChannel) throw invalidUrl('sort');
  if (c.flag('active') && c.flag('inactive')) throw invalidUrl('inactive');
}

const teamsOf = ({ store }: Context, userId: string) =>
  store.teamMembers.where('user', userId).filter(({ delete_at }) => delete_at === 0);

/** The users of a place. Throws unless the requesting user may see it. */
function inPlace(c: Context, place: Place): (user: UserRow) => boolean {
  const { store } = c;
  const { inTeam, notInTeam, inChannel, notInChannel, inGroup, withoutTeam } = place;
  if (withoutTeam) {
    c.need('list_users_without_team');
    return ({ id }) => teamsOf(c, id).length === 0;
  }
  if (notInChannel) {
    needInChannel(c, notInChannel, 'read_channel');
    if (inTeam) needInTeam(c, inTeam, 'view_team');
    return ({ id }) => !store.inChannel(notInChannel, id) && (!inTeam || store.inTeam(inTeam, id));
  }
  if (notInTeam) {
    needInTeam(c, notInTeam, 'view_team');
    return ({ id }) => !store.inTeam(notInTeam, id);
  }
  if (inTeam) {
    needInTeam(c, inTeam, 'view_team');
    // The real server's query is wrong here.
    if (c.query.has('channel_roles')) throw new AppError(500, 'app.user.get_profiles.app_error', 'The query failed.');
    return ({ id }) => store.inTeam(inTeam, id);
  }
  if (inChannel) {
    needInChannel(c, inChannel, 'read_channel');
    return ({ id }) => store.inChannel(inChannel, id);
  }
  // Groups need a licence.
  if (inGroup)
    throw c.modern
      ? new AppError(404, 'app.group.no_rows', 'There is no such group.')
      : new AppError(501, 'api.ldap_groups.license_error', 'Groups need a licence.');
  return () => true;
}

/** The role filters of the query, of three kinds. One matching role is enough. */
function inRoles(c: Context, { inTeam, inChannel }: Pick<Place, 'inTeam' | 'inChannel'>): (user: UserRow) => boolean {
  const { store } = c;
  const system = rolesIn(c, 'roles', isRole);
  const team = inTeam ? rolesIn(c, 'team_roles', isMemberRole) : [];
  const channel = inChannel ? rolesIn(c, 'channel_roles', isMemberRole) : [];
  if (system.length + team.length + channel.length === 0) return () => true;
  return (user) =>
    hasSystemRole(user.roles, system) ||
    hasPlaceRole(user, store.teamMembers.get(memberKey(inTeam, user.id)), team) ||
    hasPlaceRole(user, store.channelMembers.get(memberKey(inChannel, user.id)), channel);
}

const statusRank = ['online', 'away', 'dnd'];

/** Sorts as `sort` says, and then by name. */
function order(c: Context, sort: string, channelId: string): (a: UserRow, b: UserRow) => number {
  const rank = ({ id }: UserRow): number => {
    const status = statusOf(c.world, id);
    if (sort === 'last_activity_at') return -status.last_activity_at;
    if (sort === 'status') return (statusRank.indexOf(status.status) + statusRank.length + 1) % (statusRank.length + 1);
    if (sort === 'admin') return c.store.channelMembers.get(memberKey(channelId, id))?.scheme_admin ? 0 : 1;
    return 0;
  };
  return (a, b) =>
    (sort === 'create_at' ? b.create_at - a.create_at : rank(a) - rank(b)) || (a.username < b.username ? -1 : 1);
}

const getUsers: Handler = (c) => {
  const place = readPlace(c);
  const sort = c.query.get('sort') ?? '';
  checkSort(c, sort, place);
  const isIn = inPlace(c, place);
  const hasRole = inRoles(c, place);
  const [role] = rolesIn(c, 'role', isRole);
  const users = c.store.users
    .all()
    .filter((user) => isIn(user) && hasRole(user) && (!role || user.roles.includes(role)))
    .filter(({ delete_at }) => (c.flag('active') ? delete_at === 0 : !c.flag('inactive') || delete_at > 0))
    .filter(({ id }) => sort !== 'last_activity_at' || c.store.statuses.get(id))
    .sort(order(c, sort, place.inChannel));
  if (c.session) c.world.hub.touch(c.me, c.session.token);
  const active = ({ id }: UserRow) =>
    sort === 'last_activity_at' ? { last_activity_at: statusOf(c.world, id).last_activity_at } : {};
  const answer = () =>
    json(pageOf(c, users, place).map((user) => ({ ...listedUser(c.world, user, c.session), ...active(user) })));
  const tagged = !sort && !place.withoutTeam && !place.notInChannel && (place.notInTeam || place.inTeam);
  return tagged ? c.tagged(teamTag(c, users, place), answer) : answer();
};

/** `not_in_team` skips rows: the server multiplies the page by its size twice (protocol §7.1). */
function pageOf(c: Context, users: readonly UserRow[], { notInTeam, notInChannel, withoutTeam }: Place) {
  if (!notInTeam || notInChannel || withoutTeam) return c.page(users);
  const size = Math.min(c.number('per_page', 60), 200);
  const start = c.number('page', 0) * size * size;
  return users.slice(start, start + size);
}

/** The real ETag has memory addresses in it; this one has the number and the time of the users (protocol §6.6). */
function teamTag(c: Context, users: readonly UserRow[], { notInTeam }: Place): string {
  const latest = Math.max(0, ...users.map(({ update_at }) => update_at));
  return `${c.world.version}.0.${latest}.${notInTeam ? `${users.length}.` : ''}0x${users.length.toString(16)}`;
}

const getUsersByUsernames: Handler = (c) => {
  const names = new Set(c.strings('usernames').map((name) => name.toLowerCase()));
  const users = [...names].flatMap((name) => c.store.userNamed(name) ?? []).sort(order(c, '', ''));
  return json(users.map((user) => listedUser(c.world, user, c.session)));
};

/** Ids of all users who share a channel with the requesting user. */
const getKnownUsers: Handler = (c) => {
  const channels = c.store.channelMembers.where('user', c.me);
  const ids = channels.flatMap(({ channel_id }) => c.store.channelMembers.where('channel', channel_id));
  return json([...new Set(ids.map(({ user_id }) => user_id))].filter((id) => id !== c.me).sort());
};

const getUsersByGroupChannelIds: Handler = (c) => {
  const ids = c.strings('group_channel_ids');
  const mine = ids.filter((id) => c.store.channels.get(id)?.type === 'G' && c.store.inChannel(id, c.me));
  const others = (channelId: string) =>
    c.store.channelMembers
      .where('channel', channelId)
      .flatMap(({ user_id }) => (user_id === c.me ? [] : (c.store.users.get(user_id) ?? [])))
      .sort(order(c, '', ''))
      .map((user) => listedUser(c.world, user, c.session));
  return json(Object.fromEntries(mine.map((id) => [id, others(id)])));
};

const getTotalUsersStats: Handler = (c) =>
  json({ total_users_count: c.store.users.all().filter(({ delete_at }) => delete_at === 0).length });

const getTotalUsersStatsFiltered: Handler = (c) => {
  if (!c.can('manage_system')) throw forbidden();
  const team = c.query.get('in_team') ?? '';
  const channel = c.query.get('in_channel') ?? '';
  const hasRole = inRoles(c, { inTeam: team, inChannel: channel });
  const users = c.store.users
    .all()
    .filter(
      ({ id, delete_at }) =>
        (delete_at === 0 || c.flag('include_deleted')) && (c.flag('include_bots') || !c.store.bots.get(id)),
    )
    .filter(({ id }) => (!team || c.store.inTeam(team, id)) && (!channel || c.store.inChannel(channel, id)))
    .filter(hasRole);
  return json({ total_users_count: users.length });
};

export const userListsArea: Area = {
  handlers: {
    getUsers,
    getUsersByUsernames,
    getKnownUsers,
    getUsersByGroupChannelIds,
    getTotalUsersStats,
    getTotalUsersStatsFiltered,
  },
};
