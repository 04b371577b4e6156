import { utf8Text } from '../base/text.js';
import { invalidBody } from '../base/app-error.js';
import { json } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { needInTeam } from '../rest/refusals.js';
import { toFileInfo } from '../shapes/file.js';
import type { FileRow } from '../store/files.js';

/** Without a search engine there is one page of hits only (protocol §7.1). */
const mostHits = 100;

/** Finds attached files in the channels of the requesting user, by words of their name or text. */
function search(c: Context, teamId: string | undefined) {
  const {
    terms = '',
    is_or_search: any = false,
    page = 0,
  } = c.fields('terms', {
    terms: 'string',
    is_or_search: 'boolean',
    page: 'number',
    per_page: 'number',
  });
  const words = terms.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) throw invalidBody('terms');
  const matches = (file: FileRow): boolean => {
    const isText = /^(text\/|application\/json)/.test(file.mime_type);
    const text = `${file.name} ${isText ? utf8Text(file.bytes) : ''}`.toLowerCase();
    return any ? words.some((word) => text.includes(word)) : words.every((word) => text.includes(word));
  };
  const isHere = ({ post_id, channel_id, delete_at }: FileRow): boolean =>
    post_id !== '' &&
    delete_at === 0 &&
    c.store.inChannel(channel_id, c.me) &&
    [teamId, ''].includes(teamId && c.store.channels.get(channel_id)?.team_id);
  const found = c.store.files
    .all()
    .filter((file) => isHere(file) && matches(file))
    .sort((a, b) => b.create_at - a.create_at)
    .slice(0, page > 0 ? 0 : mostHits);
  const list = {
    order: found.map(({ id }) => id),
    file_infos: Object.fromEntries(found.map((row) => [row.id, toFileInfo(c.world, row, { found: true })])),
    next_file_info_id: '',
    prev_file_info_id: '',
    ...(c.modern ? { first_inaccessible_file_time: 0 } : {}),
  };
  return { ...json(list), headers: { 'Cache-Control': 'no-cache, no-store, must-revalidate' } };
}

const searchFilesInTeam: Handler = (c) => {
  const teamId = c.id('team_id');
  needInTeam(c, teamId, 'view_team');
  return search(c, teamId);
};

const searchFiles: Handler = (c) => search(c, undefined);

export const fileSearchArea: Area = { handlers: { searchFiles, searchFilesInTeam } };
