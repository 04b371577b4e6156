import { runes } from '../base/text.js';
import { AppError, forbidden, invalidBody } from '../base/app-error.js';
import { addTeam, changeTeam, joinTeam, removeTeam, emitTeam } from '../changes/teams.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { byName, needInTeam, startsWithTerm, teamOf } from '../rest/refusals.js';
import { teamFor } from '../shapes/place.js';
import type { TeamRow } from '../store/places.js';

const teamFields = {
  id: 'string',
  name: 'string',
  display_name: 'string',
  description: 'string',
  type: 'string',
  company_name: 'string',
  allowed_domains: 'string',
  allow_open_invite: 'boolean',
} as const;

const reserved = new Set([
  'admin',
  'signup',
  'login',
  'api',
  'oauth',
  'error',
  'help',
  'plugins',
  'playbooks',
  'boards',
  'channel',
  'claim',
  'channels',
]);

function checkTeam(c: Context, team: Pick<TeamRow, 'name' | 'display_name' | 'type'>): void {
  const refuse = (what: string): AppError =>
    new AppError(400, `model.team.is_valid.${what}.app_error`, `The team has no valid ${what}.`);
  if (!team.display_name || runes(team.display_name) > 64) throw refuse('name');
  if (reserved.has(team.name)) throw refuse('reserved');
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(team.name) || team.name.length < 2 || team.name.length > 64)
    throw refuse('characters');
  if (team.type !== 'O' && team.type !== 'I') throw refuse('type');
  if (c.store.teams.where('name', team.name).length > 0)
    throw new AppError(
      400,
      c.modern ? 'store.sql_team.save_team.existing.app_error' : 'app.team.save.existing.app_error',
      'There is a team with that name already.',
    );
}

const createTeam: Handler = (c) => {
  const { id: _, name = '', display_name = '', type = '', ...rest } = c.fields('team', teamFields);
  c.need('create_team');
  checkTeam(c, { name, display_name, type });
  const email = c.store.users.get(c.me)?.email ?? '';
  const team = addTeam(c.world, { ...rest, name, display_name, type, email });
  joinTeam(c.world, team, c.me, { admin: true });
  return json(teamFor(c.world, team, c.me), 201);
};

/** Teams that the requesting user may see: all for an admin, otherwise their own and the open ones. */
const visible = (c: Context): TeamRow[] =>
  c.store.teams
    .all()
    .filter(
      (team) =>
        c.can('manage_system') || c.store.inTeam(team.id, c.me) || (team.allow_open_invite && team.delete_at === 0),
    )
    .sort(byName((team) => team.display_name));

const getAllTeams: Handler = (c) => {
  const teams = visible(c);
  const page = c.page(teams).map((team) => teamFor(c.world, team, c.me));
  return json(c.flag('include_total_count') ? { teams: page, total_count: teams.length } : page);
};

const searchTeams: Handler = (c) => {
  const body = c.fields('team_search', {
    term: 'string',
    page: 'number',
    per_page: 'number',
    allow_open_invite: 'boolean',
  });
  const { term = '', page, per_page: perPage } = body;
  const paged = page !== undefined && perPage !== undefined;
  if (paged && !c.can('manage_system'))
    throw new AppError(
      501,
      'api.team.search_teams.pagination_not_implemented.public_team_search',
      'Only admins may ask for pages.',
    );
  const found = visible(c).filter((team) => startsWithTerm(term, team.name, team.display_name));
  const shown = (rows: readonly TeamRow[]) => rows.map((team) => teamFor(c.world, team, c.me));
  return json(
    paged
      ? { teams: shown(found.slice(page * perPage, (page + 1) * perPage)), total_count: found.length }
      : shown(found),
  );
};

/** Whether users outside of a team may see it. */
function needView(c: Context, team: TeamRow): void {
  const open = team.allow_open_invite && c.modern;
  if (!open && !c.world.permissions.inTeam(c.me, team.id, 'view_team')) throw forbidden();
}

const getTeam: Handler = (c) => {
  const team = teamOf(c);
  needView(c, team);
  return json(teamFor(c.world, team, c.me));
};

function named(c: Context, name = c.param('name') || c.param('team_name')): TeamRow {
  const [team] = c.store.teams.where('name', name.toLowerCase());
  if (!team) throw new AppError(404, 'app.team.get_by_name.missing.app_error', 'There is no team with that name.');
  return team;
}

const getTeamByName: Handler = (c) => {
  const team = named(c);
  needView(c, team);
  return json(teamFor(c.world, team, c.me));
};

const teamExists: Handler = (c) => {
  const [team] = c.store.teams.where('name', c.param('name').toLowerCase());
  return json({
    exists: team !== undefined && (c.can('manage_system') || team.allow_open_invite || c.store.inTeam(team.id, c.me)),
  });
};

const updateTeam: Handler = (c) => {
  const id = c.id('team_id');
  const { id: given, name: _name, type: _type, ...change } = c.fields('team', teamFields);
  if (given !== id) throw invalidBody('id');
  needInTeam(c, id, 'manage_team');
  return json(teamFor(c.world, changeTeam(c.world, teamOf(c), change), c.me));
};

const patchTeam: Handler = (c) => {
  const { id: _id, name: _name, type: _type, ...change } = c.fields('team', teamFields);
  needInTeam(c, c.id('team_id'), 'manage_team');
  return json(teamFor(c.world, changeTeam(c.world, teamOf(c), change), c.me));
};

const updateTeamPrivacy: Handler = (c) => {
  const { privacy = '' } = c.fields('team', { privacy: 'string' });
  if (privacy !== 'O' && privacy !== 'I') throw invalidBody('privacy');
  needInTeam(c, c.id('team_id'), 'manage_team');
  const open = privacy === 'O';
  // A team that is closed gets a new invite id, so that old links end.
  const change = { type: privacy, allow_open_invite: open, ...(open ? {} : { invite_id: c.world.chance.id() }) };
  return json(teamFor(c.world, changeTeam(c.world, teamOf(c), change), c.me));
};

const regenerateTeamInviteId: Handler = (c) => {
  needInTeam(c, c.id('team_id'), 'manage_team');
  return json(teamFor(c.world, changeTeam(c.world, teamOf(c), { invite_id: c.world.chance.id() }), c.me));
};

const softDeleteTeam: Handler = (c) => {
  needInTeam(c, c.id('team_id'), 'manage_team');
  const team = teamOf(c);
  if (c.flag('permanent')) {
    if (!c.world.config.flag('ServiceSettings.EnableAPITeamDeletion'))
      throw new AppError(401, 'api.user.delete_team.not_enabled.app_error', 'Deleting teams permanently is disabled.');
    removeTeam(c.world, team);
    return ok();
  }
  const delete_at = c.now;
  emitTeam(c.world, 'delete_team', c.store.teams.patch(team.id, { delete_at, update_at: delete_at }));
  return ok();
};

const restoreTeam: Handler = (c) => {
  needInTeam(c, c.id('team_id'), 'manage_team');
  const team = c.store.teams.patch(teamOf(c).id, { delete_at: 0, update_at: c.now });
  emitTeam(c.world, 'restore_team', team);
  return json(teamFor(c.world, team, c.me));
};

const getTeamStats: Handler = (c) => {
  const team_id = c.id('team_id');
  needInTeam(c, team_id, 'view_team');
  const users = c.store.teamMembers
    .where('team', teamOf(c).id)
    .filter((member) => member.delete_at === 0)
    .flatMap(({ user_id }) => c.store.users.get(user_id) ?? []);
  const active = users.filter(({ delete_at }) => delete_at === 0).length;
  return json({ team_id, total_member_count: users.length, active_member_count: active });
};

const getTeamInviteInfo: Handler = (c) => {
  const [team] = c.store.teams.where('invite', c.param('invite_id'));
  if (!team)
    throw new AppError(404, 'app.team.get_by_invite_id.finding.app_error', 'There is no team with that invitation.');
  const { display_name, description, name, id } = team;
  return json({ display_name, description, name, id });
};

const getTeamsForUser: Handler = (c) => {
  const userId = c.userId();
  c.needSelf(userId, 'manage_system');
  const teams = c.store.teamMembers
    .where('user', userId)
    .filter(({ delete_at }) => delete_at === 0)
    .flatMap(({ team_id }) => c.store.teams.get(team_id) ?? [])
    .filter(({ delete_at }) => delete_at === 0)
    .sort(byName((team) => team.display_name));
  return json(teams.map((team) => teamFor(c.world, team, c.me)));
};

export const teamsArea: Area = {
  handlers: {
    createTeam,
    getAllTeams,
    searchTeams,
    getTeam,
    getTeamByName,
    teamExists,
    updateTeam,
    patchTeam,
    updateTeamPrivacy,
    regenerateTeamInviteId,
    softDeleteTeam,
    restoreTeam,
    getTeamStats,
    getTeamInviteInfo,
    getTeamsForUser,
  },
};
