import { toJson } from '../base/to-json.js';
import type { PreferenceRow } from '../store/people.js';
import type { World } from '../world.js';

export const preferenceKey = ({ user_id, category, name }: PreferenceRow): string => `${user_id} ${category} ${name}`;

/** Stores preferences. The sidebar's event comes first, since some preferences are about the sidebar. */
export function savePreferences({ store }: World, userId: string, rows: readonly PreferenceRow[]): void {
  for (const row of rows) store.preferences.put(row);
  store.emit({ event: 'sidebar_category_updated', data: {}, to: { userId } });
  store.emit({ event: 'preferences_changed', data: { preferences: toJson(rows) }, to: { userId } });
}

export function removePreferences({ store }: World, userId: string, rows: readonly PreferenceRow[]): void {
  for (const row of rows) store.preferences.delete(preferenceKey(row));
  store.emit({ event: 'sidebar_category_updated', data: {}, to: { userId } });
  store.emit({ event: 'preferences_deleted', data: { preferences: toJson(rows) }, to: { userId } });
}
