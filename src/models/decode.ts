import type { JsonObject } from './event-entities.js';
import type { MattermostEvent } from './events.js';
import type { Broadcast, EventFrame } from './frames.js';
import { parseJson } from './parse-json.js';
import { textOf } from './text-of.js';

/**
 * Members of `data` that are JSON in a string on the wire: protocol §3.3. A value that is no string is left as it is, since the same name
 * may be an object in another event (`values`) or from another version.
 */
const documents: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'post',
  'thread',
  'channel',
  'channelMember',
  'member',
  'team',
  'reaction',
  'acknowledgement',
  'draft',
  'scheduledPost',
  'preference',
  'preferences',
  'mentions',
  'followers',
  'teammate_ids',
  'bookmark',
  'bookmarks',
  'group',
  'group_member',
  'updatedCategories',
  'role',
  'emoji',
  'dialog',
  'property_field',
  'property_values',
  'values',
]);

/**
 * Decodes an event: parses the documents in `data`, in place, and finds the channel, team and user that it belongs to. A document that is
 * no JSON stays a string and is named in `undecoded`. The data of plugins' events (`custom_…`) are left as they are. Pure but for `data`.
 */
export function decodeEvent(frame: EventFrame): MattermostEvent<string> {
  const { event, data, seq } = frame;
  const undecoded = event.startsWith('custom_') ? [] : decodeData(data);
  const broadcast = (frame.broadcast as Broadcast | null | undefined) ?? ({} as Broadcast);
  const decoded = {
    event,
    data,
    broadcast,
    seq,
    channelId: broadcast.channel_id || find(data, 'channel', 'channel_id'),
    teamId: broadcast.team_id || find(data, 'team', 'team_id'),
    userId: find(data, 'user', 'user_id') || broadcast.user_id || '',
  };
  return undecoded.length > 0 ? { ...decoded, undecoded } : decoded;
}

function decodeData(data: Record<string, unknown>): readonly string[] {
  const undecoded = [];
  for (const key in data) {
    const text = data[key];
    if (typeof text !== 'string' || !documents.has(key)) continue;
    const document = parseJson(text);
    // 5.37 writes an empty list as `null`.
    if (typeof document === 'object') data[key] = document ?? [];
    else undecoded.push(key);
  }
  return undecoded;
}

/**
 * The id of the channel, team or user of an event. By protocol §3.3 it is at the top of `data`, the `id` of the entity of that kind, or a member
 * of another entity.
 */
function find(data: JsonObject, kind: string, key: string): string {
  const own = data[key];
  if (typeof own === 'string') return own;
  let id = member(data[kind], 'id');
  for (const name in data) if ((id ||= member(data[name], key))) break;
  // Only for the channel: the user of a thread's root post is not the one that the event is about.
  return id || (kind === 'channel' ? member((data['thread'] as JsonObject | undefined)?.['post'], key) : '');
}

function member(entity: unknown, key: string): string {
  return typeof entity === 'object' && entity ? textOf((entity as JsonObject)[key]) : '';
}
