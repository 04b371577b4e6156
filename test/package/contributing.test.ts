import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/build-state.mjs';

const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');

describe('CONTRIBUTING.md', () => {
  it('names files and folders that exist', () => {
    const paths = [...text.matchAll(/`((?:bench|docs|examples|scripts|spec|src|test)\/[\w./-]*|[A-Z]+\.md)`/g)];
    const missing = paths.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path)));
    expect(paths.length).toBeGreaterThan(40);
    expect(missing).toEqual([]);
  });

  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
