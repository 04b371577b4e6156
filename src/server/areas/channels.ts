import { toJson } from '../base/to-json.js';
import { AppError, forbidden, invalidBody } from '../base/app-error.js';
import {
  addChannel,
  archiveChannel,
  changeChannel,
  checkChannel,
  convertChannel,
  isDefault,
  putMember,
  removeChannel,
  restoreChannel,
} from '../changes/channels.js';
import { addSystemPost, nameOf } from '../changes/system-posts.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { emitFirstCategory } from './categories.js';
import { filesOf } from '../files/of-post.js';
import { channelOf, needInChannel, needInTeam, needRead, teamOf } from '../rest/refusals.js';
import { toChannel, toChannelMember } from '../shapes/place.js';
import { memberKey } from '../store/places.js';
import type { ChannelRow } from '../store/places.js';

const channelFields = {
  id: 'string',
  team_id: 'string',
  name: 'string',
  display_name: 'string',
  type: 'string',
  header: 'string',
  purpose: 'string',
} as const;

const kindOf = (type: string): string => (type === 'O' ? 'public' : 'private');

const createChannel: Handler = (c) => {
  const {
    id: _id,
    team_id = '',
    name = '',
    display_name = '',
    type = '',
    ...rest
  } = c.fields('channel', channelFields);
  needInTeam(c, team_id, `create_${kindOf(type)}_channel`);
  const draft = { id: '', team_id, name, display_name, header: '', purpose: '', ...rest };
  checkChannel(c.world, draft);
  const { id: _draft, ...given } = draft;
  const channel = addChannel(c.world, { ...given, type, creator_id: c.me });
  putMember(c.world, channel, c.me, { scheme_admin: true });
  const username = nameOf(c.world, c.me);
  addSystemPost(c.world, channel, c.me, 'system_join_channel', `${username} joined the channel.`, { username });
  c.store.emit({
    event: 'channel_created',
    data: { channel_id: channel.id, team_id },
    to: { userId: c.me },
  });
  return json(toChannel(c.world, channel), 201);
};

const getChannel: Handler = (c) => {
  const channel = channelOf(c);
  needRead(c, channel);
  return json(toChannel(c.world, channel));
};

/** Throws unless the requesting user may change a channel: members may change direct and group channels, others need a permission. */
function needManage(c: Context, channel: ChannelRow): void {
  if (channel.type === 'D' || channel.type === 'G') {
    if (!c.store.inChannel(channel.id, c.me)) throw forbidden();
  } else needInChannel(c, channel.id, `manage_${kindOf(channel.type)}_channel_properties`);
}

function change(
  c: Context,
  fields: Partial<Pick<ChannelRow, 'name' | 'display_name' | 'header' | 'purpose'>>,
  announced?: readonly ['display_name'],
) {
  const channel = channelOf(c);
  needManage(c, channel);
  if (channel.delete_at > 0)
    throw new AppError(400, 'api.channel.update_channel.deleted.app_error', 'The channel is archived.');
  if (isDefault(channel) && fields.name !== undefined && fields.name !== channel.name)
    throw new AppError(400, 'api.channel.update_channel.tried.app_error', 'The default channel cannot be renamed.');
  if (channel.type !== 'D' && channel.type !== 'G') checkChannel(c.world, { ...channel, ...fields });
  return json(toChannel(c.world, changeChannel(c.world, channel, fields, c.me, announced)));
}

const updateChannel: Handler = (c) => {
  const { id, team_id: _team, type: _type, ...fields } = c.fields('channel', channelFields);
  if (id !== c.id('channel_id')) throw invalidBody('channel_id');
  // It writes a post about the display name alone; `patchChannel` writes one about each text.
  return change(c, fields, ['display_name']);
};

const patchChannel: Handler = (c) => {
  const { id: _id, team_id: _team, type: _type, ...fields } = c.fields('channel', channelFields);
  return change(c, fields);
};

const convert = (c: Context, channel: ChannelRow, type: string) => {
  const [from, to] = type === 'O' ? ['private', 'public'] : ['public', 'private'];
  if (isDefault(channel) && type === 'P' && c.can('manage_system'))
    throw new AppError(
      400,
      'api.channel.update_channel_privacy.default_channel_error',
      'The default channel must be public.',
    );
  needInChannel(c, channel.id, `convert_${from}_channel_to_${to}`);
  return json(toChannel(c.world, convertChannel(c.world, channel, type, c.me)));
};

const updateChannelPrivacy: Handler = (c) => {
  const { privacy = '' } = c.map();
  if (privacy !== 'O' && privacy !== 'P') throw invalidBody('privacy');
  return convert(c, channelOf(c), privacy);
};

const convertChannelToPrivate: Handler = (c) => convert(c, channelOf(c), 'P');

const deleteChannel: Handler = (c) => {
  const channel = channelOf(c);
  if (channel.type === 'D' || channel.type === 'G')
    throw new AppError(400, 'api.channel.delete_channel.type.invalid', 'A direct channel cannot be archived.');
  needInChannel(c, channel.id, `delete_${kindOf(channel.type)}_channel`);
  if (isDefault(channel))
    throw new AppError(400, 'api.channel.delete_channel.cannot.app_error', 'The default channel cannot be archived.');
  if (c.flag('permanent')) {
    if (!c.world.config.flag('ServiceSettings.EnableAPIChannelDeletion'))
      throw new AppError(
        401,
        'api.user.delete_channel.not_enabled.app_error',
        'Deleting channels permanently is disabled.',
      );
    c.need('manage_system');
    removeChannel(c.world, channel);
    return ok();
  }
  if (channel.delete_at > 0)
    throw new AppError(400, 'api.channel.delete_channel.deleted.app_error', 'The channel is archived already.');
  archiveChannel(c.world, channel, c.me);
  return ok();
};

const restore: Handler = (c) => {
  const channel = channelOf(c);
  needInTeam(c, channel.team_id, 'manage_team');
  if (channel.delete_at === 0)
    throw new AppError(400, 'api.channel.restore_channel.restored.app_error', 'The channel is not archived.');
  const row = restoreChannel(c.world, channel, c.me);
  // The answer is the channel as it was before its system post.
  return json({ ...toChannel(c.world, channel), delete_at: 0, ...(c.modern ? {} : { update_at: row.update_at }) });
};

const moveChannel: Handler = (c) => {
  c.need('manage_system');
  const { team_id = '', force = false } = c.fields('move', { team_id: 'string', force: 'boolean' });
  const channel = channelOf(c);
  const from = teamOf(c, channel.team_id);
  const team = teamOf(c, team_id);
  if (channel.type === 'D' || channel.type === 'G')
    throw new AppError(400, 'api.channel.move_channel.type.invalid', 'A direct channel cannot be moved to a team.');
  for (const member of c.store.channelMembers.where('channel', channel.id)) {
    if (c.store.inTeam(team.id, member.user_id)) continue;
    if (!force)
      throw new AppError(
        500,
        'app.channel.move_channel.members_do_not_match.error',
        'All members must be in the team.',
      );
    c.store.channelMembers.delete(`${channel.id} ${member.user_id}`);
  }
  const row = c.store.channels.patch(channel.id, { team_id: team.id, update_at: c.now });
  const message = `This channel has been moved to this team from ${from.name}.`;
  addSystemPost(c.world, row, c.me, 'system_move_channel', message, { username: nameOf(c.world, c.me) });
  return json(toChannel(c.world, row));
};

/** Sends the members a converted group, and the category of their sidebars that changed with it. */
function emitConverted(c: Context, row: ChannelRow): void {
  const members = c.store.channelMembers.where('channel', row.id);
  c.store.emit({
    event: 'channel_updated',
    data: { channel: toJson(toChannel(c.world, row)) },
    to: { channelId: row.id },
  });
  for (const { user_id } of members) emitFirstCategory(c, { userId: user_id, teamId: row.team_id });
}

/** The user who converted a group becomes the admin of the channel. */
function makeAdmin(c: Context, row: ChannelRow): void {
  const own = c.store.channelMembers.get(memberKey(row.id, c.me));
  if (!own) return;
  const admin = c.store.channelMembers.put({ ...own, scheme_admin: true });
  const channelMember = toJson(toChannelMember(c.world, admin, c.me));
  c.store.emit({ event: 'channel_member_updated', data: { channelMember }, to: { userId: c.me } });
}

const convertGroupMessageToChannel: Handler = (c) => {
  const channel = channelOf(c);
  const {
    team_id = '',
    name = '',
    display_name = '',
  } = c.fields('body', {
    channel_id: 'string',
    team_id: 'string',
    name: 'string',
    display_name: 'string',
  });
  needInTeam(c, team_id, 'create_private_channel');
  if (channel.type !== 'G')
    throw new AppError(
      400,
      'app.channel.group_message_conversion.original_channel_not_gm',
      'The channel must be a group channel.',
    );
  const draft = { ...channel, team_id, name, display_name, type: 'P' };
  checkChannel(c.world, draft);
  const row = c.store.channels.put({ ...draft, update_at: c.now });
  emitConverted(c, row);
  const names = c.store.channelMembers.where('channel', row.id).map(({ user_id }) => nameOf(c.world, user_id));
  addSystemPost(
    c.world,
    row,
    c.me,
    'system_gm_to_channel',
    `${nameOf(c.world, c.me)} created this channel from a group message with ${names.join(', ')}.`,
    {
      convertedByUserId: c.me,
      gmMembersDuringConversionIDs: c.store.channelMembers.where('channel', row.id).map(({ user_id }) => user_id),
    },
  );
  makeAdmin(c, row);
  return json(toChannel(c.world, row));
};

const getChannelStats: Handler = (c) => {
  const channel = channelOf(c);
  needRead(c, channel);
  const posts = c.store.posts.where('channel', channel.id).filter((post) => post.delete_at === 0);
  const pinned = posts.filter((post) => post.is_pinned);
  const files = posts.flatMap((post) => filesOf(c.world, post.id));
  return json({
    channel_id: channel.id,
    member_count: c.store.channelMembers.count('channel', channel.id),
    guest_count: 0,
    pinnedpost_count: pinned.length,
    ...(c.modern ? { files_count: c.flag('exclude_files_count') ? -1 : files.length } : {}),
  });
};

const getChannelsMemberCount: Handler = (c) => {
  const counts = c.strings('channel_ids').flatMap((id) => {
    const channel = c.store.channels.get(id);
    if (!channel) return [];
    needRead(c, channel);
    return [[id, c.store.channelMembers.count('channel', id)] as const];
  });
  return json(Object.fromEntries(counts));
};

export const channelsArea: Area = {
  handlers: {
    createChannel,
    getChannel,
    updateChannel,
    patchChannel,
    updateChannelPrivacy,
    convertChannelToPrivate,
    deleteChannel,
    restoreChannel: restore,
    moveChannel,
    convertGroupMessageToChannel,
    getChannelStats,
    getChannelsMemberCount,
  },
};
