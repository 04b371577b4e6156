import { StatusApi } from './api/generated/status.js';
import { SystemApi } from './api/generated/system.js';
import { UsersApi } from './api/generated/users.js';
import type { RestClient } from './api/rest.js';
import type { RestPort } from './streams/rest-port.js';

/** What the streams need of REST, made from `createRest(…)`: for `createStreams`. */
export function createRestPort(rest: RestClient): RestPort {
  const users = new UsersApi(rest);
  const status = new StatusApi(rest);
  const system = new SystemApi(rest);
  return {
    me: () => users.getUser('me'),
    clientConfig: () => system.getClientConfig(),
    // A late notice would show somebody typing who has stopped.
    publishTyping: (userId, channelId, rootId) =>
      users.publishUserTyping(userId, { channel_id: channelId, parent_id: rootId }).with({ retry: false }),
    statuses: (userIds) => status.getUsersStatusesByIds([...userIds]),
    setStatus: (userId, value, dndEndTime) =>
      status.updateUserStatus(userId, {
        user_id: userId,
        status: value,
        ...(dndEndTime !== undefined && { dnd_end_time: dndEndTime }),
      }),
    sessions: (userId) => users.getSessions(userId),
    outcomes$: rest.outcomes$,
  };
}
