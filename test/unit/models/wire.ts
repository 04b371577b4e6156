import {
  readExtraSockets,
  readResumes,
  readSessionEnds,
  readSockets,
  recordedVersions,
} from '../../fixtures/recordings.js';
import type { EventFrame, ReplyFrame } from '../../../src/models/frames.js';

/** Escapes the characters that a server always escapes in strings: protocol §1.4. */
const escaped = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The bytes of a frame as 5.37 writes them, and 11.6 where a hook rewrote the event. */
export const compact = (frame: object): string => `${escaped(JSON.stringify(frame))}\n`;

/** The bytes of an event as the hub of 11.6 writes them. */
export const spaced = ({ event, data, broadcast, seq }: EventFrame): string =>
  escaped(
    `{"event": ${JSON.stringify(event)}, "data": ${JSON.stringify(data)}, "broadcast": ${JSON.stringify(broadcast)}, "seq": ${seq}}`,
  );

/** Every frame that the recorded servers sent, by version. */
export const recordedFrames = Object.fromEntries(
  recordedVersions.map((version) => {
    const lines = [
      ...readSockets(version),
      ...readExtraSockets(version),
      ...readResumes(version),
      ...readSessionEnds(version),
    ];
    const frames = lines
      .filter(({ dir, frame }) => dir === 'in' && typeof frame === 'object')
      .map(({ frame }) => frame);
    return [
      version,
      {
        events: frames.filter((frame) => 'event' in (frame as object)) as EventFrame[],
        replies: frames.filter((frame) => 'status' in (frame as object)) as ReplyFrame[],
      },
    ];
  }),
) as Record<(typeof recordedVersions)[number], { readonly events: EventFrame[]; readonly replies: ReplyFrame[] }>;
