import type { PostRow } from '../store/messages.js';
import type { World } from '../world.js';

export interface PostSearch {
  readonly userId: string;
  /** `undefined` for all teams. */
  readonly teamId: string | undefined;
  readonly terms: string;
  /** True if one matching term is enough. */
  readonly any: boolean;
}

const maxHits = 100;

/** Finds posts in the user's channels, newest first. `from:` and `in:` restrict the search; quotes keep words together. */
export function searchPosts({ store }: World, { userId, teamId, terms, any }: PostSearch): PostRow[] {
  const from = new Set<string>();
  const within = new Set<string>();
  const words: string[] = [];
  for (const [, negated, kind, name = '', quoted, word] of terms.matchAll(
    /(-?)(?:(from|in):\s*@?([\w.-]+)|"([^"]+)"|(\S+))/g,
  )) {
    if (negated) continue;
    if (kind === 'from') from.add(store.userNamed(name)?.id ?? '');
    else if (kind === 'in') within.add(name);
    else words.push((quoted ?? word ?? '').toLowerCase());
  }
  const has = (row: PostRow, word: string): boolean =>
    word.startsWith('#')
      ? row.hashtags.toLowerCase().split(' ').includes(word)
      : word.endsWith('*')
        ? row.message.toLowerCase().includes(word.slice(0, -1))
        : new RegExp(
            `(^|[^\\p{L}\\p{N}_])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^\\p{L}\\p{N}_])`,
            'u',
          ).test(row.message.toLowerCase());
  const found = store.channelMembers
    .where('user', userId)
    .flatMap(({ channel_id }) => store.channels.get(channel_id) ?? [])
    .filter((channel) => teamId === undefined || channel.team_id === teamId || channel.team_id === '')
    .filter((channel) => within.size === 0 || within.has(channel.name) || within.has(channel.id))
    .flatMap((channel) => store.posts.where('channel', channel.id))
    .filter((row) => row.delete_at === 0 && !row.type.startsWith('system_'))
    .filter((row) => from.size === 0 || from.has(row.user_id))
    .filter((row) => (any ? words.some((word) => has(row, word)) : words.every((word) => has(row, word))));
  return found.sort((a, b) => b.create_at - a.create_at).slice(0, maxHits);
}
