import { systemEmoji } from '../generated/emoji.js';

const names = /* @__PURE__ */ (() => new Set(systemEmoji.split(' ')))();

/** Whether an emoji is one of those that every server has. Skin tones are a suffix of the names that have them. */
export const isSystemEmoji = (name: string): boolean =>
  names.has(name.replace(/_(light|medium_light|medium|medium_dark|dark)_skin_tone$/, ''));
