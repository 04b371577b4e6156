import rxjsX from 'eslint-plugin-rxjs-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import noImportTimeGlobals from './scripts/lint/no-import-time-globals.js';

/** Files that run on Node alone. */
const nodeFiles = ['src/**/*.node.ts'];

/** Parts that get the clock and chance handed in, so that a test can hold them still. */
const pureFiles = [
  'src/models/{decode,peek,backoff,redact}.ts',
  'src/streams/connection/{machine,machine-state,sequence,transitions}.ts',
  'src/streams/sessions/{session-state,session-effects,own-changes}.ts',
  'src/api/**/{retry-after,rate-headers,paging}.ts',
];

const clocks = [
  { object: 'Date', property: 'now' },
  { object: 'Math', property: 'random' },
  { object: 'performance', property: 'now' },
].map((member) => ({ ...member, message: 'Take the clock and chance as an argument.' }));

const rxjsEntries = ['rxjs/operators', 'rxjs/ajax', 'rxjs/webSocket', 'rxjs/fetch'].map((name) => ({
  name,
  message: "Import from 'rxjs'.",
}));

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.mutation/', 'docs/', '**/*.cjs'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, rxjsX.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/consistent-type-exports': 'error',
      // `noPropertyAccessFromIndexSignature` decides about this.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `Call` is awaitable and an Observable: leaving it alone is the mistake that this rule finds.
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An empty string of the server often means "none", which `||` says.
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      // Only a `type` has the implicit index signature that an event map needs.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // Objects of factories close over their state: their members need no `this`.
      '@typescript-eslint/unbound-method': 'off',
      // `noUncheckedIndexedAccess` asks for them where an index is known to be good.
      '@typescript-eslint/no-non-null-assertion': 'off',
      eqeqeq: 'error',
      'no-restricted-imports': ['error', { paths: rxjsEntries }],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { matterstream: { rules: { 'no-import-time-globals': noImportTimeGlobals } } },
    rules: {
      'matterstream/no-import-time-globals': 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 300 }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: nodeFiles,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'Buffer', 'global', 'window', 'self', 'require', '__dirname', '__filename', 'setImmediate'].map(
          (name) => ({
            name,
            message: 'Not on every platform: look it up through globalThis.',
          }),
        ),
      ],
    },
  },
  {
    files: pureFiles,
    rules: {
      'no-restricted-properties': ['error', ...clocks],
      'no-restricted-globals': [
        'error',
        'setTimeout',
        'setInterval',
        'queueMicrotask',
        'globalThis',
        'process',
        'crypto',
        'fetch',
      ],
    },
  },
  {
    files: ['src/**/generated/**/*.ts'],
    rules: {
      'max-lines': 'off',
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // A group has an entry for each of its deprecated methods.
      '@typescript-eslint/no-deprecated': 'off',
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // Old names of operations and parameters are tested like the new ones.
      '@typescript-eslint/no-deprecated': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      'rxjs-x/no-ignored-subscription': 'off',
    },
  },
  {
    files: ['{src,scripts,bench,examples,test}/**/*.{ts,js,mjs}'],
    // A test file and a chapter of rules are lists of tests within one function.
    ignores: ['test/**/*.{test,test-d}.ts', 'test/conformance/{rules,operations}/**', 'test/runtimes/suite.mjs'],
    rules: {
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true, IIFEs: true }],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.base],
    rules: { eqeqeq: 'error', 'no-unused-vars': 'error', 'prefer-const': 'error' },
  },
);
