import { defineConfig } from 'vitest/config';
import { sourceAlias } from '../source-alias.js';

/** What is run for each mutant: the unit tests, and the integration tests that alone cover the transports and files on disk. */
export default defineConfig({
  resolve: { alias: sourceAlias },
  test: {
    include: ['test/unit/{api,streams}/**/*.test.ts', 'test/integration/api/{dispatcher,files,transports}.test.ts'],
    setupFiles: ['test/mutation/skip-slow.ts'],
    testTimeout: 10_000,
  },
});
