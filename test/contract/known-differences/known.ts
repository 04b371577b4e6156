/** What the embedded server is compared in. */
export type Figure = 'status' | 'errorId' | 'shape' | 'replies' | 'events';

/** Differences that stay, and why. */
interface KnownDifference {
  readonly in: Figure;
  readonly why: string;
  readonly found: readonly string[];
}

/**
 * How the embedded server differs from the recorded one when it is played the recorded scenario. A difference that is not listed is a
 * mistake in the embedded server; one that is gone must be taken off the list. It reads `section: who operation: recorded, not ours`.
 * Of a shape, `-path` is missing here, `+path` is extra and `~path` has another type. Of events, `-event` is missing, `+event` is
 * extra and `event(-member)` carries other members.
 */
export interface Known {
  /** How many answers, replies and events are compared. */
  readonly compared: Readonly<Record<Figure, number>>;
  /** How many events both sent, in the same order. */
  readonly sameEvents: number;
  readonly differences: readonly KnownDifference[];
}
