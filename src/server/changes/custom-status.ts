import type { UserRow } from '../store/people.js';
import type { World } from '../world.js';
import { preferenceKey, savePreferences } from './preferences.js';
import { changeUser, tellUserUpdated } from './users.js';

/** What a user says of himself. `expires_at` is a time as text. */
export interface CustomStatus {
  readonly emoji: string;
  readonly text: string;
  readonly duration: string;
  readonly expires_at: string;
}

/** How the server writes that a custom status never ends. */
export const never = '0001-01-01T00:00:00Z';
const mostRecent = 5;

/** Stores a custom status in the user's props, and among the recent ones in a preference. */
export function setCustomStatus(world: World, user: UserRow, status: CustomStatus): void {
  putCustomStatus(world, user, JSON.stringify(status));
  const older = recentStatuses(world, user.id).filter(({ text }) => text !== status.text);
  saveRecent(world, user.id, [status, ...older].slice(0, mostRecent));
}

/** Takes it back; the recent ones stay. */
export const clearCustomStatus = (world: World, user: UserRow): void => putCustomStatus(world, user, '');

function putCustomStatus(world: World, user: UserRow, customStatus: string): void {
  tellUserUpdated(world, changeUser(world, user.id, { props: { ...user.props, customStatus } }));
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

/** Forgets one of the recent ones; false if it is none of them. */
export function forgetRecentStatus(world: World, userId: string, status: CustomStatus): boolean {
  const recent = recentStatuses(world, userId);
  const left = recent.filter(({ emoji, text }) => emoji !== status.emoji || text !== status.text);
  if (left.length === recent.length) return false;
  saveRecent(world, userId, left);
  return true;
}
