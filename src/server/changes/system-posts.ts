import type { ChannelRow } from '../store/places.js';
import type { PostRow } from '../store/messages.js';
import type { World } from '../world.js';
import { addPost } from './posts.js';

/** Types of posts that the server writes about a channel. */
export type SystemPostType =
  | 'system_join_channel'
  | 'system_leave_channel'
  | 'system_add_to_channel'
  | 'system_remove_from_channel'
  | 'system_join_team'
  | 'system_leave_team'
  | 'system_add_to_team'
  | 'system_remove_from_team'
  | 'system_header_change'
  | 'system_purpose_change'
  | 'system_displayname_change'
  | 'system_channel_deleted'
  | 'system_channel_restored'
  | 'system_change_chan_privacy'
  | 'system_move_channel'
  | 'system_gm_to_channel';

/** Creates a system post. Clients show the props instead of the message. */
export function addSystemPost(
  world: World,
  channel: ChannelRow,
  userId: string,
  type: SystemPostType,
  message: string,
  props: Readonly<Record<string, unknown>>,
): PostRow {
  return addPost(world, { channel_id: channel.id, user_id: userId, type, message, props });
}

/** Writes the post about a new member, who joined or was added. */
export function postAboutJoining(
  world: World,
  channel: ChannelRow,
  userId: string,
  byId: string,
  place: 'channel' | 'team',
): void {
  const name = nameOf(world, userId);
  const by = nameOf(world, byId);
  if (userId === byId) {
    addSystemPost(world, channel, userId, `system_join_${place}`, `${name} joined the ${place}.`, { username: name });
    return;
  }
  const props = { addedUserId: userId, addedUsername: name, userId: byId, username: by };
  addSystemPost(world, channel, byId, `system_add_to_${place}`, `${name} added to the ${place} by ${by}.`, props);
}

/** Writes the post about a member who left or was removed. */
export function postAboutLeaving(world: World, channel: ChannelRow, userId: string, byId: string): void {
  const name = nameOf(world, userId);
  if (userId === byId)
    addSystemPost(world, channel, userId, 'system_leave_channel', `@${name} left the channel.`, { username: name });
  else
    addSystemPost(world, channel, byId, 'system_remove_from_channel', `@${name} removed from the channel.`, {
      removedUserId: userId,
      removedUsername: name,
    });
}

export const nameOf = ({ store }: World, userId: string): string => store.users.get(userId)?.username ?? '';
