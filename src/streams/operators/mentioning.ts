import { filter, type MonoTypeOperatorFunction } from 'rxjs';
import type { Post } from '../../models/generated/entities.js';
import { findMentions } from '../../models/mentions/find-mentions.js';
import { everybody, keywordsOf, textsOf, type Mentionable } from '../../models/mentions/keywords.js';
import { postOf, type PostEvent } from './post-of.js';

/**
 * The user that {@link mentioning} looks for. The user as the server gives them will do: the `notify_props` that they see of themselves hold
 * their keywords, and whether their first name and `@channel` mention them.
 */
export interface MentionTarget extends Mentionable {
  readonly id: string;
}

/** Options of {@link mentioning}. */
export interface MentionOptions {
  /**
   * True if the user is the one who is logged in. The server then decides: a `posted` event without `mentions` mentions nobody, whatever its
   * text says. The text of other events, of recovered ones and of posts is still read, as they come without `mentions`. @default false
   */
  readonly self?: boolean;
  /** Lets posts of the system through as well, such as the one that tells of a new member and mentions them. @default false */
  readonly system?: boolean;
}

/**
 * Lets through posts, and events with a post, that mention a user: those whose `mentions` hold the user's id, and those whose text has the name,
 * a keyword of the user, `@channel`, `@all` or `@here` by the rules of the server: not in code, addresses or longer names (protocol §3.5).
 */
export function mentioning<T extends PostEvent | Post>(
  target: MentionTarget,
  { self = false, system = false }: MentionOptions = {},
): MonoTypeOperatorFunction<T> {
  const forAll = target.notify_props?.['channel'] === 'false' ? [] : everybody;
  const keywords = new Set([...keywordsOf(target), ...forAll]);
  return filter((item) => {
    const post = postOf(item);
    if (!system && post.type?.startsWith('system_')) return false;
    if ('data' in item && item.event === 'posted') {
      // A string where the server's JSON was broken.
      const mentions = 'mentions' in item.data ? item.data.mentions : undefined;
      if (Array.isArray(mentions) && mentions.includes(target.id)) return true;
      if (self && !item.recovered) return false;
    }
    return findMentions(textsOf(post), keywords).keywords.size > 0;
  });
}
