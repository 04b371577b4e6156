import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateFiles, ownFolders } from './generate/files.js';

// Fails if a generated source is not what the spec and the generator make of it now.
const root = fileURLToPath(new URL('..', import.meta.url));
const files = await generateFiles();
const differing = [...files].filter(
  ([path, text]) => !existsSync(root + path) || readFileSync(root + path, 'utf8') !== text,
);
const leftOver = ownFolders.flatMap((folder) =>
  readdirSync(root + folder)
    .map((name) => `${folder}/${name}`)
    .filter((path) => !files.has(path)),
);
const wrong = [...differing.map(([path]) => path), ...leftOver];
if (wrong.length > 0) {
  console.error(`Run "npm run generate": these differ from what it would write.\n${wrong.join('\n')}`);
  process.exitCode = 1;
}
