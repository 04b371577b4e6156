import type { PostRow } from '../store/messages.js';
import type { World } from '../world.js';
import { leakedUser, toUser } from './user.js';

/** A user of whom nothing is told but the id. */
const onlyId = (id: string) => ({
  id,
  delete_at: 0,
  username: '',
  auth_data: '',
  auth_service: '',
  email: '',
  nickname: '',
  first_name: '',
  last_name: '',
  position: '',
  roles: '',
  locale: '',
  timezone: null,
  disable_welcome_email: false,
});

/**
 * Who wrote in a thread; in full only where that is asked for.
 *
 * @param ofPost whether they come with the root post, where 5.37 forgets to take the hashes of passwords out (protocol §10).
 */
export const toParticipants = (world: World, root: PostRow, extended: boolean, ofPost = false) =>
  root.participants.map((id) => {
    const user = world.store.users.get(id);
    if (!extended || !user) return onlyId(id);
    return ofPost && !world.modern ? leakedUser(world, user) : toUser(world, user, 'other');
  });
