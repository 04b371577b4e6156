import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsumer, type Consumer } from '../../scripts/lib/consumer.mjs';

let consumer: Consumer;
let home: string;
beforeAll(async () => {
  consumer = await createConsumer();
  home = join(consumer.folder, 'node_modules/matterstream');
});
afterAll(() => consumer.dispose());

const read = (path: string): string => readFileSync(join(home, path), 'utf8');

/** Anchors of a document, as its host makes them of the headings. */
const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

/** Links of a document that lead nowhere within the package. */
function deadLinks(document: string): readonly string[] {
  const targets = [...read(document).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#', 2);
      const file = path ? normalize(join(dirname(document), path)) : document;
      if (!existsSync(join(home, file))) return true;
      return anchor !== undefined && !anchorsOf(read(file)).has(anchor);
    })
    .map((target) => `${document}: ${target}`);
}

describe('the documents of the packed package', () => {
  it('have no link to a file or heading that the package lacks', () => {
    const documents = consumer.files.filter((path) => path.endsWith('.md'));
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/benchmarks.md', 'docs/protocol.md']));
    expect(documents.flatMap(deadLinks)).toEqual([]);
  });

  it('include those that the declarations cite', () => {
    const declarations = consumer.files.filter((path) => path.endsWith('.d.ts')).map(read);
    const cited = declarations.flatMap((text) => [...text.matchAll(/(\w+)(?:\.md)? §/g)].map(([, name = '']) => name));
    const documents = [...new Set(cited.map((name) => name.toLowerCase()))];
    expect(documents).toContain('protocol');
    expect(documents.filter((name) => !consumer.files.includes(`docs/${name}.md`))).toEqual([]);
  });
});
