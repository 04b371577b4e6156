import * as matterstream from 'matterstream';
import * as testing from 'matterstream/testing';
import { describe, inject, it } from 'vitest';
import { openEmbedded } from '../runtimes/embedded.mjs';
import { suite } from '../runtimes/suite.mjs';

describe('the suite of runtimes in a browser', () => {
  const url = inject('serverUrl');
  const tests = [
    ...suite({
      matterstream,
      title: 'sockets',
      cuts: false,
      open: () => Promise.resolve({ options: { url }, close: () => Promise.resolve() }),
    }),
    ...suite({ matterstream, title: 'memory', open: () => openEmbedded(testing, 'memory') }),
  ];
  for (const { title, run } of tests) it(title, run);
});
