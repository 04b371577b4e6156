import { AppError, forbidden } from '../base/app-error.js';
import { json } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { byName, needInTeam, needRead, startsWithTerm } from '../rest/refusals.js';
import { toChannel, withTeam } from '../shapes/place.js';
import type { ChannelRow } from '../store/places.js';

const byDisplayName = byName((row: ChannelRow) => row.display_name || row.name);
const alive = (row: ChannelRow): boolean => row.delete_at === 0;

const inTeam = (c: Context, teamId: string): ChannelRow[] => c.store.channels.where('team', teamId).sort(byDisplayName);
const list = (c: Context, rows: readonly ChannelRow[]) => json(rows.map((row) => toChannel(c.world, row)));
const matches =
  (term: string) =>
  (row: ChannelRow): boolean =>
    startsWithTerm(term, row.name, row.display_name);

/** Public channels, and the private ones that the requesting user is in. */
const findable = (c: Context, teamId: string): ChannelRow[] =>
  inTeam(c, teamId).filter((row) => row.type === 'O' || c.store.inChannel(row.id, c.me));

const getAllChannels: Handler = (c) => {
  c.need('manage_system');
  const deleted = c.flag('include_deleted');
  const plain = !c.flag('exclude_default_channels');
  const rows = c.store.channels
    .all()
    .filter((row) => row.team_id && (deleted || alive(row)))
    .filter((row) => plain || !/^(town-square|off-topic)$/.test(row.name))
    .sort(byDisplayName);
  const page = c.page(rows).map((row) => withTeam(c.world, row));
  return json(c.flag('include_total_count') ? { channels: page, total_count: rows.length } : page);
};

const searchAllChannels: Handler = (c) => {
  const {
    term = '',
    page,
    per_page: perPage,
  } = c.fields('channel_search', { term: 'string', page: 'number', per_page: 'number' });
  c.need('manage_system');
  const rows = c.store.channels
    .all()
    .filter((row) => row.team_id && alive(row) && matches(term)(row))
    .sort(byDisplayName);
  if (page === undefined || perPage === undefined) return json(rows.map((row) => withTeam(c.world, row)));
  const channels = rows.slice(page * perPage, (page + 1) * perPage).map((row) => withTeam(c.world, row));
  return json({ channels, total_count: rows.length });
};

const getPublicChannelsForTeam: Handler = (c) => {
  needInTeam(c, c.id('team_id'), 'list_team_channels');
  return list(c, c.page(inTeam(c, c.id('team_id')).filter((row) => row.type === 'O' && alive(row))));
};

const getPrivateChannelsForTeam: Handler = (c) => {
  c.need('manage_system');
  return list(c, c.page(inTeam(c, c.id('team_id')).filter((row) => row.type === 'P' && alive(row))));
};

const getDeletedChannelsForTeam: Handler = (c) => {
  needInTeam(c, c.id('team_id'), 'list_team_channels');
  return list(c, c.page(findable(c, c.id('team_id')).filter((row) => !alive(row))));
};

const getPublicChannelsByIdsForTeam: Handler = (c) => {
  const ids = new Set(c.strings('channel_ids'));
  needInTeam(c, c.id('team_id'), 'view_team');
  const rows = inTeam(c, c.id('team_id')).filter((row) => ids.has(row.id) && row.type === 'O' && alive(row));
  if (rows.length === 0)
    throw new AppError(404, 'app.channel.get_channels_by_ids.not_found.app_error', 'There are no such channels.');
  return list(c, rows);
};

const searchChannels: Handler = (c) => {
  const { term = '' } = c.fields('channel_search', { term: 'string' });
  const teamId = c.id('team_id');
  if (!c.store.inTeam(teamId, c.me)) needInTeam(c, teamId, 'list_team_channels');
  return list(
    c,
    inTeam(c, teamId).filter((row) => row.type === 'O' && alive(row) && matches(term)(row)),
  );
};

const searchArchivedChannelsForTeam: Handler = (c) => {
  const { term = '' } = c.fields('channel_search', { term: 'string' });
  needInTeam(c, c.id('team_id'), 'list_team_channels');
  return list(
    c,
    findable(c, c.id('team_id')).filter((row) => !alive(row) && matches(term)(row)),
  );
};

const autocompleteChannelsForTeam: Handler = (c) => {
  needInTeam(c, c.id('team_id'), 'list_team_channels');
  const name = c.query.get('name') ?? '';
  return list(
    c,
    findable(c, c.id('team_id')).filter((row) => alive(row) && matches(name)(row)),
  );
};

const searchGroupChannels: Handler = (c) => {
  const { term = '' } = c.fields('channel_search', { term: 'string' });
  const words = term.toLowerCase().split(/\s+/).filter(Boolean);
  const mine = c.store.channelMembers
    .where('user', c.me)
    .flatMap(({ channel_id }) => c.store.channels.get(channel_id) ?? [])
    .filter(({ type }) => type === 'G');
  return list(
    c,
    mine.filter((row) => words.every((word) => row.display_name.toLowerCase().includes(word))),
  );
};

function byNameIn(c: Context, teamId: string): ChannelRow {
  const name = c.param('channel_name').toLowerCase();
  const found = c.store.channels.where('name', name).find((row) => row.team_id === teamId || row.team_id === '');
  if (!found || (!alive(found) && !c.flag('include_deleted')))
    throw new AppError(404, 'app.channel.get_by_name.missing.app_error', 'There is no channel with that name.');
  needRead(c, found);
  return found;
}

const getChannelByName: Handler = (c) => json(toChannel(c.world, byNameIn(c, c.id('team_id'))));

const getChannelByNameForTeamName: Handler = (c) => {
  const [team] = c.store.teams.where('name', c.param('team_name').toLowerCase());
  if (!team) throw new AppError(404, 'app.team.get_by_name.missing.app_error', 'There is no team with that name.');
  return json(toChannel(c.world, byNameIn(c, team.id)));
};

/** Channels of a user. Archived ones only if they were archived after a given time. */
function channelsOf(c: Context, userId: string, teamId?: string): ChannelRow[] {
  const since = c.number('last_delete_at', 0);
  const deleted = c.flag('include_deleted');
  return c.store.channelMembers
    .where('user', userId)
    .flatMap(({ channel_id }) => c.store.channels.get(channel_id) ?? [])
    .filter((row) => teamId === undefined || row.team_id === teamId || row.team_id === '')
    .filter((row) => alive(row) || (deleted && row.delete_at >= since))
    .sort(byDisplayName);
}

const getChannelsForTeamForUser: Handler = (c) => {
  const userId = c.userId();
  const teamId = c.id('team_id');
  if (userId !== c.me) c.need('edit_other_users');
  if (!c.store.inTeam(teamId, c.me)) throw forbidden();
  const rows = channelsOf(c, userId, teamId);
  const newest = rows.reduce((at, row) => Math.max(at, row.update_at, row.last_post_at, row.delete_at), 0);
  const version = c.modern ? '11.6.0' : '5.37.0';
  return c.tagged(`${version}.${rows[0]?.id ?? ''}.${newest}.${rows.length}`, () => list(c, rows));
};

const getChannelsForUser: Handler = (c) => {
  const userId = c.userId();
  c.needSelf(userId);
  const rows = channelsOf(c, userId);
  if (rows.length > 0) return list(c, rows);
  // The real server has already sent the start of the list when it finds no channel, so the error is inside of it (protocol §7.2).
  const error = {
    id: 'app.channel.get_channels.not_found.app_error',
    message: 'There are no channels.',
    detailed_error: '',
    status_code: 404,
  };
  return { status: 200, body: `[${JSON.stringify(error)}`, type: 'application/json' };
};

export const channelListsArea: Area = {
  handlers: {
    getAllChannels,
    searchAllChannels,
    getPublicChannelsForTeam,
    getPrivateChannelsForTeam,
    getDeletedChannelsForTeam,
    getPublicChannelsByIdsForTeam,
    searchChannels,
    searchArchivedChannelsForTeam,
    autocompleteChannelsForTeam,
    autocompleteChannelsForTeamForSearch: autocompleteChannelsForTeam,
    searchGroupChannels,
    getChannelByName,
    getChannelByNameForTeamName,
    getChannelsForTeamForUser,
    getChannelsForUser,
  },
};
