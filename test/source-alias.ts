import { fileURLToPath } from 'node:url';

const source = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** For tests that import the package by its name but run on the sources; `package`, `browser` and the runtimes prove the build. */
export const sourceAlias = [
  { find: /^matterstream$/, replacement: source('index.ts') },
  { find: /^matterstream\/testing$/, replacement: source('server/index.ts') },
  { find: /^matterstream\/(api|streams|models|validate)$/, replacement: source('$1/index.ts') },
];
