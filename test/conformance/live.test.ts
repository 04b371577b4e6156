import type { Target } from './kit/target.js';
import { conformance } from './suite.js';

const url = process.env['MATTERMOST_URL'] ?? '';

conformance(
  `live ${url}`,
  (): Promise<Target> =>
    Promise.resolve({
      name: url,
      url,
      loginId: process.env['MATTERMOST_USERNAME'] ?? '',
      password: process.env['MATTERMOST_PASSWORD'] ?? '',
      patienceMs: 30_000,
      allowDestructive: process.env['MATTERMOST_ALLOW_DESTRUCTIVE'] === '1',
      idle: [],
      tells: true,
      close: () => Promise.resolve(),
    }),
  180_000,
);
