import type { AccessTokenRow } from '../store/people.js';
import type { World } from '../world.js';

/** Creates an access token. Its first use opens a session. */
export function addAccessToken({ store, chance }: World, userId: string, description: string): AccessTokenRow {
  return store.accessTokens.put({
    id: chance.id(),
    token: chance.id(),
    user_id: userId,
    description,
    is_active: true,
  });
}
