import type { UserRow } from '../store/people.js';
import type { World } from '../world.js';
import { preferenceKey, savePreferences } from './preferences.js';
import { changeUser, emitUserUpdated } from './users.js';

/** A custom status. `expires_at` is a time in ISO 8601. */
export interface CustomStatus {
  readonly emoji: string;
  readonly text: string;
  readonly duration: string;
  readonly expires_at: string;
}

/** The `expires_at` of a custom status that never ends. */
export const never = '0001-01-01T00:00:00Z';
const mostRecent = 5;

/** Stores a custom status in the props of the user, and adds it to the recent ones in a preference. */
export function setCustomStatus(world: World, user: UserRow, status: CustomStatus): void {
  putCustomStatus(world, user, JSON.stringify(status));
  const older = recentStatuses(world, user.id).filter(({ text }) => text !== status.text);
  saveRecent(world, user.id, [status, ...older].slice(0, mostRecent));
}

/** Removes the custom status. The recent ones stay. */
export const clearCustomStatus = (world: World, user: UserRow): void => putCustomStatus(world, user, '');

function putCustomStatus(world: World, user: UserRow, customStatus: string): void {
  emitUserUpdated(world, changeUser(world, user.id, { props: { ...user.props, customStatus } }));
}

const recentKey = (userId: string) => ({
  user_id: userId,
  category: 'custom_status',
  name: 'recent_custom_statuses',
});

function recentStatuses({ store }: World, userId: string): readonly CustomStatus[] {
  const row = store.preferences.get(preferenceKey({ ...recentKey(userId), value: '' }));
  return row ? (JSON.parse(row.value) as CustomStatus[]) : [];
}

function saveRecent(world: World, userId: string, statuses: readonly CustomStatus[]): void {
  savePreferences(world, userId, [{ ...recentKey(userId), value: JSON.stringify(statuses) }]);
}

/** Removes a recent status; false if there is no such one. */
export function forgetRecentStatus(world: World, userId: string, status: CustomStatus): boolean {
  const recent = recentStatuses(world, userId);
  const left = recent.filter(({ emoji, text }) => emoji !== status.emoji || text !== status.text);
  if (left.length === recent.length) return false;
  saveRecent(world, userId, left);
  return true;
}
