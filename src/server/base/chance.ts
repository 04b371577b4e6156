/** The random numbers of one server. The same seed gives the same ids, tokens and codes in the same order. */
export interface Chance {
  /** A number from 0 (included) to 1 (excluded). */
  random(): number;
  /** An id or token in the format of the server: 26 characters of its own base 32. */
  id(): string;
  /** A text of random characters of `alphabet`. */
  text(length: number, alphabet?: string): string;
}

const idAlphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';

export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  // Mulberry32: small, and random enough where nothing must be secret.
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const text = (length: number, alphabet = idAlphabet): string => {
    let made = '';
    for (let n = 0; n < length; n++) made += alphabet.charAt(Math.floor(random() * alphabet.length));
    return made;
  };
  return { random, text, id: () => text(26) };
}

/** True for what the server accepts as an id: 26 letters and digits (protocol §6.2). */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9]{26}$/.test(value);
}
