/** The characters that the server's Markdown takes for space. */
export const isSpace = (char: string | undefined): boolean => char !== undefined && /[ \t\n\v\f\r]/.test(char);

/** A backslash takes the meaning from these. */
export const isEscapable = (char: string | undefined): boolean => char !== undefined && /[!-/:-@[-`{-~]/.test(char);

/** Where a sticky pattern that matches at `at` ends. */
export function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

// In each of these a backslash takes the punctuation after it along, and stands alone before anything else.
const label = /\[(?:\\[!-/:-@[-`{-~]|\\(?![!-/:-@[-`{-~])|[^[\]\\])*\]/y;
const bracketed = /<(?:\\[!-/:-@[-`{-~]|\\(?![!-/:-@[-`{-~])|[^\\<> \t\n\v\f\r])*>/y;
const inQuotes =
  /"(?:\\[!-/:-@[-`{-~]|\\(?![!-/:-@[-`{-~])|[^"\\])*"|'(?:\\[!-/:-@[-`{-~]|\\(?![!-/:-@[-`{-~])|[^'\\])*'/y;
const inParentheses = /\((?:\\[!-/:-@[-`{-~]|\\(?![!-/:-@[-`{-~])|[^)\\])*\)/y;
const imageSize = /=(?:\d*|\d+x\d*|\d*x\d+)(?=[ \t\n\v\f\r)])/iy;
const restOfLine = /[ \t\v\f]*(?:\r\n?|\n|$)/y;

/** A label that is this long is none. */
const longestLabel = 999;

function skipSpace(text: string, at: number): number {
  let end = at;
  while (isSpace(text[end])) end++;
  return end;
}

function titleEnd(text: string, at: number): number | undefined {
  return endOf(inQuotes, text, at) ?? endOf(inParentheses, text, at);
}

/** Where `[label]` ends. */
export function labelEnd(text: string, at: number): number | undefined {
  const end = endOf(label, text, at);
  return end === undefined || end - at - 2 >= longestLabel ? undefined : end;
}

/** A label as it is compared: without regard to case and to the kind of its spaces. */
export const toLabel = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();

/** Where an address ends: `<address>`, or all up to a space or a bracket that it did not open. */
function addressEnd(text: string, at: number): number | undefined {
  if (at >= text.length) return undefined;
  const end = endOf(bracketed, text, at);
  if (end !== undefined) return end;
  let depth = 0;
  // By the codes of the characters: a message may have thousands of addresses that end nowhere.
  for (let next = at; next < text.length; next++) {
    const code = text.charCodeAt(next);
    if (code === 0x5c && isEscapable(text[next + 1])) next++;
    else if (code === 0x28) depth++;
    else if (code === 0x20 || (code >= 9 && code <= 13) || (code === 0x29 && depth-- < 1)) return next;
  }
  return text.length;
}

/** Where the `(address "title")` of a link or an image ends, or `(address =100x200 "title")` of an image. */
export function targetEnd(text: string, at: number, image: boolean): number | undefined {
  if (text[at] !== '(') return undefined;
  const start = skipSpace(text, at + 1);
  if (text[start] === ')') return start + 1;
  let end = addressEnd(text, start);
  if (end === undefined) return undefined;
  const next = skipSpace(text, end);
  if (image && next > end && text[next] === '=') end = endOf(imageSize, text, next);
  if (end === undefined) return undefined;
  const after = skipSpace(text, end);
  if (after > end && /["'(]/.test(text[after] ?? '')) end = titleEnd(text, after);
  if (end === undefined) return undefined;
  const close = skipSpace(text, end);
  return text[close] === ')' ? close + 1 : undefined;
}

/** The definition `[label]: address "title"` that a paragraph begins with. */
export function definitionIn(text: string): { readonly label: string; readonly end: number } | undefined {
  const afterLabel = labelEnd(text, 0);
  if (afterLabel === undefined || text[afterLabel] !== ':') return undefined;
  const end = addressEnd(text, skipSpace(text, afterLabel + 1));
  if (end === undefined) return undefined;
  const afterTitle = isSpace(text[end]) ? titleEnd(text, skipSpace(text, end)) : undefined;
  const line =
    (afterTitle === undefined ? undefined : endOf(restOfLine, text, afterTitle)) ?? endOf(restOfLine, text, end);
  return line === undefined ? undefined : { label: toLabel(text.slice(1, afterLabel - 1)), end: line };
}
