import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsumer, entries, manifest, type Consumer } from '../../scripts/lib/consumer.mjs';

let consumer: Consumer;
beforeAll(async () => {
  consumer = await createConsumer();
});
afterAll(() => consumer.dispose());

const succeed = { status: 0, output: '' };

describe('the packed package', () => {
  it('holds every file that the exports map names', () => {
    const targets: string[] = [];
    const collect = (node: unknown): void => {
      if (typeof node === 'string') targets.push(node);
      else Object.values(node as object).forEach(collect);
    };
    collect(manifest.exports);
    const home = join(consumer.folder, 'node_modules/matterstream');
    expect(targets.filter((target) => !existsSync(join(home, target)))).toEqual([]);
  });

  it('holds the build, the sources and the documents, and nothing else', () => {
    const top = consumer.files.filter((path) => !/^(?:dist|docs|src)\//.test(path));
    expect(top.sort()).toEqual([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'package.json',
    ]);
    const kinds: Readonly<Record<string, RegExp>> = { dist: /\.(?:js|cjs|d\.ts|d\.cts)$/, docs: /\.md$/, src: /\.ts$/ };
    const misplaced = consumer.files.filter((path) => {
      const kind = kinds[path.split('/', 1)[0] ?? ''];
      return kind && !kind.test(path);
    });
    expect(misplaced).toEqual([]);
  });

  it('gives the same names to import and to require', async () => {
    const script = await consumer.write(
      'names.mjs',
      `import { createRequire } from 'node:module';
       const require = createRequire(import.meta.url);
       for (const entry of ${JSON.stringify(entries)}) {
         const names = (module) => Object.keys(module).filter((name) => name !== 'default' && name !== 'module.exports').sort().join();
         const [esm, cjs] = [names(await import(entry)), names(require(entry))];
         if (!esm || esm !== cjs) console.log(entry, esm, cjs);
       }`,
    );
    expect(await consumer.node(script)).toEqual(succeed);
  });

  it.each(['import', 'require'])('has one error family for all entries under %s', async (way) => {
    const load = way === 'import' ? 'await import' : `(await import('node:module')).createRequire(import.meta.url)`;
    const script = await consumer.write(
      `identity-${way}.mjs`,
      `const [root, models, validate] = [${load}('matterstream'), ${load}('matterstream/models'), ${load}('matterstream/validate')];
       if (root.NetworkError !== models.NetworkError) console.log('two families');
       if (!(new validate.MismatchError('getUser', []) instanceof root.ProtocolError)) console.log('a stranger');`,
    );
    expect(await consumer.node(script)).toEqual(succeed);
  });

  it('lets an import statement name the exports of its CommonJS build', async () => {
    const script = await consumer.write(
      'named.mjs',
      `import { createClient, NetworkError } from './node_modules/matterstream/dist/node/index.cjs';
       if (typeof createClient !== 'function' || typeof NetworkError !== 'function') console.log('missing');`,
    );
    expect(await consumer.node(script)).toEqual(succeed);
  });
});

describe('importing', () => {
  const filesOf = (variant: string): string =>
    JSON.stringify(
      entries.map((entry) => `./node_modules/matterstream/dist/${variant}/${entry.split('/')[1] ?? 'index'}.js`),
    );

  it.each(['node', 'web'])('works without any global of the web platform, in the build for %s', async (variant) => {
    const script = await consumer.write(
      'bare.mjs',
      `for (const name of ${JSON.stringify(platformGlobals)}) delete globalThis[name];
       for (const file of ${filesOf(variant)}) await import(file);`,
    );
    expect(await consumer.node(script)).toEqual(succeed);
  });

  it('reads no global of the platform', async () => {
    const script = await consumer.write(
      'traps.mjs',
      `await import('rxjs');
       for (const name of ${JSON.stringify(platformGlobals)}) {
         Object.defineProperty(globalThis, name, { configurable: true, get: () => void console.log('read', name) });
       }
       for (const file of ${filesOf('web')}) await import(file);`,
    );
    expect(await consumer.node(script)).toEqual(succeed);
  });

  it('starts nothing: the process ends by itself at once', async () => {
    const script = await consumer.write(
      'idle.mjs',
      `for (const entry of ${JSON.stringify(entries)}) await import(entry);
       const left = process.getActiveResourcesInfo().filter((name) => name !== 'CloseReq' && !/TTY|Pipe/.test(name));
       if (left.length) console.log(left);`,
    );
    expect(await consumer.node(script)).toEqual(succeed);
  });
});

const platformGlobals = [
  ...['fetch', 'Request', 'Response', 'Headers', 'FormData', 'Blob', 'File', 'WebSocket', 'EventSource', 'CloseEvent'],
  ...[
    'MessageEvent',
    'AbortController',
    'AbortSignal',
    'ReadableStream',
    'WritableStream',
    'TransformStream',
    'crypto',
  ],
  ...['localStorage', 'sessionStorage', 'navigator', 'structuredClone', 'BroadcastChannel', 'CompressionStream'],
];
