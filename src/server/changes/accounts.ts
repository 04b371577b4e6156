import { memberKey } from '../store/places.js';
import type { UserRow } from '../store/people.js';
import type { World } from '../world.js';
import { setStatus, statusOf } from './status.js';
import { changeUser, emitUserUpdated } from './users.js';

/** Deactivates or activates an account. Deactivation ends its sessions; on 5.37 its sockets get one last event (protocol §5.5). */
export function setActive(world: World, userId: string, active: boolean): UserRow {
  const { store, clock, modern, config } = world;
  const user = changeUser(world, userId, { delete_at: active ? 0 : clock.now() });
  if (!active) {
    const goOffline = (): void => {
      if (statusOf(world, userId).status !== 'offline') setStatus(world, userId, { status: 'offline', manual: false });
    };
    if (!modern) goOffline();
    world.sessions.revokeAllOf(userId);
    world.hub.invalidateUser(userId);
    goOffline();
  }
  emitUserUpdated(world, user);
  if (!active && config.flag('ServiceSettings.DisableBotsWhenOwnerIsDeactivated'))
    for (const bot of store.bots.all())
      if (bot.owner_id === userId && bot.user_id !== userId && bot.delete_at === 0)
        setBotActive(world, bot.user_id, false);
  return user;
}

/** Disables or enables a bot, together with its user. */
export function setBotActive(world: World, botUserId: string, active: boolean): void {
  const { store, clock } = world;
  const now = clock.now();
  // This comes first: a user that was turned into a bot owns itself, and would be disabled as one of its own bots again and again.
  store.bots.patch(botUserId, { update_at: now, delete_at: active ? 0 : now });
  setActive(world, botUserId, active);
}

/** Deletes a user with their posts, memberships, tokens and settings. */
export function removeUser(world: World, userId: string): void {
  const { store } = world;
  for (const { id } of store.posts.all().filter(({ user_id }) => user_id === userId)) store.posts.delete(id);
  for (const { team_id } of store.teamMembers.where('user', userId))
    store.teamMembers.delete(memberKey(team_id, userId));
  for (const { channel_id } of store.channelMembers.where('user', userId))
    store.channelMembers.delete(memberKey(channel_id, userId));
  for (const { id } of store.accessTokens.where('user', userId)) store.accessTokens.delete(id);
  for (const { id } of store.audits.where('user', userId)) store.audits.delete(id);
  for (const { category, name } of store.preferences.where('user', userId))
    store.preferences.delete(`${userId} ${category} ${name}`);
  store.statuses.delete(userId);
  store.acceptedTerms.delete(userId);
  store.bots.delete(userId);
  store.users.delete(userId);
}
