import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './build-state.mjs';
import { run } from './run.mjs';

/** @type {{ dependencies: Record<string, string>, exports: Record<string, unknown> }} */
export const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

/** Names under which users import the package. */
export const entries = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json')
  .map((path) => `matterstream${path.slice(1)}`);

/**
 * Makes a project outside of this one that has the packed package and its declared dependencies, and nothing else. Asks no registry.
 *
 * @param {readonly string[]} [types] packages of types to add
 */
export async function createConsumer(types = []) {
  const folder = await mkdtemp(join(tmpdir(), 'matterstream-consumer-'));
  const must = async (command, args) => {
    const { status, output } = await run(command, args, { cwd: root });
    if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${output}`);
    return output;
  };
  await must('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]);
  const tarball = join(
    folder,
    `matterstream-${JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version}.tgz`,
  );
  const home = join(folder, 'node_modules/matterstream');
  await mkdir(home, { recursive: true });
  await must('tar', ['-xzf', tarball, '--strip-components=1', '-C', home]);
  const files = (await must('tar', ['-tzf', tarball])).trim().split('\n');
  for (const name of [...Object.keys(manifest.dependencies), ...types]) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, 'node_modules', name), link);
  }
  /** @param {string} name @param {string} content */
  const write = async (name, content) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    return path;
  };
  await write('package.json', '{ "private": true, "type": "module" }');
  return {
    folder,
    /** Paths in the tarball, without the leading `package/`. */
    files: files.map((path) => path.replace(/^package\//, '')),
    write,
    /** Runs Node in the folder. @param {string[]} args */
    node: (...args) => run(process.execPath, args, { cwd: folder }),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** @typedef {Awaited<ReturnType<typeof createConsumer>>} Consumer */
