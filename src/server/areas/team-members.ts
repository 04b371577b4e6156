import { toJson } from '../base/to-json.js';
import { AppError, forbidden, invalidBody, noSuchUser } from '../base/app-error.js';
import { parseList } from '../rest/body.js';
import { isId } from '../base/chance.js';
import { unreadOf } from '../changes/reading.js';
import { joinTeam, leaveTeam } from '../changes/teams.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { needInTeam, teamOf } from '../rest/refusals.js';
import { toTeamMember } from '../shapes/place.js';
import { memberKey } from '../store/places.js';
import type { TeamMemberRow, TeamRow } from '../store/places.js';
import { isMemberRole } from '../auth/permissions.js';

/** Throws unless the requesting user may add a user: themselves to an open team, others with a permission. */
function needJoin(c: Context, team: TeamRow, userId: string): void {
  const { permissions } = c.world;
  const self = userId === c.me && team.allow_open_invite && c.can('join_public_teams');
  if (!self && !permissions.inTeam(c.me, team.id, 'add_user_to_team')) throw forbidden();
}

const addTeamMember: Handler = (c) => {
  const team_id = c.id('team_id');
  const body = c.fields('team_member', { team_id: 'string', user_id: 'string' });
  if (body.team_id !== team_id) throw invalidBody('team_id');
  if (!isId(body.user_id)) throw invalidBody('user_id');
  const team = teamOf(c);
  needJoin(c, team, body.user_id);
  const user = c.user(body.user_id, noSuchUser);
  return json(toTeamMember(joinTeam(c.world, team, user.id, { twice: true })), 201);
};

const addTeamMembers: Handler = (c) => {
  const team_id = c.id('team_id');
  const rows = parseList(c.bodyText) as readonly ({ readonly team_id?: unknown; readonly user_id?: unknown } | null)[];
  if (rows.length === 0) throw invalidBody('members');
  if (rows.some((row) => row?.team_id !== team_id)) throw invalidBody('team_id');
  needInTeam(c, team_id, 'add_user_to_team');
  const team = teamOf(c);
  const graceful = c.flag('graceful');
  const joined = rows.map((row) => {
    const user_id = row?.user_id;
    const user = isId(user_id) ? c.store.users.get(user_id) : undefined;
    if (user) return { user_id, member: toTeamMember(joinTeam(c.world, team, user.id, { byId: c.me })), error: null };
    if (!graceful) throw noSuchUser();
    const { id, message, detail: detailed_error, status: status_code } = noSuchUser();
    return { user_id, member: null, error: { id, message, detailed_error, status_code } };
  });
  return json(graceful ? joined : joined.map(({ member }) => member), 201);
};

const addTeamMemberFromInvite: Handler = (c) => {
  const inviteId = c.query.get('invite_id') ?? '';
  if (!inviteId)
    throw new AppError(400, 'api.user.create_user.signup_link_invalid.app_error', 'The invitation is not valid.');
  const [team] = c.store.teams.where('invite', inviteId);
  if (!team)
    throw new AppError(404, 'app.team.get_by_invite_id.finding.app_error', 'There is no team with that invitation.');
  return json(toTeamMember(joinTeam(c.world, team, c.me)), 201);
};

const here = (c: Context, teamId: string): TeamMemberRow[] =>
  c.store.teamMembers
    .where('team', teamId)
    .filter(({ delete_at }) => delete_at === 0)
    .sort((a, b) => (a.user_id < b.user_id ? -1 : 1));

const getTeamMembers: Handler = (c) => {
  const teamId = c.id('team_id');
  needInTeam(c, teamId, 'view_team');
  const nameOf = ({ user_id }: TeamMemberRow): string => c.store.users.get(user_id)?.username ?? '';
  const all = here(c, teamOf(c).id).filter(
    ({ user_id }) => !c.flag('exclude_deleted_users') || c.store.users.get(user_id)?.delete_at === 0,
  );
  if (c.query.get('sort') === 'Username') all.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return json(c.page(all).map(toTeamMember));
};

function memberOf(c: Context, userId: string): TeamMemberRow {
  const row = c.store.teamMembers.get(memberKey(c.id('team_id'), userId));
  if (!row) throw new AppError(404, 'app.team.get_member.missing.app_error', 'The user is not in the team.');
  return row;
}

const getTeamMember: Handler = (c) => {
  needInTeam(c, c.id('team_id'), 'view_team');
  return json(toTeamMember(memberOf(c, c.userId())));
};

const getTeamMembersByIds: Handler = (c) => {
  const ids = new Set(c.strings('user_ids'));
  needInTeam(c, c.id('team_id'), 'view_team');
  return json(
    here(c, c.id('team_id'))
      .filter(({ user_id }) => ids.has(user_id))
      .map(toTeamMember),
  );
};

const removeTeamMember: Handler = (c) => {
  const userId = c.userId();
  if (userId !== c.me) needInTeam(c, c.id('team_id'), 'remove_user_from_team');
  const team = teamOf(c);
  const member = memberOf(c, c.user(userId, noSuchUser).id);
  if (member.delete_at === 0) leaveTeam(c.world, team, userId, c.me);
  return ok();
};

const getTeamMembersForUser: Handler = (c) => {
  const userId = c.userId();
  c.needSelf(userId, 'manage_system');
  return json(c.store.teamMembers.where('user', userId).map(toTeamMember));
};

/** Sends a member their changed roles. */
function tellRoles(c: Context, row: TeamMemberRow): void {
  c.store.emit({
    event: 'memberrole_updated',
    data: { member: toJson(toTeamMember(row)) },
    to: { userId: row.user_id },
  });
}

const updateTeamMemberRoles: Handler = (c) => {
  const { roles = '' } = c.map();
  needInTeam(c, c.id('team_id'), 'manage_team_roles');
  const names = roles.split(' ').filter(Boolean);
  const unknown = names.find((name) => !isMemberRole(name));
  if (unknown) throw new AppError(400, 'app.role.get_by_name.app_error', `There is no role ${unknown}.`);
  const row = memberOf(c, c.userId());
  const changed = {
    ...row,
    scheme_guest: names.includes('team_guest'),
    scheme_user: names.includes('team_user'),
    scheme_admin: names.includes('team_admin'),
    explicit_roles: names.filter((name) => !/^team_(guest|user|admin)$/.test(name)).join(' '),
  };
  tellRoles(c, c.store.teamMembers.put(changed));
  return ok();
};

const updateTeamMemberSchemeRoles: Handler = (c) => {
  const {
    scheme_user = false,
    scheme_admin = false,
    scheme_guest = false,
  } = c.fields('scheme_roles', {
    scheme_user: 'boolean',
    scheme_admin: 'boolean',
    scheme_guest: 'boolean',
  });
  needInTeam(c, c.id('team_id'), 'manage_team_roles');
  tellRoles(c, c.store.teamMembers.put({ ...memberOf(c, c.userId()), scheme_user, scheme_admin, scheme_guest }));
  return ok();
};

const teamUnread = (c: Context, team_id: string, userId: string) => {
  const sum = { msg_count: 0, mention_count: 0, mention_count_root: 0, msg_count_root: 0 };
  for (const channel of c.store.channels.where('team', team_id)) {
    if (channel.delete_at > 0 || !c.store.inChannel(channel.id, userId)) continue;
    const unread = unreadOf(c.world, channel, userId);
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += unread[key];
  }
  const threads = { thread_count: 0, thread_mention_count: 0, thread_urgent_mention_count: 0 };
  return { team_id, ...sum, ...(c.modern ? threads : {}) };
};

const getTeamsUnreadForUser: Handler = (c) => {
  const userId = c.userId();
  c.needSelf(userId, 'manage_system');
  const teams = c.store.teamMembers.where('user', userId).filter(({ delete_at }) => delete_at === 0);
  const excluded = c.query.get('exclude_team');
  return json(teams.filter(({ team_id }) => team_id !== excluded).map(({ team_id }) => teamUnread(c, team_id, userId)));
};

const getTeamUnread: Handler = (c) => {
  const userId = c.userId();
  c.needSelf(userId, 'manage_system');
  needInTeam(c, c.id('team_id'), 'view_team');
  return json(teamUnread(c, c.id('team_id'), userId));
};

export const teamMembersArea: Area = {
  handlers: {
    addTeamMember,
    addTeamMembers,
    addTeamMemberFromInvite,
    getTeamMembers,
    getTeamMember,
    getTeamMembersByIds,
    removeTeamMember,
    getTeamMembersForUser,
    updateTeamMemberRoles,
    updateTeamMemberSchemeRoles,
    getTeamsUnreadForUser,
    getTeamUnread,
  },
};
