import { toJson } from '../base/to-json.js';
import type { ChannelRow } from '../store/places.js';
import type { World } from '../world.js';
import { addChannel, putMember } from './channels.js';

/** Name of the direct channel of two users, in either order. */
export const directName = (a: string, b: string): string => [a, b].sort().join('__');

/** The direct channel of two users. It is created, with an event, if there is none. */
export function directChannel(world: World, creatorId: string, otherId: string): ChannelRow {
  const { store } = world;
  const name = directName(creatorId, otherId);
  const [old] = store.channels.where('name', name);
  if (old) return old;
  const channel = addChannel(world, { name, display_name: '', type: 'D', creator_id: creatorId });
  for (const userId of new Set([creatorId, otherId])) putMember(world, channel, userId);
  store.emit({
    event: 'direct_added',
    data: { creator_id: creatorId, teammate_id: otherId },
    to: { channelId: channel.id },
  });
  return channel;
}

/** Name of a group channel: 40 hex digits, the same for the same members. */
function groupName(userIds: readonly string[]): string {
  const text = [...userIds].sort().join('');
  let hex = '';
  for (let block = 0; block < 5; block++) {
    let sum = 0x811c9dc5 ^ block;
    for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
    hex += (sum >>> 0).toString(16).padStart(8, '0');
  }
  return hex;
}

/** The group channel of some users. It is created, with an event, if there is none. */
export function groupChannel(world: World, userIds: readonly string[]): ChannelRow {
  const { store, modern } = world;
  const name = groupName(userIds);
  const [old] = store.channels.where('name', name);
  if (old) return old;
  const names = userIds.map((id) => store.users.get(id)?.username ?? '').sort();
  const channel = addChannel(world, { name, display_name: names.join(', '), type: 'G' });
  for (const userId of userIds) putMember(world, channel, userId);
  const data = { teammate_ids: toJson([...userIds].sort()) };
  if (modern)
    for (const userId of userIds) store.emit({ event: 'group_added', data, to: { userId, channelId: channel.id } });
  else store.emit({ event: 'group_added', data, to: { channelId: channel.id } });
  return channel;
}
