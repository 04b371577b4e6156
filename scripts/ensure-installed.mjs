// Makes a clean clone ready: packages, and on demand the build (--build) and a Chromium (--chromium). Runs before anything is
// installed, so it uses Node alone. Does nothing when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isBuilt, root } from './lib/build-state.mjs';
import { findChromium } from './lib/chromium.mjs';

const wants = new Set(process.argv.slice(2));

function run(command, args, { optional = false } = {}) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0 && !optional) {
    console.error(`\`${command} ${args.join(' ')}\` failed`);
    process.exit(status ?? 1);
  }
  return status === 0;
}

const readJson = async (path) => JSON.parse(await readFile(join(root, path), 'utf8'));

/** True if node_modules holds what the lockfile asks for; optional packages of other platforms may be absent. */
async function isInstalled() {
  const installed = (await readJson('node_modules/.package-lock.json').catch(() => ({}))).packages ?? {};
  return Object.entries((await readJson('package-lock.json')).packages).every(
    ([path, { version, optional, peer, devOptional }]) =>
      path === '' ||
      installed[path]?.version === version ||
      (!(path in installed) && (optional || peer || devOptional) === true),
  );
}

if (!(await isInstalled())) {
  console.error('Installing packages…');
  // The lockfile names exact versions and digests, so what is in the cache needs no check for news.
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline']);
}

if (wants.has('--build') && !(await isBuilt())) {
  console.error('Building…');
  run(process.execPath, [join(root, 'scripts/build.mjs')]);
}

if (wants.has('--chromium') && !findChromium()) {
  console.error('Installing Chromium…');
  const isDebianRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  const fromDebian =
    isDebianRoot &&
    run('apt-get', ['update', '-qq'], { optional: true }) &&
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { optional: true });
  if (!fromDebian) run(process.execPath, [join(root, 'node_modules/playwright-core/cli.js'), 'install', 'chromium']);
}
