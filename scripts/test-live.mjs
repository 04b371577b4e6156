#!/usr/bin/env node
// Runs the behavioural suite on a real server. See CONTRIBUTING.md.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const usage = `Runs the behavioural suite of matterstream on a real Mattermost server (5.37 to 11.x).

  MATTERMOST_URL       base URL, such as https://chat.example.com (a sub-path is kept)
  MATTERMOST_USERNAME  name or e-mail of a system admin; with any other user some rules are skipped, each with its reason
  MATTERMOST_PASSWORD  password of that user
  MATTERMOST_ALLOW_DESTRUCTIVE=1
                       also end the sessions of every user of the server, strangers included

  npm run test:live -- [options of vitest, such as -t "a part of a title"]

The suite makes users, teams and channels with random names, and deactivates or deletes them at the end.`;

const missing = ['MATTERMOST_URL', 'MATTERMOST_USERNAME', 'MATTERMOST_PASSWORD'].filter((name) => !process.env[name]);
if (process.argv.includes('--help') || missing.length > 0) {
  console.log(usage);
  if (!process.argv.includes('--help')) console.error(`\nNot set: ${missing.join(', ')}`);
  process.exit(process.argv.includes('--help') ? 0 : 2);
}
if (!URL.canParse(process.env.MATTERMOST_URL) || !/^https?:/.test(process.env.MATTERMOST_URL)) {
  console.error('MATTERMOST_URL: must be an http(s) URL');
  process.exit(2);
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const child = spawn(
  process.execPath,
  [vitest, 'run', '--config', 'test/conformance/vitest.live.config.ts', '--root', root, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});
