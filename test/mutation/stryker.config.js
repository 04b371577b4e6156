/** Mutation tests: `npm run test:mutation`, or for one area `npm run test:mutation -- --mutate 'src/api/paging*.ts'`. */
export default {
  testRunner: 'vitest',
  // Named, so that no other is looked for.
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  mutate: [
    'src/{api,streams}/**/*.ts',
    '!src/**/generated/**',
    '!src/**/index.ts',
    // Ten lines that hand their arguments to `ws`: the integration tests of the streams cover them, which are too slow to run for each mutant.
    '!src/streams/connection/websocket.node.ts',
  ],
  coverageAnalysis: 'perTest',
  // Mutants in code that runs at import need all tests each. There are few, and they are tables.
  ignoreStatic: true,
  concurrency: 2,
  // On top of one and a half times the time of the tests: a busy machine must not count as a found mutant.
  timeoutMS: 10_000,
  incremental: true,
  incrementalFile: '.mutation/incremental.json',
  tempDirName: '.mutation/sandbox',
  // Left out of the copy that is tested.
  ignorePatterns: ['dist', 'coverage', 'docs', 'bench', 'examples', 'spec', 'test/conformance/survey'],
  reporters: ['clear-text', 'progress', 'html', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  htmlReporter: { fileName: '.mutation/report.html' },
  jsonReporter: { fileName: '.mutation/report.json' },
  thresholds: { high: 95, low: 88, break: 85 },
};
