// The rules of imports. `scripts/lib/layers.cjs` has the layers and their rows.
const { layers, patternsOf } = require('./scripts/lib/layers.cjs');

const forbid = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

/** One rule per row but the first: nothing there imports a row above it. */
const downward = ([layer, rows]) =>
  rows.slice(1).map((row, index) =>
    forbid(
      `${layer || 'root'}-runs-down-${row[0].replace('/', '')}`,
      'Imports run down the rows of scripts/lib/layers.cjs.',
      { path: patternsOf(layer, row) },
      { path: rows.slice(0, index + 1).flatMap((above) => patternsOf(layer, above)) },
    ),
  );

module.exports = {
  forbidden: [
    forbid(
      'no-circular',
      'A circle cannot be understood or tested in parts. Imports of types count.',
      {},
      { circular: true },
    ),
    forbid(
      'models-are-the-base',
      'models import nothing of ours.',
      { path: '^src/models/' },
      { path: '^src/', pathNot: '^src/models/' },
    ),
    forbid(
      'api-uses-models',
      'api imports models alone.',
      { path: '^src/api/' },
      { path: '^src/', pathNot: '^src/(api|models)/' },
    ),
    forbid(
      'streams-use-models',
      'streams import models alone; what they need of REST is an interface in rest-port.ts.',
      { path: '^src/streams/' },
      { path: '^src/', pathNot: '^src/(streams|models)/' },
    ),
    forbid(
      'server-uses-models',
      'The embedded server shares nothing with the client but the models.',
      { path: '^src/server/' },
      { path: '^src/', pathNot: '^src/(server|models)/' },
    ),
    forbid(
      'validate-uses-models',
      'What checks answers and events shares nothing with what receives them but the models.',
      { path: '^src/validate/' },
      { path: '^src/', pathNot: '^src/(validate|models)/' },
    ),
    forbid(
      'validate-is-asked-for',
      'Who imports it carries the schemas: only users do, and hand it to the client.',
      { path: '^src/', pathNot: '^src/validate/' },
      { path: '^src/validate/' },
    ),
    forbid(
      'client-is-the-top',
      'Only entries import the composition.',
      { path: '^src/', pathNot: '^src/index\\.ts$' },
      { path: '^src/(client|create-rest-port)\\.ts$', pathNot: '^src/create-rest-port\\.ts$' },
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
      { path: '^src/api/', pathNot: '^src/api/(index\\.ts|generated/)' },
      { path: '^src/api/generated/' },
    ),
    forbid(
      'generated-imports-types',
      'Generated files are data and types; those of groups hand their operations to `defineGroup`, with the plans of their pages.',
      { path: '^src/(api|models|validate)/generated/' },
      {
        dependencyTypesNot: ['type-only'],
        pathNot: '^src/((api|models)/generated/|api/(define-group|paging|paging-by-cursor)\\.ts$)',
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
      { path: '^src/models/(decode|peek|backoff|redact)\\.ts$' },
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
