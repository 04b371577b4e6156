import { paragraphsOf } from './blocks.js';
import { textOfParagraph } from './inlines.js';
import { everybody } from './keywords.js';

/** What a message mentions. */
export interface FoundMentions {
  /** The keywords that are in it, as they were given. */
  readonly keywords: ReadonlySet<string>;
  /** Names after an at sign that are no keyword. */
  readonly names: readonly string[];
}

/** The server does not read a longer text. */
const longestText = 131_072;

const outsideAscii = /[^\0-\x7F]/;

/**
 * Finds keywords in the texts of a post by the rules of the server, which reads the message and the texts of attachments. A keyword is in
 * lower case, as `@name` or `@channel`, and found in any case; one with capitals is found as it is. Code, addresses and emoji are skipped
 * (protocol §3.5).
 */
export function findMentions(texts: readonly string[], keywords: ReadonlySet<string>): FoundMentions {
  const found = new Set<string>();
  const names: string[] = [];
  const longest = Math.max(0, ...[...keywords].map(({ length }) => length));
  const wide = [...keywords].filter((keyword) => outsideAscii.test(keyword));

  const isKeyword = (word: string): boolean => {
    const keyword = [word.toLowerCase(), word].find((each) => keywords.has(each));
    if (keyword !== undefined) found.add(keyword);
    return keyword !== undefined;
  };

  const addName = (word: string): void => {
    if (word.length > 1 && word.startsWith('@') && !(everybody as readonly string[]).includes(word))
      names.push(word.slice(1));
  };

  const read = (word: string): void => {
    for (let rest = word; ; rest = rest.slice(0, -1)) {
      if (rest.length <= longest && isKeyword(rest)) return;
      if (!/[.:_-]/.test(rest.charAt(rest.length - 1))) break;
    }
    if (word.startsWith('@')) addName(word.replace(/[.:-]$/, ''));
    else for (const part of word.split(/[.:-]+/)) if (!isKeyword(part)) addName(part);
    if (outsideAscii.test(word)) for (const keyword of wide) if (word.includes(keyword)) found.add(keyword);
  };

  for (const message of texts) {
    if (message.length > longestText) continue;
    const { texts: paragraphs, labels } = paragraphsOf(message);
    for (const paragraph of paragraphs)
      for (const word of textOfParagraph(paragraph, labels).split(/[^:.\-_@\p{L}\p{N}]+/u))
        if (!(word.startsWith(':') && word.endsWith(':'))) read(word.replace(/^[:._-]+/, ''));
  }
  return { keywords: found, names };
}
