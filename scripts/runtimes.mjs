// Tests each runtime of the support table: runs the suite of test/runtimes on the built and packed package on all of them, and the
// integration and conformance tests of vitest on those that have sockets. `--only node22,bun` narrows it; `--json FILE` writes the counts.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { installRuntimes, runtimeNames } from './lib/binaries.mjs';
import { root } from './lib/build-state.mjs';
import { createConsumer } from './lib/consumer.mjs';
import { run } from './lib/run.mjs';
import { vitestCounts } from './lib/vitest-counts.mjs';

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const all = ['node', ...runtimeNames];
const chosen = values.only?.split(',') ?? all;
const unknown = chosen.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`No such runtime: ${unknown.join(', ')}. There are ${all.join(', ')}.`);
  process.exit(2);
}

/** Arguments with which a runtime runs a file, where it needs any. */
const launch = {
  bun: ['run'],
  deno: ['run', '--allow-all', '--node-modules-dir=manual', '--no-lock'],
};

const binaries = { node: process.execPath, ...(await installRuntimes()) };
const consumer = await createConsumer();
const scratch = await mkdtemp(join(tmpdir(), 'matterstream-runtimes-'));
const total = { passed: 0, failed: 0 };

/** Adds a result and prints its line. */
function note(title, { passed, failed }, output) {
  total.passed += passed;
  total.failed += failed;
  console.log(`${failed === 0 ? '✓' : '✗'} ${title}: ${passed} passed, ${failed} failed`);
  if (failed > 0) console.log(output.trimEnd().split('\n').slice(-80).join('\n'));
}

/** The last line of the suite's report; a program that fails or prints none has failed. */
function suiteCounts({ status, output }) {
  const [, passed = 0, failed = 0] = /^suite: (\d+) passed, (\d+) failed$/m.exec(output) ?? [];
  const counts = { passed: Number(passed), failed: Number(failed) };
  if (counts.failed === 0 && (status !== 0 || counts.passed === 0)) counts.failed = 1;
  return counts;
}

async function suiteOnSockets(name) {
  const args = [...(launch[name] ?? []), join(consumer.folder, 'run.mjs')];
  return run(binaries[name], args, { cwd: consumer.folder, timeoutMs: 180_000 });
}

/** workerd has no files and no packages: one bundle, made under its own conditions, with the server in memory. */
async function suiteOnWorkerd() {
  await build({
    entryPoints: [join(consumer.folder, 'worker.mjs')],
    outfile: join(scratch, 'worker.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'import'],
    logLevel: 'error',
  });
  await writeFile(
    join(scratch, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
     const config :Workerd.Config = (services = [(name = "main", worker = .suite)]);
     const suite :Workerd.Worker = (
       modules = [(name = "worker.js", esModule = embed "worker.js")],
       compatibilityDate = "2026-01-01",
     );`,
  );
  return run(binaries.workerd, ['test', 'config.capnp'], { cwd: scratch, timeoutMs: 180_000 });
}

/** The tests of vitest that use sockets, under another runtime. */
async function vitestOn(name) {
  const report = join(scratch, `${name}.json`);
  // The examples start Node and Chromium of their own: nothing of this runtime would be tested.
  const projects = ['--project', 'integration', '--project', 'conformance', '--exclude', 'test/integration/examples*'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
  const prefix = { bun: ['--bun'], deno: ['run', '--allow-all'] }[name] ?? [];
  const args = [...prefix, join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...projects, ...reporters];
  const outcome = await run(binaries[name], args, { cwd: root, timeoutMs: 900_000 });
  return { counts: await vitestCounts(report, outcome.status), output: outcome.output };
}

try {
  for (const file of ['suite.mjs', 'harness.mjs', 'embedded.mjs', 'run.mjs', 'worker.mjs']) {
    await consumer.write(file, await readFile(join(root, 'test/runtimes', file), 'utf8'));
  }
  for (const name of chosen) {
    const outcome = await (name === 'workerd' ? suiteOnWorkerd() : suiteOnSockets(name));
    note(`${name}: suite of runtimes`, suiteCounts(outcome), outcome.output);
    // `npm test` has run them on the present Node.
    if (name === 'workerd' || name === 'node') continue;
    const { counts, output } = await vitestOn(name);
    note(`${name}: integration and conformance`, counts, output);
  }
} finally {
  await consumer.dispose();
  await rm(scratch, { recursive: true, force: true });
}
console.log(`runtimes: ${total.passed} passed, ${total.failed} failed`);
if (values.json) await writeFile(values.json, JSON.stringify(total));
process.exitCode = total.failed > 0 ? 1 : 0;
