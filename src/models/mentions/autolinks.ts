import { endOf, isSpace } from './links.js';

const scheme = /(?<![a-z0-9])(?:https?|ftp|mailto|tel)$/i;
const longestScheme = 6;
const host = /:\/\/(?!\uFFFD)[^\s\p{P}]/uy;
const www = /www\d{0,3}\.[^]/y;
/** A host with an underscore makes no link. */
const underscored = /[\0-\x7F][0-9A-Za-z$+<=>^`|~.-]*_[^]/y;

/** How much of what stands before the next space is a link: trailing punctuation and brackets that it did not open are not. */
function lengthOf(link: string): number {
  const cut = link.search(/[<>]/);
  let end = cut === -1 ? link.length : cut;
  let unopened = 0;
  for (const char of link.slice(0, end)) unopened += char === ')' ? 1 : char === '(' ? -1 : 0;
  for (;;) {
    const last = link[end - 1] ?? '';
    if (last === ';') {
      let from = end - 2;
      while (/[a-z]/i.test(link[from] ?? '')) from--;
      end = from < end - 2 && link[from] === '&' ? from : end - 1;
    } else if (last !== '' && `?!.,:*_~'"`.includes(last)) end--;
    else if (last === ')' && unopened > 0) {
      end--;
      unopened--;
    } else return end;
  }
}

function linkEnd(text: string, start: number, at: number): number {
  let end = at;
  while (end < text.length && !isSpace(text[end])) end++;
  return start + lengthOf(text.slice(start, end));
}

/** The address whose colon is at `at`. */
export function urlAround(text: string, at: number): { readonly start: number; readonly end: number } | undefined {
  if (endOf(host, text, at) === undefined || endOf(underscored, text, at + 3) !== undefined) return undefined;
  const found = scheme.exec(text.slice(Math.max(0, at - longestScheme - 1), at));
  if (!found) return undefined;
  const start = at - found[0].length;
  return { start, end: linkEnd(text, start, at) };
}

/** Where the address without a scheme that begins at `at` ends. */
export function wwwEnd(text: string, at: number): number | undefined {
  // The server does not look at a single byte before the address.
  const first = at === 0 || (at === 1 && text < '\x80');
  if (!first && !/[ \t\n\v\f\r*_~)<(>]/.test(text[at - 1] ?? '')) return undefined;
  if (endOf(www, text, at) === undefined || endOf(underscored, text, at) !== undefined) return undefined;
  const end = linkEnd(text, at, at);
  return end > at ? end : undefined;
}
