// The least that a suite needs, without a test runner, so that it runs on every JavaScript runtime.

/** @param {unknown} condition @param {string} what */
export function assert(condition, what) {
  if (!condition) throw new Error(`expected ${what}`);
}

/** @param {unknown} actual @param {unknown} expected @param {string} what */
export function equal(actual, expected, what) {
  assert(Object.is(actual, expected), `${what} to be ${String(expected)}, got ${String(actual)}`);
}

/**
 * Runs tests one after the other and prints a line for each, then the counts.
 *
 * @param {readonly { title: string, run: () => Promise<void> }[]} tests
 * @returns {Promise<number>} how many failed
 */
export async function runTests(tests, timeoutMs = 15_000) {
  let failed = 0;
  for (const { title, run } of tests) {
    let timer;
    const deadline = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      await Promise.race([run(), deadline]);
      console.log(`ok ${title}`);
    } catch (error) {
      failed += 1;
      console.log(`not ok ${title}\n  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }
  console.log(`suite: ${tests.length - failed} passed, ${failed} failed`);
  return failed;
}
