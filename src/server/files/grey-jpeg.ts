/**
 * A grey JPEG of any size, in place of a scaled picture of a file. Each block has two codes of one bit: no change of brightness, and end of
 * block.
 */
export function greyJpeg(width: number, height: number): Uint8Array {
  const segment = (marker: number, ...data: readonly number[]): number[] => [
    0xff,
    marker,
    ...word(data.length + 2),
    ...data,
  ];
  const oneCode = (table: number): number[] => segment(0xc4, table, 1, ...Array<number>(15).fill(0), 0);
  const bits = Math.ceil(width / 8) * Math.ceil(height / 8) * 2;
  const scan = Array<number>(Math.ceil(bits / 8)).fill(0);
  // The bits after the last block must be set.
  if (bits % 8 > 0) scan[scan.length - 1] = 0xff >> (bits % 8);
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, 0, ...Array<number>(64).fill(1)),
    ...segment(0xc0, 8, ...word(height), ...word(width), 1, 1, 0x11, 0),
    ...oneCode(0x00),
    ...oneCode(0x10),
    ...segment(0xda, 1, 1, 0, 0, 63, 0),
    ...scan,
    ...[0xff, 0xd9],
  ]);
}

const word = (value: number): number[] => [value >> 8, value & 255];
