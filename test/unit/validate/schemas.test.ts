import { describe, expect, it } from 'vitest';
import { answers } from '../../../src/validate/generated/answers.js';
import { events } from '../../../src/validate/generated/events.js';
import { models, type Models } from '../../../src/validate/generated/models.js';
import { answerSchema, eventSchema, modelSchema } from '../../../src/validate/index.js';
import { mismatchesOf } from '../../../src/validate/mismatch.js';

const namesIn = (table: string): readonly string[] => [...table.matchAll(/^(\w+): /gm)].map(([, name]) => name!);

describe('the schemas', () => {
  it.each([
    ['models', models, (name: string) => modelSchema(name as keyof Models)],
    ['answers', answers, answerSchema],
    ['events', events, eventSchema],
  ])('of %s can all be made, and refuse a number, or what is in a list or an object', (_, table, schemaOf) => {
    const names = namesIn(table);
    expect(names.length).toBeGreaterThan(90);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      const schema = schemaOf(name)!;
      expect(schema['~standard']).toMatchObject({ version: 1, vendor: 'valibot' });
      const found = [0, [0], {}, { stranger: [] }].flatMap((value) => mismatchesOf(schema, value));
      expect(found.map(({ expected }) => expected)).not.toContain('a schema that answers at once');
      expect(found.map(({ path }) => path)).toContain('$');
    }
  });

  it('are made once', () => {
    expect(modelSchema('Post')).toBe(modelSchema('Post'));
    expect(answerSchema('getPost')).toBe(answerSchema('getPost'));
  });

  it('are undefined for unknown names', () => {
    expect([answerSchema('getNothing'), answerSchema('constructor'), eventSchema('custom_thing')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('have no name twice, so that one table of own schemas serves operations and events', () => {
    const operations = new Set(namesIn(answers));
    expect(namesIn(events).filter((name) => operations.has(name))).toEqual([]);
  });
});
