// Tells whether dist/ was built from the present sources. No dependencies: it runs before anything is installed.
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the project. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** File in dist/ that holds the digest of what it was built from. */
export const stampName = '.inputs';

/** Digest of everything that the build reads. */
export async function inputsDigest() {
  const sources = (await readdir(join(root, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const config = ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs'];
  const hash = createHash('sha256');
  for (const file of [...sources.sort(), ...config.map((name) => join(root, name))]) {
    hash
      .update(file.slice(root.length))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** True if dist/ is what a build would make now. */
export async function isBuilt() {
  return (await readFile(join(root, 'dist', stampName), 'utf8').catch(() => '')) === (await inputsDigest());
}
