import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateFiles, ownFolders } from './generate/files.js';

// Fails if a generated file differs from what `npm run generate` would write.
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
  console.error(`Run "npm run generate": these files differ from what it would write.\n${wrong.join('\n')}`);
  process.exitCode = 1;
}
