// Node, Bun and Deno: the suite over real sockets, then in memory. The process must end by itself.
import * as matterstream from 'matterstream';
import * as testing from 'matterstream/testing';
import { openEmbedded } from './embedded.mjs';
import { runTests } from './harness.mjs';
import { suite } from './suite.mjs';

const failed = await runTests([
  ...suite({ matterstream, title: 'sockets', open: () => openEmbedded(testing, 0) }),
  ...suite({ matterstream, title: 'memory', open: () => openEmbedded(testing, 'memory') }),
]);
if (failed > 0) process.exitCode = 1;
