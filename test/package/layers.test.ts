import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/build-state.mjs';
import { run } from '../../scripts/lib/run.mjs';

type Rows = readonly (readonly string[])[];
type Condition = Readonly<Record<string, unknown>>;
interface Rule {
  readonly name: string;
  readonly from: Condition;
  readonly to: Condition;
}

const load = createRequire(import.meta.url);
const { layers, patternsOf } = load('../../scripts/lib/layers.cjs') as {
  layers: Readonly<Record<string, Rows>>;
  patternsOf(layer: string, row: readonly string[]): string[];
};
const { forbidden } = load('../../.dependency-cruiser.cjs') as { forbidden: readonly Rule[] };

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `src/${name.replaceAll('\\', '/')}`);

const exporting = 'export const b = 1;';

/** A file of a row: that of its first name, or one in its first folder. */
function fileOf(layer: string, [name = '']: readonly string[]): string {
  const path = ['src', layer, name].filter(Boolean).join('/').replace(/\/$/, '');
  return name === '' || name.endsWith('/') ? `${path}/planted.ts` : `${path}.ts`;
}

/** In each row but the first a file that imports one of the row above, as a type. */
function upwardImports(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [layer, rows] of Object.entries(layers)) {
    rows.forEach((row, index) => {
      const from = fileOf(layer, row);
      const above = index > 0 && relative(dirname(from), fileOf(layer, rows[index - 1]!)).replace(/\.ts$/, '.js');
      const path = above && (above.startsWith('.') ? above : `./${above}`);
      files[from] = above ? `import type { b as a } from '${path}'; export type b = a;` : 'export type b = 1;';
    });
  }
  return files;
}

/** Files that each break one rule of .dependency-cruiser.cjs, by the name of the rule. */
const breaches: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'models-uses-nothing': { 'src/models/a.ts': `import { b } from '../api/ok.js';` },
  'api-uses-models': { 'src/api/a.ts': `import { b } from '../streams/ok.js';` },
  'streams-uses-models': { 'src/streams/a.ts': `import type { b } from '../api/ok.js';` },
  'server-uses-models': { 'src/server/a.ts': `import { b } from '../api/ok.js';` },
  'validate-uses-models': { 'src/validate/a.ts': `import { b } from '../api/ok.js';` },
  'validate-is-asked-for': {
    'src/validate/ok.ts': exporting,
    'src/client.ts': `import { b } from './validate/ok.js'; export { b };`,
  },
  'no-import-of-an-index': {
    'src/models/index.ts': exporting,
    'src/api/c.ts': `import { b } from '../models/index.js';`,
  },
  'no-circular': {
    'src/models/c.ts': `import type { d } from './d.js'; export type c = d;`,
    'src/models/d.ts': `import type { c } from './c.js'; export type d = c | 1;`,
  },
  'generated-imports-types': { 'src/models/generated/a.ts': `import { b } from '../ok.js';` },
  'generated-classes-are-for-entries': {
    'src/api/generated/ok.ts': exporting,
    'src/api/e.ts': `import { b } from './generated/ok.js';`,
  },
  'rxjs-by-its-root': { 'src/models/e.ts': `import { map as b } from 'rxjs/operators';` },
  'no-development-packages': { 'src/models/f.ts': `import b from 'fast-check';` },
  'node-stays-in-node-files-1': { 'src/models/g.ts': `import b from 'node:http';` },
  'node-stays-in-node-files-2': { 'src/models/h.ts': `import { request as b } from 'undici';` },
  'pure-parts-are-pure': { 'src/models/decode.ts': `import { map as b } from 'rxjs';` },
  'nothing-unresolved': { 'src/models/i.ts': `import { b } from './absent.js';` },
};

/** Files that break no rule. */
const lawful = {
  'src/models/ok.ts': exporting,
  'src/api/ok.ts': `import { b } from '../models/ok.js'; export { b };`,
  'src/streams/ok.ts': `import { b } from '../models/ok.js'; export { b };`,
  'src/api/http/b.node.ts': `import { request as b } from 'undici'; export { b };`,
};

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** What breaks a rule in a project that consists of these files. */
async function violationsOf(files: Readonly<Record<string, string>>): Promise<readonly Violation[]> {
  const folder = mkdtempSync(join(tmpdir(), 'matterstream-layers-'));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), content.includes('export') ? content : `${content}\nexport { b };\n`);
  }
  for (const name of ['node_modules', 'package.json', 'tsconfig.json'])
    symlinkSync(join(root, name), join(folder, name));
  const cruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(root, '.dependency-cruiser.cjs');
  const { output } = await run(process.execPath, [cruise, 'src', '--config', config, '--output-type', 'json'], {
    cwd: folder,
  });
  return (JSON.parse(output) as { summary: { violations: readonly Violation[] } }).summary.violations;
}

describe('the rows of the layers', () => {
  const rows = Object.entries(layers).flatMap(([layer, list]) => list.map((row) => [layer, row] as const));

  it('have a place for every file, and one only', () => {
    const misplaced = sources.filter((path) => {
      const places = rows.filter(([layer, row]) => patternsOf(layer, row).some((one) => new RegExp(one).test(path)));
      return places.length !== 1;
    });
    expect(misplaced).toEqual([]);
  });

  it('name only what exists', () => {
    const patterns = rows.flatMap(([layer, row]) => patternsOf(layer, row));
    expect(patterns.filter((one) => !sources.some((path) => new RegExp(one).test(path)))).toEqual([]);
  });

  it('are run down only, types included', async () => {
    const caught = (await violationsOf(upwardImports())).map(({ rule: { name } }) => name);
    const names = forbidden.map(({ name }) => name).filter((name) => name.includes('-runs-down-'));
    expect(names.length).toBe(rows.length - Object.keys(layers).length);
    expect(names.filter((name) => !caught.includes(name))).toEqual([]);
  });
});

describe('the rules of imports', () => {
  let violations: readonly Violation[];
  beforeAll(async () => {
    violations = await violationsOf(Object.assign({}, lawful, ...Object.values(breaches)) as Record<string, string>);
  });

  it.each(Object.entries(breaches))('%s bites', (rule, files) => {
    const caught = violations.filter(({ rule: { name } }) => name === rule).map(({ from }) => from);
    expect(caught).not.toEqual([]);
    expect(Object.keys(files)).toContain(caught[0]);
  });

  it('are all planted here, but those of rows', () => {
    const names = forbidden.map(({ name }) => name).filter((name) => !name.includes('-runs-down-'));
    expect(Object.keys(breaches).sort()).toEqual(names.sort());
  });

  it('leave lawful imports alone', () => {
    expect(violations.filter(({ from }) => from in lawful)).toEqual([]);
  });

  it('name only files that exist', () => {
    const patterns = forbidden.flatMap(({ from, to }) =>
      [from['path'], from['pathNot'], to['path'], to['pathNot']].flat().filter((one) => typeof one === 'string'),
    );
    const own = patterns.filter((one) => one.startsWith('^src/'));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((one) => !sources.some((path) => new RegExp(one).test(path)))).toEqual([]);
  });
});
