import { beforeAll, describe, expect, it } from 'vitest';
import type { RecordedVersion } from '../fixtures/recordings.js';
import { replayServer } from './server-replay.js';
import type { Score } from './server-replay.js';

/** How much of the recorded scenario the embedded server has to answer as the real one did, in percent. */
const atLeast = { status: 95, errorId: 95, shape: 90, replies: 100, events: 90 } as const;

const percent = ({ all, agree }: Score): number => (100 * agree) / all;

export function describeLikeness(version: RecordedVersion): void {
  describe(`the embedded ${version} against the recorded one`, () => {
    let scores: ReturnType<typeof replayServer>;
    beforeAll(() => {
      scores = replayServer(version);
    }, 60_000);

    it('is compared in enough exchanges, and with what each person hears', () => {
      expect(scores.status.all).toBeGreaterThan(650);
      expect(scores.events.all).toBeGreaterThan(800);
      expect(scores.replies.all).toBeGreaterThan(5);
    });

    it.each(Object.entries(atLeast))('agrees in %s in at least %i %%', (name, least) => {
      const score = scores[name as keyof typeof atLeast];
      expect(percent(score), score.differences.slice(0, 20).join('\n')).toBeGreaterThanOrEqual(least);
    });
  });
}
