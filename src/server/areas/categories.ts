import { toJson } from '../base/to-json.js';
import { AppError, forbidden, invalidBody } from '../base/app-error.js';
import { parseJson } from '../rest/body.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import type { CategoryRow } from '../store/messages.js';

const builtIn = [
  ['favorites', 'Favorites'],
  ['channels', 'Channels'],
  ['direct_messages', 'Direct Messages'],
] as const;

interface Place {
  readonly userId: string;
  readonly teamId: string;
}

/** The sidebar of the path. Throws unless the requesting user may see it. */
function placeOf(c: Context): Place {
  const userId = c.userId();
  c.needSelf(userId);
  const teamId = c.id('team_id');
  if (c.modern && !c.store.inTeam(teamId, userId)) throw forbidden();
  return { userId, teamId };
}

/** The categories of a sidebar. The three default ones are created with the first request. */
function categoriesOf(c: Context, { userId, teamId }: Place): CategoryRow[] {
  const owner = `${userId} ${teamId}`;
  if (c.store.categories.count('owner', owner) === 0)
    builtIn.forEach(([type, display_name], at) =>
      c.store.categories.put({
        id: `${type}_${userId}_${teamId}`,
        user_id: userId,
        team_id: teamId,
        sort_order: at * 10,
        sorting: type === 'direct_messages' ? 'recent' : '',
        type,
        display_name,
        muted: false,
        collapsed: false,
        channel_ids: [],
      }),
    );
  return c.store.categories.where('owner', owner).sort((a, b) => a.sort_order - b.sort_order);
}

/** A converted group changes the first category of the sidebar of each of its members. */
export function emitFirstCategory(c: Context, place: Place): void {
  const first = categoriesOf(c, place).slice(0, 1);
  c.store.emit({
    event: 'sidebar_category_updated',
    data: { updatedCategories: toJson(first) },
    to: { userId: place.userId, teamId: place.teamId },
  });
}

/** A category as on the wire. 5.37 does not send its place. */
function toCategory({ modern }: Context, { sort_order, ...row }: CategoryRow) {
  return modern ? { ...row, sort_order } : row;
}

/** Channels without a category are shown in one of two default categories. */
function withChannels(c: Context, row: CategoryRow, all: readonly CategoryRow[]): CategoryRow {
  if (row.type !== 'channels' && row.type !== 'direct_messages') return row;
  const placed = new Set(all.flatMap(({ channel_ids }) => channel_ids));
  const direct = row.type === 'direct_messages';
  const rest = c.store.channelMembers
    .where('user', row.user_id)
    .flatMap(({ channel_id }) => c.store.channels.get(channel_id) ?? [])
    .filter((channel) => channel.delete_at === 0 && !placed.has(channel.id))
    .filter(({ type, team_id }) =>
      direct ? type === 'D' || type === 'G' : team_id === row.team_id && type !== 'D' && type !== 'G',
    )
    .sort((a, b) => (a.display_name.toLowerCase() < b.display_name.toLowerCase() ? -1 : 1));
  return { ...row, channel_ids: [...row.channel_ids, ...rest.map(({ id }) => id)] };
}

const shown = (c: Context, place: Place): CategoryRow[] => {
  const all = categoriesOf(c, place);
  return all.map((row) => withChannels(c, row, all));
};

const getAll: Handler = (c) => {
  const categories = shown(c, placeOf(c));
  return json({ categories: categories.map((row) => toCategory(c, row)), order: categories.map(({ id }) => id) });
};

const getOrder: Handler = (c) => json(categoriesOf(c, placeOf(c)).map(({ id }) => id));

function categoryOf(c: Context, place: Place): CategoryRow {
  const row = shown(c, place).find(({ id }) => id === c.param('category_id'));
  if (!row) throw forbidden();
  return row;
}

const getOne: Handler = (c) => json(toCategory(c, categoryOf(c, placeOf(c))));

const categoryFields = {
  id: 'string',
  display_name: 'string',
  sorting: 'string',
  muted: 'boolean',
  collapsed: 'boolean',
  channel_ids: 'strings',
  type: 'string',
} as const;

/** Removes channels from all other categories: a channel is in one category only. */
function claim(c: Context, place: Place, ids: readonly string[], ownId: string): void {
  for (const row of categoriesOf(c, place))
    if (row.id !== ownId && row.channel_ids.some((id) => ids.includes(id)))
      c.store.categories.put({ ...row, channel_ids: row.channel_ids.filter((id) => !ids.includes(id)) });
}

const create: Handler = (c) => {
  const body = c.fields('category', categoryFields);
  const place = placeOf(c);
  const { display_name = '', channel_ids = [] } = body;
  const id = c.world.chance.id();
  claim(c, place, channel_ids, id);
  const old = categoriesOf(c, place);
  const at = old.findIndex(({ type }) => type === 'favorites') + 1;
  const row: CategoryRow = {
    id,
    user_id: place.userId,
    team_id: place.teamId,
    sort_order: at * 10,
    sorting: '',
    type: 'custom',
    display_name,
    muted: false,
    collapsed: false,
    channel_ids,
  };
  renumber(c, [...old.slice(0, at), row, ...old.slice(at)]);
  c.store.emit({
    event: 'sidebar_category_created',
    data: { category_id: id },
    to: { userId: place.userId, teamId: place.teamId },
  });
  return json(toCategory(c, row));
};

function renumber(c: Context, rows: readonly CategoryRow[]): void {
  rows.forEach((row, at) => c.store.categories.put({ ...row, sort_order: at * 10 }));
}

interface Change {
  readonly id: string;
  readonly display_name?: string;
  readonly sorting?: string;
  readonly muted?: boolean;
  readonly collapsed?: boolean;
  readonly channel_ids?: readonly string[];
}

function update(c: Context, place: Place, changes: readonly Change[]) {
  const rows = changes.map((change) => {
    const old = categoriesOf(c, place).find(({ id }) => id === change.id);
    if (!old) throw forbidden();
    const { display_name, channel_ids = old.channel_ids, sorting = '', muted = false, collapsed = false } = change;
    claim(c, place, channel_ids, old.id);
    const name = old.type === 'custom' && display_name !== undefined ? { display_name } : {};
    return c.store.categories.put({ ...old, ...name, channel_ids, sorting, muted, collapsed });
  });
  c.store.emit({
    event: 'sidebar_category_updated',
    data: c.modern ? { updatedCategories: toJson(rows) } : {},
    to: { userId: place.userId, teamId: place.teamId },
  });
  return rows.map((row) => toCategory(c, row));
}

const updateAll: Handler = (c) => {
  const list = parseJson(c.bodyText);
  if (!Array.isArray(list)) throw invalidBody('categories');
  return json(update(c, placeOf(c), list as readonly Change[]));
};

const updateOne: Handler = (c) => {
  const { id: _, type: _type, ...change } = c.fields('category', categoryFields);
  const place = placeOf(c);
  return json(update(c, place, [{ ...change, id: categoryOf(c, place).id }])[0]);
};

const updateOrder: Handler = (c) => {
  const ids = c.strings('category_order');
  const place = placeOf(c);
  const rows = categoriesOf(c, place);
  if (rows.length !== ids.length || rows.some(({ id }) => !ids.includes(id))) throw invalidBody('category');
  renumber(
    c,
    ids.flatMap((id) => rows.find((row) => row.id === id) ?? []),
  );
  c.store.emit({
    event: 'sidebar_category_order_updated',
    data: { order: ids },
    to: { userId: place.userId, teamId: place.teamId },
  });
  return json(ids);
};

const remove: Handler = (c) => {
  const place = placeOf(c);
  const row = categoryOf(c, place);
  if (row.type !== 'custom')
    throw new AppError(400, 'app.channel.sidebar_categories.app_error', 'A default category cannot be deleted.');
  c.store.categories.delete(row.id);
  c.store.emit({
    event: 'sidebar_category_deleted',
    data: { category_id: row.id },
    to: { userId: place.userId, teamId: place.teamId },
  });
  return ok();
};

export const categoriesArea: Area = {
  handlers: {
    getSidebarCategoriesForTeamForUser: getAll,
    createSidebarCategoryForTeamForUser: create,
    updateSidebarCategoriesForTeamForUser: updateAll,
    getSidebarCategoryOrderForTeamForUser: getOrder,
    updateSidebarCategoryOrderForTeamForUser: updateOrder,
    removeSidebarCategoryForTeamForUser: remove,
    getSidebarCategoryForTeamForUser: getOne,
    updateSidebarCategoryForTeamForUser: updateOne,
  },
};
