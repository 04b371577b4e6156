import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateFiles, ownFolders } from './generate/files.js';

// Writes the generated files, and deletes those that are not generated any more.
const root = fileURLToPath(new URL('..', import.meta.url));
const files = await generateFiles();
for (const [path, text] of files) {
  mkdirSync(dirname(root + path), { recursive: true });
  writeFileSync(root + path, text);
}
for (const folder of ownFolders) {
  for (const name of readdirSync(root + folder))
    if (!files.has(`${folder}/${name}`)) rmSync(`${root}${folder}/${name}`);
}
console.log(`${files.size} files`);
