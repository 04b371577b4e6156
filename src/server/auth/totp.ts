import type { Chance } from '../base/chance.js';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const stepMs = 30_000;

/** A secret in the format of the server: 20 random bytes in base 32. */
export const totpSecret = (chance: Chance): string => chance.text(32, alphabet);

/** The six-digit code of a secret in one time step (RFC 6238: SHA-1, 30 s). */
export function totpCode(secret: string, step: number): string {
  const counter = [0, 0, 0, 0, step >>> 24, step >>> 16, step >>> 8, step].map((byte) => byte & 255);
  const mac = hmacSha1(decodeBase32(secret), counter);
  const at = (mac[19] ?? 0) & 15;
  const number = mac.slice(at, at + 4).reduce((sum, byte, n) => sum * 256 + (n === 0 ? byte & 127 : byte), 0);
  return String(number % 1_000_000).padStart(6, '0');
}

/** The time step in which a code is valid: the current one, the one before or the one after; `undefined` if it is invalid. */
export function totpStep(secret: string, code: string, now: number): number | undefined {
  const current = Math.floor(now / stepMs);
  return [current - 1, current, current + 1].find((step) => totpCode(secret, step) === code);
}

function decodeBase32(text: string): number[] {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const char of text) {
    held = ((held << 5) | alphabet.indexOf(char)) & 0xffff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >>> bits) & 255);
  }
  return bytes;
}

function hmacSha1(key: readonly number[], message: readonly number[]): number[] {
  // Keys here are shorter than a block, so they need no hashing first.
  const pad = (byte: number): number[] => Array.from({ length: 64 }, (_, at) => (key[at] ?? 0) ^ byte);
  return sha1([...pad(0x5c), ...sha1([...pad(0x36), ...message])]);
}

/** Written here because Web Crypto is asynchronous and handlers are not. */
function sha1(bytes: readonly number[]): number[] {
  const bits = bytes.length * 8;
  const padded = [...bytes, 0x80];
  while (padded.length % 64 !== 56) padded.push(0);
  padded.push(0, 0, 0, 0, (bits >>> 24) & 255, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255);
  const state: [number, number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let start = 0; start < padded.length; start += 64) digestBlock(state, padded.slice(start, start + 64));
  return state.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

function digestBlock(state: [number, number, number, number, number], block: readonly number[]): void {
  const words: number[] = [];
  for (let n = 0; n < 16; n++) words.push(block.slice(n * 4, n * 4 + 4).reduce((word, byte) => (word << 8) | byte, 0));
  const word = (n: number): number => words[n] ?? 0;
  for (let n = 16; n < 80; n++) words.push(rotate(word(n - 3) ^ word(n - 8) ^ word(n - 14) ^ word(n - 16), 1));
  let [a, b, c, d, e] = state;
  for (let n = 0; n < 80; n++) {
    const [mixed, key] =
      n < 20
        ? [(b & c) | (~b & d), 0x5a827999]
        : n < 40
          ? [b ^ c ^ d, 0x6ed9eba1]
          : n < 60
            ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
            : [b ^ c ^ d, 0xca62c1d6];
    const next = (rotate(a, 5) + mixed + e + key + word(n)) >>> 0;
    [e, d, c, b, a] = [d, c, rotate(b, 30) >>> 0, a, next];
  }
  state[0] = (state[0] + a) >>> 0;
  state[1] = (state[1] + b) >>> 0;
  state[2] = (state[2] + c) >>> 0;
  state[3] = (state[3] + d) >>> 0;
  state[4] = (state[4] + e) >>> 0;
}
