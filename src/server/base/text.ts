/** A text as UTF-8. */
export const utf8Bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Bytes of UTF-8 as a text. */
export const utf8Text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Length of a text in runes, as the server counts it. */
export const runes = (text: string): number => Array.from(text).length;
