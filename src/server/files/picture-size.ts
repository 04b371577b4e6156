/** Type and size of a picture, in pixels. */
export interface PictureSize {
  readonly type: string;
  readonly width: number;
  readonly height: number;
}

/** Reads the header of a PNG, GIF or JPEG; `undefined` for anything else. */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begins = (...head: readonly number[]): boolean => head.every((byte, at) => bytes[at] === byte);
  if (begins(137, 80, 78, 71) && bytes.length >= 24)
    return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
  if (begins(71, 73, 70) && bytes.length >= 10)
    return { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
  return begins(0xff, 0xd8) ? jpegSize(view) : undefined;
}

/** The frame header comes after other segments; each begins with its length. */
function jpegSize(view: DataView): PictureSize | undefined {
  for (let at = 2; at + 9 <= view.byteLength && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { type: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
  }
  return undefined;
}

/** The largest size within bounds that keeps the proportions. A smaller picture keeps its size. */
export function fit({ width, height }: Omit<PictureSize, 'type'>, maxWidth: number, maxHeight = Infinity) {
  const scale = Math.min(1, maxWidth / width, maxHeight / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
