import type { PostRow } from '../store/messages.js';
import type { World } from '../world.js';
import { leakedUser, toUser } from './user.js';

/** A user with nothing but the id. */
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
 * The authors of a thread. Only `extended` gives more of them than the id.
 *
 * @param ofPost whether they are part of the root post, where 5.37 leaks the hashes of passwords (protocol §10).
 */
export const toParticipants = (world: World, root: PostRow, extended: boolean, ofPost = false) =>
  root.participants.map((id) => {
    const user = world.store.users.get(id);
    if (!extended || !user) return onlyId(id);
    return ofPost && !world.modern ? leakedUser(world, user) : toUser(world, user, 'other');
  });
