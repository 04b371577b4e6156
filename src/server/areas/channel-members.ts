import { toJson } from '../base/to-json.js';
import { AppError, forbidden, invalidBody, noSuchUser } from '../base/app-error.js';
import { isId } from '../base/chance.js';
import { isDefault, joinChannel, leaveChannel } from '../changes/channels.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { isMemberRole } from '../auth/permissions.js';
import { channelOf, needInChannel, needInTeam, needRead } from '../rest/refusals.js';
import { teamFor, toChannelMember } from '../shapes/place.js';
import { memberKey } from '../store/places.js';
import type { ChannelMemberRow, ChannelRow } from '../store/places.js';

const managePermission = (channel: ChannelRow): string =>
  `manage_${channel.type === 'O' ? 'public' : 'private'}_channel_members`;

/** Throws unless the requesting user may add a user: themselves to a public channel of their team, others with a permission. */
function needAdd(c: Context, channel: ChannelRow, userId: string): void {
  if (channel.type === 'D' || channel.type === 'G')
    throw new AppError(
      400,
      'api.channel.add_user_to_channel.type.app_error',
      'A direct channel takes no more members.',
    );
  const self = userId === c.me && channel.type === 'O';
  if (self && c.world.permissions.inTeam(c.me, channel.team_id, 'join_public_channels')) return;
  needInChannel(c, channel.id, managePermission(channel));
}

function add(c: Context, channel: ChannelRow, userId: string) {
  const user = c.user(userId, noSuchUser);
  if (!c.store.inTeam(channel.team_id, user.id))
    throw new AppError(400, 'api.channel.add_user.to.channel.failed.deleted.app_error', 'The user is not in the team.');
  return toChannelMember(c.world, joinChannel(c.world, channel, user.id, c.me), c.me);
}

const addChannelMember: Handler = (c) => {
  const { user_id, user_ids } = c.fields('channel member', {
    user_id: 'string',
    user_ids: 'strings',
    post_root_id: 'string',
  });
  const channel = channelOf(c);
  if (c.modern && user_ids) {
    if (user_ids.length > 1000) throw invalidBody('user_ids');
    for (const id of user_ids) needAdd(c, channel, id);
    const addable = user_ids.filter((id) => c.store.users.get(id) && c.store.inTeam(channel.team_id, id));
    return json(addable.length > 0 ? addable.map((id) => add(c, channel, id)) : null, 201);
  }
  if (!isId(user_id)) throw invalidBody('user_id');
  needAdd(c, channel, user_id);
  return json(add(c, channel, user_id), 201);
};

const sortedMembers = (c: Context, channelId: string): ChannelMemberRow[] =>
  c.store.channelMembers.where('channel', channelId).sort((a, b) => (a.user_id < b.user_id ? -1 : 1));

const getChannelMembers: Handler = (c) => {
  const channel = channelOf(c);
  needRead(c, channel);
  const all = sortedMembers(c, channel.id);
  // The only list of which a page size of 0 gives all rows (protocol §7.1).
  const rows = c.modern && c.query.get('per_page') === '0' ? all : c.page(all);
  return json(rows.map((row) => toChannelMember(c.world, row, c.me)));
};

const getChannelMembersByIds: Handler = (c) => {
  const ids = new Set(c.strings('user_ids'));
  const channel = channelOf(c);
  needRead(c, channel);
  const rows = sortedMembers(c, channel.id).filter(({ user_id }) => ids.has(user_id));
  return json(rows.map((row) => toChannelMember(c.world, row, c.me)));
};

function memberOf(c: Context, channelId: string, userId: string): ChannelMemberRow {
  const row = c.store.channelMembers.get(memberKey(channelId, userId));
  if (!row) throw new AppError(404, 'app.channel.get_member.missing.app_error', 'The user is not in the channel.');
  return row;
}

const getChannelMember: Handler = (c) => {
  const channel = channelOf(c);
  const userId = c.userId();
  needRead(c, channel);
  return json(toChannelMember(c.world, memberOf(c, channel.id, userId), c.me));
};

const removeUserFromChannel: Handler = (c) => {
  const channel = channelOf(c);
  const user = c.user(c.userId(), noSuchUser);
  if (channel.type === 'D' || channel.type === 'G')
    throw new AppError(
      400,
      'api.channel.remove_channel_member.type.app_error',
      'Members of a direct channel cannot be removed.',
    );
  if (user.id !== c.me) needInChannel(c, channel.id, managePermission(channel));
  if (isDefault(channel))
    throw new AppError(
      400,
      'api.channel.remove.default.app_error',
      'Members of the default channel cannot be removed.',
    );
  memberOf(c, channel.id, user.id);
  leaveChannel(c.world, channel, user.id, c.me);
  return ok();
};

/** Sends a member their changed membership. */
function emitMember(c: Context, row: ChannelMemberRow): void {
  c.store.emit({
    event: 'channel_member_updated',
    data: { channelMember: toJson(toChannelMember(c.world, row, row.user_id)) },
    to: { userId: row.user_id },
  });
}

const updateChannelRoles: Handler = (c) => {
  const { roles = '' } = c.map();
  const channel = channelOf(c);
  needInChannel(c, channel.id, 'manage_channel_roles');
  const names = roles.split(' ').filter(Boolean);
  const unknown = names.find((name) => !isMemberRole(name));
  if (unknown) throw new AppError(400, 'app.role.get_by_name.app_error', `There is no role ${unknown}.`);
  const row = c.store.channelMembers.put({
    ...memberOf(c, channel.id, c.userId()),
    scheme_guest: names.includes('channel_guest'),
    scheme_user: names.includes('channel_user'),
    scheme_admin: names.includes('channel_admin'),
    explicit_roles: names.filter((name) => !/^channel_(guest|user|admin)$/.test(name)).join(' '),
  });
  emitMember(c, row);
  return ok();
};

const updateChannelMemberSchemeRoles: Handler = (c) => {
  const {
    scheme_user = false,
    scheme_admin = false,
    scheme_guest = false,
  } = c.fields('scheme_roles', {
    scheme_user: 'boolean',
    scheme_admin: 'boolean',
    scheme_guest: 'boolean',
  });
  const channel = channelOf(c);
  needInChannel(c, channel.id, 'manage_channel_roles');
  const row = memberOf(c, channel.id, c.userId());
  emitMember(c, c.store.channelMembers.put({ ...row, scheme_user, scheme_admin, scheme_guest }));
  return ok();
};

const levels: Readonly<Record<string, RegExp>> = {
  desktop: /^(default|all|mention|none)$/,
  push: /^(default|all|mention|none)$/,
  email: /^(default|true|false)$/,
  mark_unread: /^(all|mention)$/,
};

const updateChannelNotifyProps: Handler = (c) => {
  const props = c.map();
  const userId = c.userId();
  const channel = channelOf(c);
  c.needSelf(userId);
  if (!c.modern)
    for (const [key, allowed] of Object.entries(levels))
      if (props[key] !== undefined && !allowed.test(props[key]))
        throw new AppError(
          400,
          `model.channel_member.is_valid.${key === 'desktop' ? 'notify' : key}_level.app_error`,
          'There is no such notification level.',
        );
  const row = memberOf(c, channel.id, userId);
  const known = Object.fromEntries(
    Object.entries(props).filter(
      ([key, value]) => key !== 'user_id' && key !== 'channel_id' && (levels[key]?.test(value) ?? true),
    ),
  );
  const changed = { ...row, notify_props: { ...row.notify_props, ...known }, last_update_at: c.now };
  emitMember(c, c.store.channelMembers.put(changed));
  return ok();
};

const getChannelMembersTimezones: Handler = (c) => {
  const channel = channelOf(c);
  needRead(c, channel);
  const zones = sortedMembers(c, channel.id).flatMap(({ user_id }) => {
    const zone = c.store.users.get(user_id)?.timezone ?? {};
    const name = zone['useAutomaticTimezone'] === 'false' ? zone['manualTimezone'] : zone['automaticTimezone'];
    return name ? [name] : [];
  });
  return json(zones.length > 0 || !c.modern ? [...new Set(zones)] : null);
};

const getChannelMembersForUser: Handler = (c) => {
  const userId = c.userId();
  needInTeam(c, c.id('team_id'), 'view_team');
  if (userId !== c.me) c.need('manage_system');
  const rows = c.store.channelMembers.where('user', userId).filter(({ channel_id }) => {
    const teamId = c.store.channels.get(channel_id)?.team_id;
    return teamId === c.id('team_id') || teamId === '';
  });
  return json(rows.map((row) => toChannelMember(c.world, row, c.me)));
};

/** Memberships with the team of their channel. Page -1 gives all of them, one per line (protocol §7.2). */
const getChannelMembersWithTeamDataForUser: Handler = (c) => {
  const userId = c.userId();
  c.needSelf(userId, 'manage_system');
  const rows = c.store.channelMembers.where('user', userId).map((row) => {
    const channel = c.store.channels.get(row.channel_id);
    const team = channel && c.store.teams.get(channel.team_id);
    return {
      ...toChannelMember(c.world, row, c.me),
      team_display_name: team?.display_name ?? '',
      team_name: team?.name ?? '',
      team_update_at: team?.update_at ?? 0,
    };
  });
  if (c.query.get('page') !== '-1') return json(c.page(rows));
  if (rows.length === 0)
    throw new AppError(404, 'app.channel.get_member.missing.app_error', 'The user is in no channel.');
  return { status: 200, body: rows.map((row) => `${toJson(row)}\n`).join(''), type: 'application/x-ndjson' };
};

const getGroupMessageMembersCommonTeams: Handler = (c) => {
  const channel = channelOf(c);
  if (!c.store.inChannel(channel.id, c.me)) throw forbidden();
  if (channel.type !== 'D' && channel.type !== 'G')
    throw new AppError(
      400,
      'app.channel.get_common_teams.incorrect_channel_type',
      'The channel must be a direct or group channel.',
    );
  const members = c.store.channelMembers.where('channel', channel.id);
  const teams = c.store.teams.all().filter((team) => members.every(({ user_id }) => c.store.inTeam(team.id, user_id)));
  return json(teams.map((team) => teamFor(c.world, team, c.me)));
};

export const channelMembersArea: Area = {
  handlers: {
    addChannelMember,
    getChannelMembers,
    getChannelMembersByIds,
    getChannelMember,
    removeUserFromChannel,
    updateChannelRoles,
    updateChannelMemberSchemeRoles,
    updateChannelNotifyProps,
    getChannelMembersTimezones,
    getChannelMembersForUser,
    getChannelMembersWithTeamDataForUser,
    getGroupMessageMembersCommonTeams,
  },
};
