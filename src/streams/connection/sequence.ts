/**
 * Number that the next event must have: protocol §1.5. It is kept beside the state of the machine, and changed in place: a new state for each
 * event would take as long as parsing a small frame.
 */
export interface Sequence {
  readonly expected: number;
  /** Sets the number of the next event. */
  expect(seq: number): void;
  /** Counts an event if it is the expected one; false for any other, which the machine judges. */
  advance(seq: number): boolean;
}

/** Makes a sequence that begins with number 0. */
export function createSequence(): Sequence {
  let expected = 0;
  return {
    get expected() {
      return expected;
    },
    expect(seq) {
      expected = seq;
    },
    advance(seq) {
      if (seq !== expected) return false;
      expected++;
      return true;
    },
  };
}
