import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/build-state.mjs';

const folders = ['bench', 'docs', 'examples', 'scripts', 'spec/overlay', 'src', 'test'];
const cited = ['protocol', 'recovery'] as const;
type Document = (typeof cited)[number];

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Numbers of the sections of a document, and of the items of its list of traps. */
function targetsOf(document: Document): ReadonlySet<string> {
  const text = read(`docs/${document}.md`);
  const sections = [...text.matchAll(/^#{2,3} (\d+(?:\.\d+)*)/gm)].map(([, number]) => `§${number}`);
  const traps = [...(text.split(/^## 11\. Traps$/m)[1] ?? '').matchAll(/^(\d+)\. /gm)].map(([, n]) => `trap ${n}`);
  return new Set([...sections, ...traps]);
}

const target = String.raw`(?:§\d+(?:\.\d+)*|trap \d+)`;

/**
 * What a text cites, as `protocol §5.1`, over the ends of comment lines. The document is named once for a list or a range, in which a few words
 * may stand: `protocol §5.1, §5.2 and, for old servers, §10`, `recovery §1-§3`, `protocol §11, trap 19`.
 */
function citationsIn(text: string): readonly (readonly [Document, string])[] {
  const flat = text.replace(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ');
  return cited.flatMap((document) => {
    const words = `(?:(?!${cited.join('|')})[a-z\\d, –-]){0,30}?`;
    const list = new RegExp(`\\b${document}(?:\\.md)?\\)? ${target}(?:${words}${target})*`, 'gi');
    const targets = [...flat.matchAll(list)].flatMap(([found]) => found.match(new RegExp(target, 'g')) ?? []);
    return targets.map((number) => [document, number] as const);
  });
}

function files(): readonly string[] {
  const inFolders = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:[cm]?[jt]s|ya?ml|md)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const atTop = readdirSync(root).filter((name) => name.endsWith('.md'));
  return [...inFolders, ...atTop.map((name) => join(root, name))].map((path) => path.slice(root.length));
}

describe('citations of docs/protocol.md and docs/recovery.md', () => {
  const found = files().flatMap((path) =>
    citationsIn(read(path)).map(([document, number]) => ({ path, document, number })),
  );

  it('name sections that exist', () => {
    const targets = { protocol: targetsOf('protocol'), recovery: targetsOf('recovery') };
    const missing = found.filter(({ document, number }) => !targets[document].has(number));
    expect(missing.map(({ path, document, number }) => `${path}: ${document} ${number}`)).toEqual([]);
  });

  it('name their document: there is no § without one', () => {
    const own = [
      'docs/protocol.md',
      'docs/recovery.md',
      ...['citations', 'links'].map((name) => `test/package/${name}.test.ts`),
    ];
    const bare = files()
      .filter((path) => !own.includes(path))
      .filter((path) => {
        const signs = read(path).match(/§/g)?.length ?? 0;
        return signs !== found.filter((citation) => citation.path === path && citation.number.startsWith('§')).length;
      });
    expect(bare).toEqual([]);
  });
});
