import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Roster, type Member } from '../../../src/api/http/roster.js';

describe('a roster', () => {
  it('holds what a set would hold, whoever joins and leaves, and however often', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('add', 'delete'), fc.nat({ max: 9 })), { maxLength: 80 });
    fc.assert(
      fc.property(steps, (list) => {
        const people = Array.from({ length: 10 }, (): Member => ({ slot: -1 }));
        const roster = new Roster<Member>();
        const set = new Set<Member>();
        for (const [what, who] of list) {
          roster[what](people[who]!);
          set[what](people[who]!);
          expect(new Set(roster.members)).toEqual(set);
          expect(roster.members).toHaveLength(set.size);
          for (const one of people) expect(roster.members[one.slot] ?? undefined).toBe(set.has(one) ? one : undefined);
        }
      }),
    );
  });
});
