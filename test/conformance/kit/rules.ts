import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import type { Target } from './target.js';
import { Unavailable } from './needs.js';
import { createWorld, type World } from './world.js';

/** One thing that must hold on every server. */
export type Rule = (title: string, check: (world: World) => Promise<void>) => void;

/** A group of rules. */
export type Chapter = (rule: Rule) => void;

/** Runs chapters on one server; what that server cannot show is skipped, with the reason printed at the end. */
export function runOn(
  name: string,
  open: () => Promise<Target>,
  chapters: Readonly<Record<string, Chapter>>,
  timeoutMs: number,
): void {
  describe(name, () => {
    let world: World | undefined;
    let target: Target | undefined;
    const skipped: string[] = [];

    beforeAll(async () => {
      target = await open();
      world = await createWorld(target);
    }, timeoutMs);

    afterAll(async () => {
      await world?.close();
      await target?.close();
      if (world?.target.tells) console.info(`Seen on ${name}:\n  ${world.notes.join('\n  ')}`);
      if (skipped.length > 0) console.warn(`Not checked on ${name}:\n  ${skipped.join('\n  ')}`);
    }, timeoutMs);

    afterEach(() => world?.tidy(), timeoutMs);

    for (const [chapter, define] of Object.entries(chapters)) {
      describe(chapter, () => {
        define((title, check) => {
          it(title, { timeout: timeoutMs }, async (context) => {
            try {
              await check(world!);
            } catch (error) {
              if (!(error instanceof Unavailable)) throw error;
              skipped.push(`${chapter}: ${title}: ${error.message}`);
              context.skip(error.message);
            }
          });
        });
      });
    }
  });
}
