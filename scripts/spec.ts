import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { format } from 'prettier';
import { stringify } from 'yaml';
import { correctionsPage } from './generate/corrections.js';
import { openApiDocument } from './generate/open-api.js';
import { loadSpec } from './generate/spec.js';

// Writes spec/openapi.yaml and docs/corrections.md; with --check, fails if they differ from what it would write.
const spec = loadSpec();
const document = openApiDocument(spec);
const { valid, errors } = await new Validator().validate(structuredClone(document) as Record<string, unknown>);
if (!valid) {
  console.error('spec/openapi.yaml: must be a valid OpenAPI document:', errors);
  process.exit(1);
}
const banner = '# Made by `npm run spec` from the other files of this folder. Do not edit.\n';
const files = {
  'spec/openapi.yaml': banner + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }),
  'docs/corrections.md': await format(correctionsPage(spec), { parser: 'markdown', printWidth: 120 }),
};
const differing = Object.entries(files).filter(
  ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
);
if (!process.argv.includes('--check')) for (const [path, text] of differing) writeFileSync(path, text);
else if (differing.length > 0) {
  console.error(
    `Run "npm run spec": these files differ from what it would write.\n${differing.map(([path]) => path).join('\n')}`,
  );
  process.exitCode = 1;
}
