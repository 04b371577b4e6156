import { expect } from 'vitest';
import type { Chapter } from '../kit/rules.js';

/** The last chapter: it judges all that the others were answered. */
export const schemas: Chapter = (rule) => {
  rule('every answer and every event of the run was as its schema says', ({ findings }) => {
    expect(findings.all().join('\n')).toBe('');
    return Promise.resolve();
  });
};
