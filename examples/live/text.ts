/** Text for a terminal: what others wrote must not control it, and must fit its cells. */

const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)?/g;
const controls = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

/** One line without control characters, escape sequences and changes of writing direction. */
export function oneLine(text: string): string {
  return text.replace(escapes, '').replace(controls, ' ').trim();
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{RI}\p{RI}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;
const narrowText = /^[\x20-\x7e]*$/;

/** Cells that a line without colours takes in a terminal. */
export function width(text: string): number {
  if (narrowText.test(text)) return text.length;
  let cells = 0;
  for (const { segment } of graphemes.segment(text)) cells += wide.test(segment) ? 2 : 1;
  return cells;
}

/** Exactly `cells` wide: cut with an ellipsis, or filled with spaces. */
export function fit(text: string, cells: number): string {
  if (cells <= 0) return '';
  const missing = cells - width(text);
  if (missing >= 0) return text + ' '.repeat(missing);
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = used + (wide.test(segment) ? 2 : 1);
    if (next > cells - 1) break;
    kept += segment;
    used = next;
  }
  return `${kept}…${' '.repeat(cells - 1 - used)}`;
}

/** Milliseconds since the epoch as local `HH:MM:SS`. */
export function clock(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

export type Style = 'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'inverse';

const codes: Readonly<Record<Style, string>> = {
  dim: '2',
  bold: '1',
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  magenta: '35',
  cyan: '36',
  inverse: '7',
};

/** Colours a text, or leaves it alone. */
export type Paint = (style: Style, text: string) => string;

export const paintAnsi: Paint = (style, text) => (text ? `\u001b[${codes[style]}m${text}\u001b[0m` : '');
export const paintNothing: Paint = (_style, text) => text;
