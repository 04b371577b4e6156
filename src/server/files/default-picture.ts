/** Whether bytes begin with the signature of PNG or JPEG. */
export const isPicture = (bytes: Uint8Array): boolean =>
  [137, 80, 78, 71].every((byte, at) => bytes[at] === byte) || (bytes[0] === 0xff && bytes[1] === 0xd8);

const side = 128;
const cells = 8;

/** The picture of a user without one: a PNG with a mirrored pattern. The same text gives the same picture. */
export function defaultPicture(text: string): Uint8Array {
  let state = 0x811c9dc5;
  const next = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x01000193) >>> 0;
    return (state >>> 8) & 255;
  };
  for (const char of text) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193) >>> 0;
  const palette = [245, 245, 245, ...[next(), next(), next()].map((byte) => 40 + byte / 2)];
  const pattern = Array.from({ length: cells }, () => {
    const half = next() & 15;
    return Array.from({ length: cells }, (_, x) => (half >> Math.min(x, cells - 1 - x)) & 1);
  });
  const rows: number[] = [];
  for (let y = 0; y < side; y++) {
    // No filter, then one bit per pixel; a cell is two bytes wide.
    rows.push(0);
    for (const bit of pattern[Math.floor((y * cells) / side)] ?? []) rows.push(bit * 255, bit * 255);
  }
  const header = [...word(side), ...word(side), 1, 3, 0, 0, 0];
  return Uint8Array.from([
    ...[137, 80, 78, 71, 13, 10, 26, 10],
    ...chunk('IHDR', header),
    ...chunk('PLTE', palette),
    ...chunk('IDAT', stored(rows)),
    ...chunk('IEND', []),
  ]);
}

const word = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);

function chunk(type: string, data: readonly number[]): number[] {
  const body = [...Array.from(type, (char) => char.charCodeAt(0)), ...data.map((byte) => byte & 255)];
  return [...word(data.length), ...body, ...word(crc32(body))];
}

/** A zlib stream with one block that is not compressed. */
function stored(data: readonly number[]): number[] {
  const length = [data.length & 255, data.length >> 8];
  let [low, high] = [1, 0];
  for (const byte of data) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return [0x78, 1, 1, ...length, ...length.map((byte) => byte ^ 255), ...data, ...word(high * 65_536 + low)];
}

function crc32(bytes: readonly number[]): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}
