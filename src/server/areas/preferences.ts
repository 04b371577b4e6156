import { AppError, invalidBody } from '../base/app-error.js';
import { parseJson } from '../rest/body.js';
import { removePreferences, savePreferences } from '../changes/preferences.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import type { PreferenceRow } from '../store/people.js';

const maxAtOnce = 100;

/** The preferences of a body. All must be of the user in the path. */
function sent(c: Context, userId: string, verb: 'update' | 'delete'): readonly PreferenceRow[] {
  const list = parseJson(c.bodyText);
  if (!Array.isArray(list) || (c.modern && (list.length === 0 || list.length > maxAtOnce)))
    throw invalidBody('preferences');
  return list.map((item: Partial<PreferenceRow>) => {
    const row = {
      user_id: item.user_id ?? '',
      category: item.category ?? '',
      name: item.name ?? '',
      value: item.value ?? '',
    };
    if (row.user_id !== userId)
      throw new AppError(
        403,
        `api.preference.${verb}_preferences.${verb === 'update' ? 'set' : 'delete'}.app_error`,
        'The preference must be of the user in the path.',
      );
    if (!row.category || row.category.length > 32)
      throw new AppError(400, 'model.preference.is_valid.category.app_error', 'The category is not valid.');
    if (row.name.length > 32)
      throw new AppError(400, 'model.preference.is_valid.name.app_error', 'The name is too long.');
    if (row.value.length > 20_000)
      throw new AppError(400, 'model.preference.is_valid.value.app_error', 'The value is too long.');
    return row;
  });
}

const own = (c: Context): string => {
  const userId = c.userId();
  c.needSelf(userId);
  return userId;
};

const order = (a: PreferenceRow, b: PreferenceRow): number =>
  `${a.category} ${a.name}` < `${b.category} ${b.name}` ? -1 : 1;

const getPreferences: Handler = (c) => {
  const rows = c.store.preferences.where('user', own(c)).sort(order);
  return json(rows.length === 0 && c.modern ? null : rows);
};

const updatePreferences: Handler = (c) => {
  const userId = own(c);
  savePreferences(c.world, userId, sent(c, userId, 'update'));
  return ok();
};

const deletePreferences: Handler = (c) => {
  const userId = own(c);
  removePreferences(c.world, userId, sent(c, userId, 'delete'));
  return ok();
};

const getPreferencesByCategory: Handler = (c) => {
  const category = c.param('category');
  const rows = c.store.preferences.where('user', own(c)).filter((row) => row.category === category);
  if (rows.length === 0)
    throw new AppError(
      404,
      'api.preference.preferences_category.get.app_error',
      'There are no preferences in that category.',
    );
  return json(rows.sort(order));
};

const getPreferencesByCategoryByName: Handler = (c) => {
  const row = c.store.preferences.get(`${own(c)} ${c.param('category')} ${c.param('preference_name')}`);
  if (!row) throw new AppError(400, 'app.preference.get.app_error', 'There is no such preference.');
  return json(row);
};

export const preferencesArea: Area = {
  handlers: {
    getPreferences,
    updatePreferences,
    deletePreferences,
    getPreferencesByCategory,
    getPreferencesByCategoryByName,
  },
};
