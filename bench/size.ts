import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Row } from './lib/table.js';

/** What people bundle for a browser, and how it is called in the table. */
const bundles: readonly (readonly [name: string, source: string, target?: string])[] = [
  [
    'users + streams, with rxjs',
    `import { createRest, UsersApi } from 'matterstream/api';
     import { createStreams } from 'matterstream/streams';
     console.log(createRest, UsersApi, createStreams);`,
    '≤ 18 kB',
  ],
  [
    'users alone, with rxjs',
    `import { createRest, UsersApi } from 'matterstream/api'; console.log(createRest, UsersApi);`,
  ],
  ['everything, with rxjs', `import { createClient } from 'matterstream'; console.log(createClient);`],
  [
    '@mattermost/client',
    `import { Client4, WebSocketClient } from '@mattermost/client'; console.log(Client4, WebSocketClient);`,
  ],
];

/** Minified and gzipped browser bundles of typical imports. */
export async function benchSize(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [what, source, target] of bundles) {
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
    const value = `${(gzipSync(bytes, { level: 9 }).length / 1000).toFixed(1)} kB`;
    rows.push({
      group: 'browser bundle, min+gz',
      what,
      value,
      ratio: `${(bytes.length / 1000).toFixed(1)} kB min`,
      ...(target && { target }),
    });
  }
  return rows;
}
