import { createHmac } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const stepMs = 30_000;

/** RFC 6238 code of six digits for a base32 secret. */
export function totp(secret: string, atMs: number): string {
  const bits = secret
    .replace(/=+$/, '')
    .toUpperCase()
    .replace(/./g, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'));
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / stepMs)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac[mac.length - 1] ?? 0) & 15;
  return ((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).toString().padStart(6, '0');
}

/**
 * The codes of one secret, each given once: newer servers take a code a single time, and the one of the next step already
 * early (protocol §5.1).
 */
export function authenticator(secret: string): () => string {
  let last = 0;
  return () => {
    last = Math.max(Date.now(), last === 0 ? 0 : last + stepMs);
    return totp(secret, last);
  };
}
