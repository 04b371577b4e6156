import { AppError, invalidBody } from '../base/app-error.js';
import { json } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { needInChannel, needInTeam } from '../rest/refusals.js';
import { listedUser } from '../shapes/user.js';
import type { UserRow } from '../store/people.js';

/** Whether each word of a term is in a name of the user (on 5.37 at its start), or in the e-mail address if that is searched and shown. */
function matches(c: Context, user: UserRow, term: string, addresses: boolean): boolean {
  const shown = (setting: string): boolean =>
    c.can('manage_system') || c.world.config.flag(`PrivacySettings.${setting}`);
  const fields = [
    user.username,
    user.nickname,
    ...(shown('ShowFullName') ? [user.first_name, user.last_name] : []),
    ...(addresses && shown('ShowEmailAddress') ? [user.email] : []),
  ].map((field) => field.toLowerCase());
  const words = term.toLowerCase().replace(/^@/, '').split(/\s+/).filter(Boolean);
  const has = (field: string, word: string): boolean => (c.modern ? field.includes(word) : field.startsWith(word));
  return words.every((word) => fields.some((field) => has(field, word)));
}

/** Users of a place, sorted by name. Deactivated users only if `inactive`. */
interface Hunt {
  readonly term: string;
  readonly limit: number;
  readonly addresses: boolean;
  readonly inactive?: boolean | undefined;
}

function find(c: Context, { term, limit, addresses, inactive = false }: Hunt, isIn: (user: UserRow) => boolean) {
  return c.store.users
    .all()
    .filter((user) => (inactive || user.delete_at === 0) && isIn(user) && matches(c, user, term, addresses))
    .sort((a, b) => (a.username < b.username ? -1 : 1))
    .slice(0, limit)
    .map((user) => listedUser(c.world, user, c.session));
}

const searchUsers: Handler = (c) => {
  const search = c.fields('user_search', {
    term: 'string',
    team_id: 'string',
    not_in_team_id: 'string',
    in_channel_id: 'string',
    not_in_channel_id: 'string',
    in_group_id: 'string',
    group_constrained: 'boolean',
    allow_inactive: 'boolean',
    without_team: 'boolean',
    limit: 'number',
    role: 'string',
  });
  const { term = '', limit = 100, team_id: team, not_in_team_id: notTeam, role } = search;
  const { in_channel_id: channel, not_in_channel_id: notChannel } = search;
  if (!term) throw invalidBody('term');
  if (!team && notChannel) throw invalidBody('team_id');
  if (limit <= 0 || limit > 1000) throw invalidBody('limit');
  if (channel) needInChannel(c, channel, 'read_channel');
  if (notChannel) needInChannel(c, notChannel, 'read_channel');
  if (team) needInTeam(c, team, 'view_team');
  if (notTeam) needInTeam(c, notTeam, 'view_team');
  const { store } = c;
  const hunt = { term, limit, addresses: true, inactive: search.allow_inactive };
  const hits = find(
    c,
    hunt,
    ({ id, roles }) =>
      (!team || store.inTeam(team, id)) &&
      (!notTeam || !store.inTeam(notTeam, id)) &&
      (!channel || store.inChannel(channel, id)) &&
      (!notChannel || !store.inChannel(notChannel, id)) &&
      (!search.without_team || store.teamMembers.where('user', id).every((row) => row.delete_at > 0)) &&
      (!role || roles.split(' ').includes(role)),
  );
  return json(hits);
};

/** Reads `in_team` and `in_channel`; the documented names are ignored (protocol §11, trap 63). */
const autocompleteUsers: Handler = (c) => {
  const team = c.query.get('in_team') ?? '';
  const channel = c.query.get('in_channel') ?? '';
  const term = c.query.get('name') ?? '';
  if (channel) needInChannel(c, channel, 'read_channel');
  if (team) needInTeam(c, team, 'view_team');
  const given = Number(c.query.get('limit') ?? '');
  if (given < 0) throw new AppError(500, 'app.user.search.app_error', 'The query failed.');
  const hunt = { term, limit: Math.min(given || 100, 1000), addresses: false };
  const { store } = c;
  const there = ({ id }: UserRow): boolean =>
    (!team || store.inTeam(team, id)) && (!channel || store.inChannel(channel, id));
  const outside = ({ id }: UserRow): boolean => store.inTeam(team, id) && !store.inChannel(channel, id);
  return json({
    users: find(c, hunt, there),
    ...(team && channel ? { out_of_channel: find(c, hunt, outside) } : {}),
  });
};

export const userSearchArea: Area = { handlers: { searchUsers, autocompleteUsers } };
