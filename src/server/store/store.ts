import type { Draft } from '../hub/draft.js';
import { fileTables } from './files.js';
import { messageTables } from './messages.js';
import { memberKey, placeTables } from './places.js';
import { peopleTables } from './people.js';

/** All state of one server. A handler changes it here and says here what the change is to tell; the hub listens. */
export type Store = ReturnType<typeof createStore>;

export function createStore(publish: (draft: Draft) => void) {
  const tables = { ...peopleTables(), ...placeTables(), ...messageTables(), ...fileTables() };
  return {
    ...tables,
    /** Tells the sockets of an event. Delivery is decided at once, so order it against the changes as the server does. */
    emit: publish,
    inTeam: (teamId: string, userId: string): boolean =>
      tables.teamMembers.get(memberKey(teamId, userId))?.delete_at === 0,
    inChannel: (channelId: string, userId: string): boolean =>
      tables.channelMembers.get(memberKey(channelId, userId)) !== undefined,
    /** By its name; the names of users that are gone stay taken. */
    userNamed: (username: string) => tables.users.where('username', username.toLowerCase())[0],
    userOfEmail: (email: string) => tables.users.where('email', email.toLowerCase())[0],
  };
}
