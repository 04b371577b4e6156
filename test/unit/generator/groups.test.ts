import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isGenerated, loadSpec } from '../../../scripts/generate/spec.js';

const folder = new URL('../../../src/api/generated/', import.meta.url);
const sources = readdirSync(folder)
  .filter((file) => file !== 'all-groups.ts')
  .map((file): [string, string] => [file, readFileSync(new URL(file, folder), 'utf8')]);
const spec = loadSpec();
const generated = spec.operations.filter((operation) => isGenerated(spec, operation));

/** Names and first lines of the entries that `defineGroup` gets. */
const entriesIn = (source: string): [name: string, value: string][] => {
  const literal = source.slice(source.indexOf('/* @__PURE__ */ defineGroup'));
  // Members of the facts are indented further, or stand on the line of their entry.
  const indent = /^ +(?=\w+: [[{])/m.exec(literal)?.[0] ?? '';
  return [...literal.matchAll(new RegExp(`^${indent}(\\w+): ([[{].*(?:\\n${indent}  .*)*)`, 'gm'))]
    .map(([, name = '', value = '']): [string, string] => [name, value])
    .filter(([name]) => name !== '');
};

describe('generated groups', () => {
  it.each(sources)('%s: every entry has a whole route with its HTTP method, or is an alias', (_, source) => {
    const entries = entriesIn(source);
    expect(entries.length).toBeGreaterThan(0);
    const wrong = entries.filter(
      ([, value]) =>
        !/^\[\s*'(GET|HEAD|POST|PUT|PATCH|DELETE) \/[^'\s]*'/.test(value) && !/^\{ aliasOf: '\w+' \},$/.test(value),
    );
    expect(wrong).toEqual([]);
  });

  it('have an entry for every operation and alias of the spec', () => {
    const names = generated.flatMap(({ operationId, 'x-aliases': aliases = {} }) => [
      operationId,
      ...Object.keys(aliases),
    ]);
    expect(sources.flatMap(([, source]) => entriesIn(source).map(([name]) => name)).sort()).toEqual(names.sort());
  });

  it('are found by a text search for the route, in the file of their group and on one line', () => {
    const texts = new Map(sources);
    const missing = generated.filter(
      ({ group, method, path }) => !texts.get(`${group}.ts`)?.includes(`'${method} ${path}'`),
    );
    expect(missing.map(({ operationId }) => operationId)).toEqual([]);
  });
});
