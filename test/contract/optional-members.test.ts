import { describe, expect, it } from 'vitest';
import { recordedObjects } from './optional-members.js';
import { reasons } from './optional-members-reasons.js';

/** So often an object must have been recorded before what it always had counts. */
const enough = 3;

/** Optional members that were never absent, as `Type.member`. */
function neverAbsent(): string[] {
  return [...recordedObjects()].flatMap(([name, { of, optional }]) =>
    of < enough ? [] : [...optional].flatMap(([member, present]) => (present === of ? [`${name}.${member}`] : [])),
  );
}

describe('a member of an answer or event that is typed optional', () => {
  it('was absent from a recorded one, or has a reason to be optional', () => {
    expect(neverAbsent().sort()).toEqual(Object.keys(reasons).sort());
  }, 60_000);
});
