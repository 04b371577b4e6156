// Builds dist/ in a folder of its own and then puts it in place, so that an interrupted build leaves the old one whole.
import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { build } from 'tsup';
import { inputsDigest, root, stampName } from './lib/build-state.mjs';

const digest = await inputsDigest();
const work = join(root, `node_modules/.cache/build-${process.pid}`);
const target = 'es2022';
const common = {
  config: false,
  silent: true,
  entry: {
    index: 'src/index.ts',
    api: 'src/api/index.ts',
    streams: 'src/streams/index.ts',
    models: 'src/models/index.ts',
    testing: 'src/server/index.ts',
    validate: 'src/validate/index.ts',
  },
  format: 'esm',
  target,
  splitting: true,
};

/** One build for each branch of the `imports` map of package.json, so that no browser bundle contains a Node package. */
const variants = {
  node: { platform: 'node', conditions: ['node', 'import'] },
  web: { platform: 'neutral', conditions: ['import'] },
};

/** Makes relative imports name the CommonJS twins. */
const toCjsPaths = (code) =>
  code.replace(/((?:\bfrom|\bimport|\bimport\(|\brequire\()\s*['"]\.[^'"]*)\.js(?=['"])/g, '$1.cjs');

/** `sourcefile` is an .mjs name so that default imports mean what they mean in Node: the whole `module.exports`. */
const toCjs = { format: 'cjs', platform: 'node', target, sourcefile: 'entry.mjs' };

/**
 * Makes the CommonJS twin of every file from the finished ESM, chunk by chunk. Bundled on its own each CommonJS entry would
 * have its own copy of the error classes, and `instanceof` would fail between entries.
 */
async function writeTwins(folder, from, to, convert) {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(from)) continue;
    const code = await readFile(join(folder, name), 'utf8');
    await writeFile(join(folder, name.slice(0, -from.length) + to), toCjsPaths(await convert(code)));
  }
}

/**
 * Removes imports of chunks that import no name, and empty chunks: no module here has side effects, and bundlers warn about such imports.
 */
async function dropIdleImports(folder) {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const code = await readFile(path, 'utf8');
    if (code.trim() === '') await rm(path);
    else await writeFile(path, code.replace(/^import "\.\/chunk-[^"]+";\n/gm, ''));
  }
}

/** Unfinished work can be built, too; `npm run types` reports what these let pass. */
const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };

try {
  for (const [name, { platform, conditions }] of Object.entries(variants)) {
    const outDir = join(work, name);
    await build({ ...common, outDir, platform, esbuildOptions: (options) => void (options.conditions = conditions) });
    await dropIdleImports(outDir);
    await writeTwins(outDir, '.js', '.cjs', async (code) => (await transform(code, toCjs)).code);
  }
  await build({ ...common, outDir: work, dts: { only: true, compilerOptions } });
  await writeTwins(work, '.d.ts', '.d.cts', (code) => code);
  await writeFile(join(work, stampName), digest);
  await rm(join(root, 'dist'), { recursive: true, force: true });
  await rename(work, join(root, 'dist'));
} finally {
  await rm(work, { recursive: true, force: true });
}
