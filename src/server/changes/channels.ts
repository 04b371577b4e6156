import { runes } from '../base/text.js';
import { toJson } from '../base/to-json.js';
import { AppError } from '../base/app-error.js';
import { toChannel } from '../shapes/place.js';
import { memberKey } from '../store/places.js';
import type { ChannelMemberRow, ChannelRow } from '../store/places.js';
import type { World } from '../world.js';
import { addSystemPost, nameOf, postAboutJoining, postAboutLeaving } from './system-posts.js';

/** The channels of every new team. Nobody can leave the first of them. */
export const defaultChannels = [
  { name: 'town-square', display_name: 'Town Square' },
  { name: 'off-topic', display_name: 'Off-Topic' },
] as const;

export const isDefault = (channel: ChannelRow): boolean => channel.name === 'town-square';

export type NewChannel = Partial<ChannelRow> & Pick<ChannelRow, 'name' | 'display_name' | 'type'>;

/** Creates a channel without members. */
export function addChannel({ store, chance, clock, modern }: World, given: NewChannel): ChannelRow {
  const now = clock.now();
  return store.channels.put({
    id: chance.id(),
    create_at: now,
    update_at: now,
    delete_at: 0,
    team_id: '',
    header: '',
    purpose: '',
    last_post_at: 0,
    last_root_post_at: 0,
    total_msg_count: 0,
    total_msg_count_root: 0,
    extra_update_at: 0,
    creator_id: '',
    shared: given.type === 'D' || (modern && given.type === 'G') ? false : null,
    ...given,
  });
}

/** Throws the refusal of the server if the texts of a channel are invalid or its name is taken. */
export function checkChannel(
  { store, modern }: World,
  row: Pick<ChannelRow, 'id' | 'name' | 'display_name' | 'team_id' | 'header' | 'purpose'>,
): void {
  const shortest = modern ? 1 : 2;
  if (row.name.length < shortest || !/^[a-z0-9]+([a-z\-_0-9]+|(__)?)[a-z0-9]*$/.test(row.name))
    throw new AppError(
      400,
      `model.channel.is_valid.${shortest}_or_more.app_error`,
      'The name must consist of a-z, 0-9, - and _.',
    );
  if (runes(row.display_name) > 64)
    throw new AppError(400, 'model.channel.is_valid.display_name.app_error', 'The display name is too long.');
  if (runes(row.header) > 1024)
    throw new AppError(400, 'model.channel.is_valid.header.app_error', 'The header is too long.');
  if (runes(row.purpose) > 250)
    throw new AppError(400, 'model.channel.is_valid.purpose.app_error', 'The purpose is too long.');
  const taken = store.channels
    .where('name', row.name)
    .find((other) => other.team_id === row.team_id && other.id !== row.id);
  if (!taken) return;
  const renamed = store.channels.get(row.id) !== undefined;
  throw new AppError(
    400,
    renamed && !modern ? 'app.channel.update.bad_id' : 'store.sql_channel.save_channel.exists.app_error',
    'There is a channel with that name already.',
  );
}

const defaultProps = (modern: boolean): Readonly<Record<string, string>> => ({
  ...(modern ? { channel_auto_follow_threads: 'off' } : {}),
  desktop: 'default',
  email: 'default',
  ignore_channel_mentions: 'default',
  mark_unread: 'all',
  push: 'default',
});

/** Adds a user to a channel without an event. */
export function putMember(
  { store, clock, modern }: World,
  channel: ChannelRow,
  userId: string,
  more: Partial<ChannelMemberRow> = {},
): ChannelMemberRow {
  return store.channelMembers.put({
    channel_id: channel.id,
    user_id: userId,
    explicit_roles: '',
    scheme_guest: false,
    scheme_user: true,
    scheme_admin: false,
    last_viewed_at: 0,
    msg_count: channel.total_msg_count,
    msg_count_root: channel.total_msg_count_root,
    mention_count: 0,
    mention_count_root: 0,
    urgent_mention_count: 0,
    notify_props: defaultProps(modern),
    last_update_at: clock.now(),
    ...more,
  });
}

/** A user joins, or is added by another. Nothing happens if they are a member already. */
export function joinChannel(world: World, channel: ChannelRow, userId: string, byId: string): ChannelMemberRow {
  const { store, modern } = world;
  const old = store.channelMembers.get(memberKey(channel.id, userId));
  if (old) return old;
  const member = putMember(world, channel, userId);
  const data = { team_id: channel.team_id, user_id: userId };
  if (modern) {
    store.emit({ event: 'user_added', data, to: { channelId: channel.id, omitUsers: [userId] } });
    store.emit({ event: 'user_added', data, to: { userId, channelId: channel.id } });
  } else store.emit({ event: 'user_added', data, to: { channelId: channel.id } });
  postAboutJoining(world, channel, userId, byId, 'channel');
  return store.channelMembers.get(memberKey(channel.id, userId)) ?? member;
}

/** A user leaves, or is removed by another. */
export function leaveChannel(world: World, channel: ChannelRow, userId: string, byId: string): void {
  const { store } = world;
  store.channelMembers.delete(memberKey(channel.id, userId));
  store.emit({ event: 'user_removed', data: { channel_id: channel.id, remover_id: byId }, to: { userId } });
  store.emit({ event: 'user_removed', data: { user_id: userId, remover_id: byId }, to: { channelId: channel.id } });
  postAboutLeaving(world, channel, userId, byId);
}

const texts = [
  ['display_name', 'displayname', 'display name'],
  ['header', 'header', 'header'],
  ['purpose', 'purpose', 'purpose'],
] as const;

/** Changes a channel, sends the event, and writes a post about each of the `announced` texts that changed. */
export function changeChannel(
  world: World,
  channel: ChannelRow,
  change: Partial<ChannelRow>,
  byId: string,
  announced: readonly (typeof texts)[number][0][] = texts.map(([field]) => field),
): ChannelRow {
  const { store, clock } = world;
  const row = store.channels.patch(channel.id, { ...change, update_at: clock.now() });
  store.emit({ event: 'channel_updated', data: { channel: toJson(toChannel(world, row)) }, to: { channelId: row.id } });
  const username = nameOf(world, byId);
  for (const [field, key, name] of texts) {
    const before = channel[field];
    const after = row[field];
    if (before === after || !announced.includes(field)) continue;
    const words = before ? `from: ${before} to: ${after}` : `to: ${after}`;
    const message = `${username} updated the channel ${name} ${words}`;
    addSystemPost(world, row, byId, `system_${key}_change`, message, {
      username,
      [`old_${key}`]: before,
      [`new_${key}`]: after,
    });
  }
  return store.channels.get(row.id) ?? row;
}

/** Archives a channel. On 5.37 the event of a private channel goes to the whole team too (protocol §10). */
export function archiveChannel(world: World, channel: ChannelRow, byId: string): void {
  const { store, clock } = world;
  const username = nameOf(world, byId);
  addSystemPost(world, channel, byId, 'system_channel_deleted', `${username} archived the channel.`, { username });
  const delete_at = clock.now();
  store.channels.patch(channel.id, { delete_at, update_at: delete_at });
  store.emit({ event: 'channel_deleted', data: { channel_id: channel.id, delete_at }, to: audienceOf(world, channel) });
}

export function restoreChannel(world: World, channel: ChannelRow, byId: string): ChannelRow {
  const { store, clock } = world;
  store.channels.patch(channel.id, { delete_at: 0, update_at: clock.now() });
  store.emit({ event: 'channel_restored', data: { channel_id: channel.id }, to: audienceOf(world, channel) });
  const username = nameOf(world, byId);
  addSystemPost(world, channel, byId, 'system_channel_restored', `${username} unarchived the channel.`, { username });
  return store.channels.get(channel.id) ?? channel;
}

/** Deletes a channel with its posts and memberships. */
export function removeChannel(world: World, channel: ChannelRow): void {
  const { store, clock } = world;
  const delete_at = clock.now();
  const to = audienceOf(world, channel);
  store.emit({ event: 'channel_deleted', data: { channel_id: channel.id, delete_at }, to });
  for (const post of store.posts.where('channel', channel.id)) store.posts.delete(post.id);
  for (const member of store.channelMembers.where('channel', channel.id))
    store.channelMembers.delete(memberKey(channel.id, member.user_id));
  store.channels.delete(channel.id);
}

const audienceOf = ({ modern }: World, channel: ChannelRow) =>
  channel.type === 'O' || !modern ? { teamId: channel.team_id } : { channelId: channel.id };

/** Makes a channel public or private. */
export function convertChannel(world: World, channel: ChannelRow, type: string, byId: string): ChannelRow {
  const { store, clock } = world;
  const row = store.channels.patch(channel.id, { type, update_at: clock.now() });
  store.emit({ event: 'channel_updated', data: { channel: toJson(toChannel(world, row)) }, to: { channelId: row.id } });
  const message =
    type === 'O'
      ? 'This channel has been converted to a Public Channel and can be joined by any team member.'
      : 'This channel has been converted to a Private Channel.';
  addSystemPost(world, row, byId, 'system_change_chan_privacy', message, { username: nameOf(world, byId) });
  store.emit({ event: 'channel_converted', data: { channel_id: row.id }, to: { teamId: row.team_id } });
  return store.channels.get(row.id) ?? row;
}
