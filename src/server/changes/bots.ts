import type { BotRow, UserRow } from '../store/people.js';
import type { World } from '../world.js';
import { directChannel } from './direct-channels.js';
import { addPost } from './posts.js';
import { addUser, changeUser } from './users.js';

export interface NewBot {
  readonly username: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly ownerId: string;
}

/** Creates a bot and its user. No event announces that user. */
export function addBot(world: World, bot: NewBot): BotRow {
  const user = addUser(
    world,
    {
      username: bot.username,
      email: `${bot.username}@localhost`,
      password: '',
      first_name: bot.displayName ?? '',
    },
    { silently: true },
  );
  return world.store.bots.put({
    user_id: user.id,
    username: user.username,
    display_name: bot.displayName ?? '',
    description: bot.description ?? '',
    owner_id: bot.ownerId,
    create_at: user.create_at,
    update_at: user.create_at,
    delete_at: 0,
  });
}

/** A new bot writes to its owner. */
export function greetOwner(world: World, { user_id, owner_id }: BotRow): void {
  const channel = directChannel(world, user_id, owner_id);
  addPost(world, {
    channel_id: channel.id,
    user_id,
    type: 'add_bot_teams_channels',
    message: 'Add me to the teams and channels where you want me to work.',
    props: { from_bot: 'true' },
  });
}

/** Turns a user into a bot. Only 11.6 ends the user's sessions (protocol §5.5). */
export function userToBot(world: World, user: UserRow): BotRow {
  const now = world.clock.now();
  if (world.modern) world.sessions.revokeAllOf(user.id);
  return world.store.bots.put({
    user_id: user.id,
    username: user.username,
    display_name: user.username,
    description: '',
    owner_id: user.id,
    create_at: now,
    update_at: now,
    delete_at: 0,
  });
}

/** Turns a bot into a user who can log in with the password. */
export function botToUser(
  world: World,
  bot: BotRow,
  change: Partial<UserRow> & { readonly password: string },
  admin: boolean,
): UserRow {
  const user = changeUser(world, bot.user_id, {
    ...change,
    last_password_update: world.clock.now(),
    ...(admin ? { roles: 'system_user system_admin' } : {}),
  });
  world.store.bots.delete(bot.user_id);
  return user;
}
