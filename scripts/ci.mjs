// The steps of .ci/run, one after the other; a failed step does not stop the later ones. No dependencies: it installs them.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './lib/build-state.mjs';
import { run } from './lib/run.mjs';
import { vitestCounts } from './lib/vitest-counts.mjs';

const minute = 60_000;
const scratch = await mkdtemp(join(tmpdir(), 'matterstream-ci-'));
const total = { passed: 0, failed: 0 };

/** Runs one npm script. `counts` gives what passed and failed in it; without it the script counts as one check. */
async function step(title, args, { timeoutMs = 5 * minute, counts } = {}) {
  const startedAt = Date.now();
  console.log(`\n── ${title}: npm ${args.join(' ')}`);
  const outcome = await run('npm', args, { cwd: root, timeoutMs, echo: true });
  const { passed, failed } = counts
    ? await counts(outcome.status)
    : { passed: Number(outcome.status === 0), failed: Number(outcome.status !== 0) };
  total.passed += passed;
  total.failed += failed;
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${failed === 0 ? '✓' : '✗'} ${title}: ${passed} passed, ${failed} failed (${seconds} s)`);
}

const testReport = join(scratch, 'test.json');
const runtimesReport = join(scratch, 'runtimes.json');
const readRuntimes = async (status) => {
  const counts = JSON.parse(await readFile(runtimesReport, 'utf8').catch(() => '{ "passed": 0, "failed": 0 }'));
  return counts.failed === 0 && status !== 0 ? { ...counts, failed: 1 } : counts;
};

try {
  await step('tests', ['test', '--', '--reporter=default', '--reporter=json', `--outputFile=${testReport}`], {
    timeoutMs: 20 * minute,
    counts: (status) => vitestCounts(testReport, status),
  });
  await step('types', ['run', 'types']);
  await step('lint', ['run', 'lint']);
  await step('format', ['run', 'check:format']);
  await step('generated files', ['run', 'check:generated']);
  await step('package', ['run', 'check:package']);
  await step('bundle sizes', ['run', 'size']);
  await step('main job', ['start', '--', '--duration', '8'], { timeoutMs: 3 * minute });
  await step('benchmarks run', ['run', 'bench', '--', '--quick']);
  await step('runtimes', ['run', 'test:runtimes', '--', '--json', runtimesReport], {
    timeoutMs: 45 * minute,
    counts: readRuntimes,
  });
} finally {
  await rm(scratch, { recursive: true, force: true });
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
