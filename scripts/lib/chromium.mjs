import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Path of a Chromium to drive: `CHROMIUM_PATH`, else one of the system, else playwright's own download; `undefined` if none. */
export function findChromium() {
  const candidates = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', downloaded()];
  return candidates.find((path) => path && existsSync(path));
}

function downloaded() {
  try {
    return createRequire(import.meta.url)('playwright-core').chromium.executablePath();
  } catch {
    return undefined;
  }
}

/** Options under which Chromium starts here; root, as in containers, has no sandbox. */
export function chromiumLaunchOptions() {
  return {
    executablePath: findChromium(),
    args: process.getuid?.() === 0 ? ['--no-sandbox', '--disable-dev-shm-usage'] : [],
  };
}
