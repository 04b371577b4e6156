import { readFile } from 'node:fs/promises';

/**
 * Counts of a JSON report of vitest. A run that failed without a failed test (a file that did not load, an unhandled error, no
 * test at all) counts as one failure.
 *
 * @param {string} path
 * @param {number} status exit status of vitest
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function vitestCounts(path, status) {
  const report = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
  const passed = report.numPassedTests ?? 0;
  const failed = report.numFailedTests ?? 0;
  return { passed, failed: failed === 0 && (status !== 0 || passed === 0) ? 1 : failed };
}
