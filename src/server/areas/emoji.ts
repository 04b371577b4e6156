import { utf8Text } from '../base/text.js';
import { AppError, forbidden, invalidBody, invalidUrl } from '../base/app-error.js';
import { parseJson } from '../rest/body.js';
import { addEmoji } from '../changes/files.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { isSystemEmoji } from '../files/system-emoji.js';
import { pictureSize } from '../files/picture-size.js';
import { partsOf } from '../rest/multipart.js';
import { toEmoji } from '../shapes/file.js';
import { reactionKey } from '../store/messages.js';
import type { EmojiRow } from '../store/files.js';

/** Largest accepted picture, in bytes. */
const mostBytes = (c: Context): number => (c.modern ? 512 : 1024) * 1024;
/** Longest side of a picture that the server scales down, in pixels. */
const mostPixels = 1028;
const mostNames = 200;
/** Maximum of found emoji. */
const mostHits = 100;

/** Throws if custom emoji are disabled. On 11.6 one operation answers 403. */
function needEmoji(c: Context, status = 501): void {
  if (!c.world.config.flag('ServiceSettings.EnableCustomEmoji'))
    throw new AppError(status, 'api.emoji.disabled.app_error', 'Custom emoji are disabled.');
}

const alive = (c: Context): EmojiRow[] => c.store.emoji.all().filter((row) => row.delete_at === 0);

const byName = (a: EmojiRow, b: EmojiRow): number => (a.name < b.name ? -1 : 1);

const getEmojiList: Handler = (c) => {
  needEmoji(c);
  const sort = c.query.get('sort') ?? '';
  if (sort !== '' && sort !== 'name') throw invalidUrl('sort');
  const rows = alive(c);
  return json(c.page(sort ? rows.sort(byName) : rows).map(toEmoji));
};

const checkName = (c: Context, name: string): void => {
  const bad = (id: string): AppError => new AppError(400, id, 'The name is not allowed.');
  if (!/^[a-zA-Z0-9+_-]{1,64}$/.test(name)) throw bad('model.emoji.name.app_error');
  if (isSystemEmoji(name)) throw bad(`model.emoji.${c.modern ? 'system_emoji_name' : 'name'}.app_error`);
};

const createEmoji: Handler = (c) => {
  needEmoji(c);
  c.need('create_emojis');
  if (c.request.body.length > mostBytes(c))
    throw new AppError(413, 'api.emoji.create.too_large.app_error', 'The picture is too large.');
  const parts = partsOf(c.request);
  if (!parts) throw new AppError(400, 'api.emoji.create.parse.app_error', 'The form cannot be read.');
  const described = parts.find(({ name, filename }) => name === 'emoji' && filename === undefined);
  const given = described && parseJson(utf8Text(described.bytes));
  if (typeof given !== 'object' || given === null) throw invalidBody('emoji');
  const { name = '', creator_id = '' } = given as Partial<EmojiRow>;
  if (creator_id !== c.me) throw forbidden();
  if (c.store.emoji.count('name', name) > 0)
    throw new AppError(400, 'api.emoji.create.duplicate.app_error', 'The name is taken.');
  const image = parts.find((part) => part.name === 'image' && part.filename !== undefined)?.bytes;
  if (!image) throw invalidBody('createEmoji');
  const size = pictureSize(image);
  if (!size) throw new AppError(400, 'api.emoji.upload.image.app_error', 'The image must be a PNG, JPEG or GIF.');
  if (Math.max(size.width, size.height) > mostPixels)
    throw new AppError(400, 'api.emoji.upload.large_image.too_large.app_error', 'The picture has too many pixels.');
  checkName(c, name);
  return json(toEmoji(addEmoji(c.world, c.me, name, image)));
};

function emojiOf(c: Context): EmojiRow {
  needEmoji(c);
  const row = c.store.emoji.get(c.id('emoji_id'));
  if (!row || row.delete_at > 0) throw new AppError(404, 'app.emoji.get.no_result', 'There is no such emoji.');
  return row;
}

const getEmoji: Handler = (c) => json(toEmoji(emojiOf(c)));

const getEmojiByName: Handler = (c) => {
  needEmoji(c);
  const [row] = c.store.emoji.where('name', c.param('emoji_name'));
  if (!row) throw new AppError(404, 'app.emoji.get_by_name.no_result', 'There is no such emoji.');
  return json(toEmoji(row));
};

const getEmojiImage: Handler = (c) => {
  const { image } = emojiOf(c);
  const type = pictureSize(image)?.type ?? 'image/png';
  return { status: 200, body: image, type, headers: { 'Cache-Control': 'max-age=2592000, private' } };
};

/** Deletes an emoji and its reactions. Its creator may do that; others need another permission. */
const deleteEmoji: Handler = (c) => {
  const row = emojiOf(c);
  c.need(row.creator_id === c.me ? 'delete_emojis' : 'delete_others_emojis');
  c.store.emoji.put({ ...row, delete_at: c.now, update_at: c.now });
  for (const { post_id, user_id, emoji_name } of c.store.reactions.all())
    if (emoji_name === row.name) c.store.reactions.delete(reactionKey(post_id, user_id, emoji_name));
  return ok();
};

const matching = (c: Context, matches: (name: string) => boolean) =>
  json(
    alive(c)
      .filter(({ name }) => matches(name))
      .sort(byName)
      .slice(0, mostHits)
      .map(toEmoji),
  );

const searchEmoji: Handler = (c) => {
  needEmoji(c, c.modern ? 403 : 501);
  const { term = '', prefix_only } = c.fields('term', { term: 'string', prefix_only: 'boolean' });
  if (!term) throw invalidBody('term');
  return matching(c, (name) => (prefix_only ? name.startsWith(term) : name.includes(term)));
};

const autocompleteEmoji: Handler = (c) => {
  needEmoji(c);
  const start = c.query.get('name') ?? '';
  if (!start) throw invalidUrl('name');
  return matching(c, (name) => name.startsWith(start));
};

const getEmojisByNames: Handler = (c) => {
  needEmoji(c);
  const names = c.strings('names');
  if (names.length > mostNames)
    throw new AppError(400, 'api.emoji.get_multiple_by_name_too_many.request_error', 'There are too many names.');
  return json([...new Set(names)].flatMap((name) => c.store.emoji.where('name', name).map(toEmoji)));
};

export const emojiArea: Area = {
  handlers: {
    getEmojiList,
    createEmoji,
    getEmoji,
    getEmojiByName,
    getEmojiImage,
    deleteEmoji,
    searchEmoji,
    autocompleteEmoji,
    getEmojisByNames,
  },
};
