import { urlAround, wwwEnd } from './autolinks.js';
import { endOf, isEscapable, labelEnd, targetEnd, toLabel } from './links.js';

/** An opening bracket that may begin a link or an image. */
interface Bracket {
  readonly image: boolean;
  /** Where the text of the link begins. */
  readonly start: number;
  /** The number of pieces before that text. */
  readonly pieces: number;
  /** True within a link, which holds no other. */
  inactive: boolean;
}

const plain = /[^\\`&![\]wW:]+/y;
const ticks = /`+/y;
const emoji = /:[a-z0-9_+-]+:(?!\w)/y;
/** A character by its number or name. Of the names only common ones are known here: the others stay as they are. */
const reference = /&(?:#x([0-9a-f]{1,8})|#(\d{1,8})|amp|lt|gt|quot|nbsp);/iy;

/** Stands for what is no text: it separates words. */
const gap = ' ';

/** The character of a number. */
function characterOf(hex: string | undefined, decimal: string | undefined): string {
  const code = hex === undefined ? Number(decimal ?? 0) : Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff) ? String.fromCodePoint(code) : gap;
}

/** Where the code that begins with the backticks from `start` to `end` ends: at the next ones of the same number. */
function codeEnd(text: string, start: number, end: number): number | undefined {
  const runs = /`+/g;
  runs.lastIndex = end;
  for (let run = runs.exec(text); run; run = runs.exec(text)) if (run[0].length === end - start) return runs.lastIndex;
  return undefined;
}

/** Where the link or image ends whose text ends with the bracket at `at`. */
function linkEnd(text: string, at: number, { image, start }: Bracket, labels: ReadonlySet<string>): number | undefined {
  const target = targetEnd(text, at + 1, image);
  if (target !== undefined) return target;
  const end = labelEnd(text, at + 1);
  const own = end === undefined || end === at + 3;
  const label = own ? text.slice(start, at) : text.slice(at + 2, end - 1);
  return label !== '' && labels.has(toLabel(label)) ? (end ?? at + 1) : undefined;
}

/** Where the emoji that begins at `at` ends. The server does not look at a single byte before it. */
function emojiEnd(text: string, at: number): number | undefined {
  return at > 1 && /\w/.test(text[at - 1] ?? '') ? undefined : endOf(emoji, text, at);
}

/**
 * The text of a paragraph without code, addresses, titles and emoji, and without the marks of links and images: what the server looks for
 * mentions in. `labels` are those that the message defines.
 */
export function textOfParagraph(source: string, labels: ReadonlySet<string>): string {
  const brackets: Bracket[] = [];
  const pieces: string[] = [];
  let at = 0;
  const take = (end: number, as = source.slice(at, end)): void => {
    pieces.push(as);
    at = end;
  };

  const closeBracket = (): void => {
    const bracket = brackets.pop();
    const end = bracket && !bracket.inactive ? linkEnd(source, at, bracket, labels) : undefined;
    if (bracket && end !== undefined) {
      // The server reads the pieces of a link one by one: `w`, `:` and `!` break names in it.
      pieces.push(pieces.splice(bracket.pieces).join(gap));
      if (!bracket.image) for (const each of brackets) if (!each.image) each.inactive = true;
    }
    take(end ?? at + 1, gap);
  };

  const takeReference = (): void => {
    reference.lastIndex = at;
    const [all = '&', hex, decimal] = reference.exec(source) ?? [];
    take(at + all.length, `${characterOf(hex, decimal)}${gap}`);
  };

  const takeColon = (linkable: boolean): void => {
    const url = linkable ? urlAround(source, at) : undefined;
    if (url) {
      pieces.push((pieces.pop() ?? '').slice(0, url.start - at));
      return take(url.end, gap);
    }
    const end = emojiEnd(source, at);
    take(end ?? at + 1, end === undefined ? ':' : gap);
  };

  while (at < source.length) {
    const linkable = brackets.every(({ inactive }) => inactive);
    const char = source[at];
    if (char === '\\') {
      // Where a character is escaped a word begins: `me\@name` mentions.
      take(at + 1, gap);
      if (isEscapable(source[at])) take(at + 1);
    } else if (char === '`') {
      const end = endOf(ticks, source, at) ?? at + 1;
      take(codeEnd(source, at, end) ?? end, gap);
    } else if (char === '&') takeReference();
    else if (char === '[' || char === '!') {
      const start = at + (char === '!' && source[at + 1] === '[' ? 2 : 1);
      take(start, gap);
      if (source[start - 1] === '[')
        brackets.push({ image: char === '!', start, pieces: pieces.length, inactive: false });
    } else if (char === ']') closeBracket();
    else if (char === ':') takeColon(linkable);
    else if (char === 'w' || char === 'W') {
      const end = linkable ? wwwEnd(source, at) : undefined;
      take(end ?? at + 1, end === undefined ? char : gap);
    } else take(endOf(plain, source, at) ?? at + 1);
  }
  return pieces.join('');
}
