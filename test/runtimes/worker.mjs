// workerd: `workerd test` calls the handler of this name. It cannot listen on a socket, so the server is in memory.
import * as matterstream from 'matterstream';
import * as testing from 'matterstream/testing';
import { openEmbedded } from './embedded.mjs';
import { runTests } from './harness.mjs';
import { suite } from './suite.mjs';

export default {
  async test() {
    const failed = await runTests(
      suite({ matterstream, title: 'memory', open: () => openEmbedded(testing, 'memory') }),
    );
    if (failed > 0) throw new Error(`${failed} failed`);
  },
};
