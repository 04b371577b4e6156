import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchDispatch } from './dispatch.js';
import { benchReady } from './ready.js';
import { benchReceive } from './receive.js';
import { benchRest } from './rest.js';
import { benchSize } from './size.js';
import { benchStartup } from './startup.js';
import { markdownTable, type Row } from './lib/table.js';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const sections: Readonly<Record<string, (quick: boolean) => Promise<Row[]>>> = {
  rest: benchRest,
  receive: benchReceive,
  dispatch: benchDispatch,
  ready: benchReady,
  size: benchSize,
  startup: benchStartup,
};
const wanted = values.only?.split(',') ?? Object.keys(sections);
const rows: Row[] = [];
for (const name of wanted) {
  const section = sections[name];
  if (!section) throw new Error(`--only ${name}: choose from ${Object.keys(sections).join(', ')}`);
  process.stderr.write(`${name} …\n`);
  rows.push(...(await section(values.quick)));
}
const machine = `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;
const table = markdownTable(rows);
console.log(`${table}\n\n${machine}`);
if (values.write) {
  const text = [
    '# Benchmarks',
    '',
    'Written by `npm run bench -- --write`. Ratios are medians over interleaved rounds of one run: read those, since the absolute figures',
    'belong to the machine named below. Servers run in processes of their own, and so does each group of clients that are compared.',
    'A row with a goal says whether this run met it; the others are there to compare with.',
    '',
    table,
    '',
    machine,
    '',
  ].join('\n');
  writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), text);
}
process.exit();
