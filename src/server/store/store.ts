import type { Draft } from './draft.js';
import { fileTables } from './files.js';
import { messageTables } from './messages.js';
import { memberKey, placeTables } from './places.js';
import { peopleTables } from './people.js';

/** All state of one server. Handlers change it here and publish the events of the change with `emit`. */
export type Store = ReturnType<typeof createStore>;

export function createStore(publish: (draft: Draft) => void) {
  const tables = { ...peopleTables(), ...placeTables(), ...messageTables(), ...fileTables() };
  return {
    ...tables,
    /** Publishes an event. Recipients are decided at once, so the order of changes and events must be that of the server. */
    emit: publish,
    inTeam: (teamId: string, userId: string): boolean =>
      tables.teamMembers.get(memberKey(teamId, userId))?.delete_at === 0,
    inChannel: (channelId: string, userId: string): boolean =>
      tables.channelMembers.get(memberKey(channelId, userId)) !== undefined,
    /** The user with a name. Deactivated users keep theirs. */
    userNamed: (username: string) => tables.users.where('username', username.toLowerCase())[0],
    userOfEmail: (email: string) => tables.users.where('email', email.toLowerCase())[0],
  };
}
