// The rules of imports. `scripts/lib/layers.cjs` has the layers and their rows.
const { layers, patternsOf, uses } = require('./scripts/lib/layers.cjs');

const forbid = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

/** One rule per row but the first: nothing there imports a row above it. */
const downward = ([layer, rows]) =>
  rows
    .slice(1)
    .map((row, index) =>
      forbid(
        `${layer || 'root'}-runs-down-${row[0].replace('/', '')}`,
        'Imports run down the rows of scripts/lib/layers.cjs.',
        { path: patternsOf(layer, row) },
        { path: rows.slice(0, index + 1).flatMap((above) => patternsOf(layer, above)) },
      ),
    );

/** One rule per layer: it imports itself and the layers that it uses. What streams need of REST is an interface, `streams/rest-port.ts`. */
const confined = ([layer, used]) =>
  forbid(
    `${layer}-uses-${used.join('-and-') || 'nothing'}`,
    'A layer imports itself and the layers that it uses: `uses` in scripts/lib/layers.cjs.',
    { path: `^src/${layer}/` },
    { path: '^src/', pathNot: [layer, ...used].map((each) => `^src/${each}/`) },
  );

module.exports = {
  forbidden: [
    forbid(
      'no-circular',
      'A circle cannot be understood or tested in parts. Imports of types count.',
      {},
      { circular: true },
    ),
    ...Object.entries(uses).map(confined),
    forbid(
      'validate-is-asked-for',
      'Whatever imports it carries the schemas: users do, and pass it to the client.',
      { path: '^src/', pathNot: '^src/validate/' },
      { path: '^src/validate/' },
    ),
    forbid(
      'no-import-of-an-index',
      'An index.ts is an entry for users; inside it hides what is used and makes circles. The root entry is the sum of the others.',
      { pathNot: '^src/index\\.ts$' },
      { path: '/index\\.ts$', pathNot: 'node_modules' },
    ),
    forbid(
      'generated-classes-are-for-entries',
      'Only the entry and the client know the generated classes; the pipeline interprets their data.',
      { path: '^src/api/', pathNot: ['^src/api/index\\.ts$', '^src/api/generated/'] },
      { path: '^src/api/generated/' },
    ),
    forbid(
      'generated-imports-types',
      'Generated files are data and types; those of groups hand their operations to `defineGroup`, with the plans of their pages.',
      { path: ['^src/api/generated/', '^src/models/generated/', '^src/validate/generated/'] },
      {
        dependencyTypesNot: ['type-only'],
        pathNot: [
          '^src/api/generated/',
          '^src/models/generated/',
          '^src/api/define-group\\.ts$',
          '^src/api/paging\\.ts$',
          '^src/api/paging-by-cursor\\.ts$',
        ],
      },
    ),
    forbid(
      'rxjs-by-its-root',
      'rxjs 8 and later keep only the root entry.',
      {},
      { path: 'node_modules/rxjs/', pathNot: 'node_modules/rxjs/dist/(esm5?|cjs|esm|types)/index\\.(js|d\\.ts)$' },
    ),
    forbid(
      'no-development-packages',
      'What users install must be a dependency.',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
    forbid('nothing-unresolved', 'Every import must resolve.', {}, { couldNotResolve: true }),
    ...[{ dependencyTypes: ['core'] }, { path: 'node_modules/(undici|ws|isomorphic-ws)/' }].map((what, index) =>
      forbid(
        `node-stays-in-node-files-${index + 1}`,
        'Only *.node.ts files may use what browsers lack; the `imports` map of package.json swaps them.',
        { path: '^src/', pathNot: '\\.node\\.ts$' },
        { ...what, dependencyTypesNot: ['type-only'] },
      ),
    ),
    forbid(
      'pure-parts-are-pure',
      'Decoding, peeking, backoff and redaction run without RxJS.',
      { path: ['decode', 'peek', 'backoff', 'redact'].map((name) => `^src/models/${name}\\.ts$`) },
      { path: 'node_modules/', dependencyTypesNot: ['type-only'] },
    ),
    ...Object.entries(layers).flatMap(downward),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
