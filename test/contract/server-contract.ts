import { beforeAll, describe, expect, it } from 'vitest';
import type { RecordedVersion } from '../fixtures/recordings.js';
import type { Figure, Known } from './known-differences/known.js';
import { replayServer } from './server-replay.js';

const figures: readonly Figure[] = ['status', 'errorId', 'shape', 'replies', 'events'];

export function describeLikeness(version: RecordedVersion, { compared, sameEvents, differences }: Known): void {
  const known = (figure: Figure): string[] =>
    differences.filter((difference) => difference.in === figure).flatMap(({ found }) => found);

  describe(`the embedded ${version} against the recorded one`, () => {
    let scores: ReturnType<typeof replayServer>;
    beforeAll(() => {
      scores = replayServer(version);
    }, 60_000);

    it('is compared in every answer, reply and event of the scenario', () => {
      expect(Object.fromEntries(figures.map((figure) => [figure, scores[figure].all]))).toEqual(compared);
    });

    it.each(figures)(`differs in %s as known-differences/${version}.ts says, and nowhere else`, (figure) => {
      expect([...scores[figure].differences].sort()).toEqual(known(figure).sort());
    });

    it('sends as many events in the same order as were measured', () => {
      expect(scores.events.agree).toBe(sameEvents);
    });
  });
}
