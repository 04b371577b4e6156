import { execFileSync } from 'node:child_process';
import { median } from './lib/rounds.js';
import type { Row } from './lib/table.js';

const modules = ['rxjs', 'matterstream', '@mattermost/client'];

/** Imports in a new process: the milliseconds it takes, and the heap that it keeps, in kB. */
function importOnce(name: string): { ms: number; heapKb: number } {
  const code = `const before = (gc(), process.memoryUsage().heapUsed); const started = performance.now();
    const module = await import('${name}'); const ms = performance.now() - started; gc();
    console.log(JSON.stringify({ ms, heapKb: (process.memoryUsage().heapUsed - before) / 1000, names: Object.keys(module).length }));`;
  const out = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', code], {
    cwd: new URL('.', import.meta.url),
    encoding: 'utf8',
  });
  return JSON.parse(out) as { ms: number; heapKb: number };
}

/** Import time and heap in new processes. */
export function benchStartup(quick: boolean): Promise<Row[]> {
  const runs = modules.map((): { ms: number; heapKb: number }[] => []);
  for (let round = 0; round < (quick ? 1 : 15); round++) {
    modules.forEach((name, index) => runs[index]!.push(importOnce(name)));
  }
  return Promise.resolve(
    modules.map((name, index) => ({
      group: 'import, new process',
      what: name,
      value: `${median(runs[index]!.map((r) => r.ms)).toFixed(0)} ms`,
      ratio: `${(median(runs[index]!.map((r) => r.heapKb)) / 1000).toFixed(1)} MB of heap`,
    })),
  );
}
