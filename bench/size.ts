import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { atMost, type Row } from './lib/table.js';

/** Typical imports of a browser app, and the kB that each may have. */
const bundles: readonly (readonly [name: string, source: string, limitKb?: number])[] = [
  [
    'users + streams, with rxjs',
    `import { createRest, UsersApi } from 'matterstream/api';
     import { createStreams } from 'matterstream/streams';
     console.log(createRest, UsersApi, createStreams);`,
    30,
  ],
  [
    'users alone, with rxjs',
    `import { createRest, UsersApi } from 'matterstream/api'; console.log(createRest, UsersApi);`,
    19,
  ],
  ['everything, with rxjs', `import { createClient } from 'matterstream'; console.log(createClient);`, 43],
  [
    '@mattermost/client',
    `import { Client4, WebSocketClient } from '@mattermost/client'; console.log(Client4, WebSocketClient);`,
  ],
];

/** Minified and gzipped browser bundles of typical imports. */
export async function benchSize(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [what, source, limitKb] of bundles) {
    const { outputFiles } = await build({
      stdin: { contents: source, resolveDir: new URL('.', import.meta.url).pathname, loader: 'ts' },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      logLevel: 'silent',
    });
    const bytes = outputFiles[0]!.contents;
    const kb = gzipSync(bytes, { level: 9 }).length / 1000;
    rows.push({
      group: 'browser bundle, min+gz',
      what,
      value: `${kb.toFixed(1)} kB`,
      ratio: `${(bytes.length / 1000).toFixed(1)} kB min`,
      ...(limitKb && { goal: atMost(kb, limitKb, 'kB') }),
    });
  }
  return rows;
}
