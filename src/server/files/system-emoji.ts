import { systemEmoji } from '../generated/emoji.js';

const names = /* @__PURE__ */ (() => new Set(systemEmoji.split(' ')))();

/** Whether every server has an emoji. A skin tone is a suffix of the name. */
export const isSystemEmoji = (name: string): boolean =>
  names.has(name.replace(/_(light|medium_light|medium|medium_dark|dark)_skin_tone$/, ''));
