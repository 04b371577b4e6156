import type { ConnectionState, MattermostEvent, SessionChange } from 'matterstream';
import { isEvent } from 'matterstream';

/** Who did something, and what, in a few words. */
export interface Deed {
  readonly userId: string;
  readonly text: string;
}

export function describeEvent(event: MattermostEvent<string>): Deed {
  const deed = (text: string, userId = event.userId): Deed => ({ userId, text });
  if (event.undecoded) return deed(`(invalid JSON in ${event.undecoded.join(', ')})`);

  if (isEvent(event, 'posted', 'post_edited', 'post_deleted', 'ephemeral_message')) {
    const { message, root_id: rootId, user_id: userId, file_ids: files } = event.data.post;
    const attached = files?.length ? ` [${files.length} file${files.length === 1 ? '' : 's'}]` : '';
    return deed(`${rootId ? '↳ ' : ''}${message}${attached}`, userId);
  }
  if (isEvent(event, 'reaction_added', 'reaction_removed')) {
    const { emoji_name: emoji, user_id: userId } = event.data.reaction;
    return deed(`:${emoji}:`, userId);
  }
  if (isEvent(event, 'status_change')) return deed(`is ${event.data.status}`);
  if (isEvent(event, 'user_updated')) {
    const { id, delete_at: deletedAt } = event.data.user;
    return deed(deletedAt ? 'account ended' : 'profile changed', id);
  }
  if (isEvent(event, 'hello')) return deed(`server ${event.data.server_version.split('.', 3).join('.')}`);
  if (isEvent(event, 'multiple_channels_viewed')) {
    const { length } = Object.keys(event.data.channel_times);
    return deed(`${length} channel${length === 1 ? '' : 's'} read`);
  }
  if (isEvent(event, 'thread_updated')) return deed(`${event.data.thread.reply_count} replies`);
  return deed(event.recovered ? '(recovered)' : '');
}

export function describeConnection(state: ConnectionState): string {
  switch (state.status) {
    case 'ready':
      return state.resumed ? 'resumed: nothing was lost' : `connection ${state.connectionId.slice(0, 6)}…`;
    case 'waiting':
      return `${state.reason}, attempt ${state.attempt}`;
    case 'rejected':
      return state.error.message;
    default:
      return '';
  }
}

/** What a change is about, and what it was recognised by. */
export function describeSession({ scope, evidence }: SessionChange): string {
  const of = scope === 'current' ? '' : `(${scope}) `;
  switch (evidence.kind) {
    case 'call':
      return `${of}${evidence.operation} was answered ${evidence.status}`;
    case 'reply':
      return `${of}a ping was answered ${evidence.status}`;
    case 'event':
      return `${of}by ${evidence.event}`;
    case 'connection':
      return `${of}the socket is in`;
    case 'rejection':
      return `${of}${evidence.error.message}`;
  }
}
