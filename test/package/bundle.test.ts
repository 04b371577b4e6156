import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsumer, entries, type Consumer } from '../../scripts/lib/consumer.mjs';

let consumer: Consumer;
beforeAll(async () => {
  consumer = await createConsumer();
});
afterAll(() => consumer.dispose());

const bundle = (contents: string, plugins: Plugin[] = []) =>
  build({
    stdin: { contents, resolveDir: consumer.folder },
    absWorkingDir: consumer.folder,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
    plugins,
  });

/** Makes esbuild ignore `sideEffects: false`, and leaves all other packages out of the bundle. */
const withSideEffects: Plugin = {
  name: 'with-side-effects',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, resolveDir, kind }) => {
      if (kind === 'entry-point') return undefined;
      return path.startsWith('.')
        ? { path: join(resolveDir, path), sideEffects: true }
        : { path, external: true, sideEffects: false };
    });
  },
};

/** Packages in a bundle of the given source. */
async function packagesIn(source: string): Promise<readonly string[]> {
  const { metafile } = await bundle(source);
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => inputs[path]!.bytesInOutput > 0),
  );
  const names = used.flatMap((path) => /node_modules\/([^/]+)\/(?!.*node_modules)/.exec(path)?.[1] ?? []);
  return [...new Set(names)].sort();
}

describe('a browser bundle', () => {
  it.each(entries)('of everything in %s contains no Node package', async (entry) => {
    const packages = await packagesIn(`import * as all from '${entry}'; console.log(all);`);
    expect(['cross-fetch', 'matterstream', 'rxjs', 'tslib', 'valibot']).toEqual(
      expect.arrayContaining(packages.slice()),
    );
  });

  it.each(entries)('of %s is made of the build, never of the sources', async (entry) => {
    const { metafile } = await bundle(`import * as all from '${entry}'; console.log(all);`);
    expect(Object.keys(metafile.inputs).filter((path) => path.includes('matterstream/src/'))).toEqual([]);
  });

  it('contains cross-fetch only if it is imported', async () => {
    const packages = await packagesIn(`import { createClient } from 'matterstream'; console.log(createClient);`);
    expect(packages).toEqual(['matterstream', 'rxjs', 'tslib']);
  });

  it('contains schemas only if they are imported', async () => {
    const containsSchemas = async (source: string): Promise<boolean> => {
      const { outputFiles } = await bundle(source);
      return outputFiles[0]!.text.includes('Post: { id: string');
    };
    expect(await containsSchemas(`import * as all from 'matterstream'; console.log(all);`)).toBe(false);
    expect(await containsSchemas(`import { validator } from 'matterstream/validate'; console.log(validator);`)).toBe(
      true,
    );
  });

  // The embedded server is for tests and is not bundled in parts.
  const shipped = entries.filter((entry) => entry !== 'matterstream/testing');
  it.each(shipped)('of a bare import of %s is empty, whatever package.json says about side effects', async (entry) => {
    const file = `./node_modules/matterstream/dist/web/${entry.split('/')[1] ?? 'index'}.js`;
    const { outputFiles } = await bundle(`import '${file}';`, [withSideEffects]);
    expect(outputFiles[0]?.text.trim()).toBe('');
  });

  it('of the errors alone contains neither RxJS nor the client', async () => {
    const { outputFiles } = await bundle(`export { isApiError } from 'matterstream';`);
    expect(outputFiles[0]?.contents.length).toBeLessThan(5_000);
  });
});
