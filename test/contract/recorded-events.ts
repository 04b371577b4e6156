import type { EventFrame } from '../../src/models/frames.js';
import {
  readExtraSockets,
  readResumes,
  readSessionEnds,
  readSockets,
  type RecordedVersion,
} from '../fixtures/recordings.js';

/** Every event of every recorded socket, as it was on the wire. */
export function recordedEvents(version: RecordedVersion): EventFrame[] {
  const lines = [
    ...readSockets(version),
    ...readExtraSockets(version),
    ...readResumes(version),
    ...readSessionEnds(version),
  ];
  return lines.flatMap(({ dir, frame }) =>
    dir === 'in' && typeof frame === 'object' && frame && 'event' in frame ? [frame as EventFrame] : [],
  );
}
