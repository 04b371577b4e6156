// The layers of src/, and the rows within each, top to bottom. A file may import its own row and the rows below it, types included.
// Every file stands in exactly one row: `name/` is a folder, `name` the file `name.ts` (and its twin `name.node.ts`).

const layers = {
  '': [['index'], ['client'], ['create-rest-port']],
  api: [
    ['index'],
    ['supports'],
    ['generated/', 'rest'],
    ['define-group', 'runner'],
    ['group-rest', 'read-answer'],
    ['files/', 'paged-call', 'pipeline/', 'rest-options'],
    ['auth/', 'call', 'page-walk', 'paging-by-cursor'],
    ['http/', 'paging'],
    ['call-options', 'operation'],
  ],
  streams: [
    ['index'],
    ['create-streams'],
    ['typing/', 'sessions/', 'presence/'],
    ['context'],
    ['events/'],
    ['recovery/'],
    ['connection/', 'operators/', 'reread', 'rest-port', 'share-latest'],
  ],
  models: [
    ['index'],
    ['decode', 'validator'],
    ['actions', 'check-id', 'events'],
    ['check-text', 'event-entities', 'mentions/', 'peek', 'retry-with-backoff', 'site-url', 'to-json', 'transient'],
    [
      'backoff',
      'compare-versions',
      'constants',
      'credential',
      'csrf-cookie',
      'dead-session',
      'deep-partial',
      'errors',
      'frames',
      'generated/',
      'parse-json',
      'redact',
      'rest-outcome',
      'text-of',
    ],
  ],
  validate: [['index'], ['validator'], ['schemas'], ['generated/', 'mismatch', 'notation']],
  server: [
    ['index'],
    ['test-server'],
    ['faces/', 'seeds'],
    ['core', 'faults/'],
    ['areas/'],
    ['rest/', 'socket/'],
    ['changes/'],
    ['posts/', 'shapes/'],
    ['files/'],
    ['world'],
    ['hub/'],
    ['auth/'],
    ['store/'],
    ['base/'],
    ['generated/'],
  ],
};

/** Which layers each layer may import, besides itself. The root, which has no name, composes them. */
const uses = {
  models: [],
  api: ['models'],
  streams: ['models'],
  validate: ['models'],
  server: ['models'],
};

/** Patterns of the files of a row. */
function patternsOf(layer, row) {
  const folder = layer ? `src/${layer}/` : 'src/';
  return row.map((name) => {
    if (name === '' || name.endsWith('/')) return `^${folder}${name}`;
    return `^${folder}${name}(\\.node)?\\.ts$`;
  });
}

module.exports = { layers, patternsOf, uses };
