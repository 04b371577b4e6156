import type { Broadcast } from '../../models/frames.js';
import { toJson } from '../base/to-json.js';
import type { Version } from '../base/version.js';
import type { Audience, EventData } from '../store/draft.js';

/** Sorts the keys of the outermost object, as the server writes maps. */
export function sorted(data: EventData): EventData {
  return Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function toBroadcast(to: Audience, version: Version): Broadcast {
  const { omitUsers = [], userId = '', channelId = '', teamId = '' } = to;
  const common = {
    omit_users: omitUsers.length ? Object.fromEntries(omitUsers.map((id) => [id, true])) : null,
    user_id: userId,
    channel_id: channelId,
    team_id: teamId,
  };
  if (version === '5.37') return common;
  return {
    ...common,
    connection_id: to.connectionId ?? '',
    omit_connection_id: to.omitConnectionId ?? '',
    ...(to.copy === 'others' ? { contains_sanitized_data: true } : {}),
    ...(to.copy === 'admins' ? { contains_sensitive_data: true } : {}),
  };
}

/** An encoded event without its number, so that all sockets share one encoding. */
export type NumberedFrame = (seq: number) => string;

/**
 * Encodes an event. On 11.6 broadcasts have spaces and no newline at the end; `hello`, rewritten events and everything on 5.37 are compact
 * and end with a newline (protocol §1.4).
 */
export function encodeEvent(
  event: string,
  data: EventData,
  to: Audience,
  version: Version,
  rewritten: boolean,
): NumberedFrame {
  const parts = [toJson(event), toJson(sorted(data)), toJson(toBroadcast(to, version))];
  if (version === '11.6' && !rewritten) {
    const head = `{"event": ${parts[0]}, "data": ${parts[1]}, "broadcast": ${parts[2]}, "seq": `;
    return (seq) => `${head}${seq}}`;
  }
  const head = `{"event":${parts[0]},"data":${parts[1]},"broadcast":${parts[2]},"seq":`;
  return (seq) => `${head}${seq}}\n`;
}

/** The successful reply to an action. `seq_reply` is left out if it is 0, `data` if it is empty. */
export function encodeReply(seqReply: number, data?: EventData): string {
  const some = data && Object.keys(data).length > 0;
  return `${toJson({
    status: 'OK',
    ...(seqReply === 0 ? {} : { seq_reply: seqReply }),
    ...(some ? { data: sorted(data) } : {}),
  })}\n`;
}

export function encodeFailure(seqReply: number, error: { id: string; message: string; status: number }): string {
  return `${toJson({
    status: 'FAIL',
    ...(seqReply === 0 ? {} : { seq_reply: seqReply }),
    error: { id: error.id, message: error.message, detailed_error: '', status_code: error.status },
  })}\n`;
}
