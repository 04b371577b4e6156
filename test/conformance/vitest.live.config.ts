import { defineConfig } from 'vitest/config';

/** One file against one real server, in the order of its rules. */
export default defineConfig({
  test: { name: 'live', include: ['test/conformance/live.test.ts'], reporters: ['verbose'], fileParallelism: false },
});
