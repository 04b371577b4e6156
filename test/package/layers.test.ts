import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/build-state.mjs';
import { run } from '../../scripts/lib/run.mjs';

/** Files that each break one rule of .dependency-cruiser.cjs, by the name of the rule. */
const breaches: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'models-are-the-base': { 'src/models/a.ts': `import { b } from '../api/ok.js';` },
  'api-uses-models': { 'src/api/a.ts': `import { b } from '../streams/ok.js';` },
  'streams-use-models': { 'src/streams/a.ts': `import type { b } from '../api/ok.js';` },
  'server-uses-models': { 'src/server/a.ts': `import { b } from '../api/ok.js';` },
  'validate-uses-models': { 'src/validate/a.ts': `import { b } from '../api/ok.js';` },
  'validate-is-asked-for': {
    'src/validate/ok.ts': 'export const b = 1;',
    'src/streams/b.ts': `import { b } from '../validate/ok.js';`,
  },
  'client-is-the-top': { 'src/client.ts': 'export const b = 1;', 'src/api/b.ts': `import { b } from '../client.js';` },
  'no-import-of-an-index': {
    'src/models/index.ts': 'export const b = 1;',
    'src/api/c.ts': `import { b } from '../models/index.js';`,
  },
  'no-circular': { 'src/models/c.ts': `export { b } from './d.js';`, 'src/models/d.ts': `export { b } from './c.js';` },
  'generated-imports-types': { 'src/models/generated/a.ts': `import { b } from '../ok.js';` },
  'generated-classes-are-for-entries': {
    'src/api/generated/ok.ts': 'export const b = 1;',
    'src/api/e.ts': `import { b } from './generated/ok.js';`,
  },
  'api-runs-down-http': {
    'src/api/rest.ts': 'export const b = 1;',
    'src/api/http/a.ts': `import { b } from '../rest.js';`,
  },
  'streams-runs-down-connection': {
    'src/streams/events/router.ts': 'export const b = 1;',
    'src/streams/connection/a.ts': `import { b } from '../events/router.js';`,
  },
  'rxjs-by-its-root': { 'src/models/e.ts': `import { map as b } from 'rxjs/operators';` },
  'no-development-packages': { 'src/models/f.ts': `import b from 'fast-check';` },
  'node-stays-in-node-files-1': { 'src/models/g.ts': `import b from 'node:http';` },
  'node-stays-in-node-files-2': { 'src/models/h.ts': `import { request as b } from 'undici';` },
  'pure-parts-are-pure': { 'src/models/decode.ts': `import { map as b } from 'rxjs';` },
  'nothing-unresolved': { 'src/models/i.ts': `import { b } from './absent.js';` },
};

/** What keeps every rule. */
const lawful = {
  'src/models/ok.ts': 'export const b = 1;',
  'src/api/ok.ts': `import { b } from '../models/ok.js'; export { b };`,
  'src/streams/ok.ts': `import { b } from '../models/ok.js'; export { b };`,
  'src/api/http/b.node.ts': `import { request as b } from 'undici'; export { b };`,
};

interface Report {
  readonly summary: {
    readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string }[];
  };
}

let folder: string;
let violations: Report['summary']['violations'];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'matterstream-layers-'));
  const files = Object.assign({}, lawful, ...Object.values(breaches)) as Record<string, string>;
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
  violations = (JSON.parse(output) as Report).summary.violations;
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the layer rules', () => {
  it.each(Object.entries(breaches))('%s bites', (rule, files) => {
    const caught = violations.filter(({ rule: { name } }) => name === rule).map(({ from }) => from);
    expect(Object.keys(files)).toEqual(expect.arrayContaining(caught.slice(0, 1)));
    expect(caught).not.toEqual([]);
  });

  it('leave lawful imports alone', () => {
    expect(violations.filter(({ from }) => from in lawful)).toEqual([]);
  });
});
