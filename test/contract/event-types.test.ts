import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../src/models/decode.js';
import type { EventFrame } from '../../src/models/frames.js';
import { recordedVersions, type RecordedVersion } from '../fixtures/recordings.js';
import { compile } from './compile.js';
import { recordedEvents } from './recorded-events.js';

/** Members that an event of a test has under names of its own: a literal of every shape is checked once. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 3).map(shapeOf);
  if (typeof value !== 'object' || !value) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shapeOf(member)]));
}

function recordedShapes(version: RecordedVersion): Map<string, EventFrame> {
  const shapes = new Map<string, EventFrame>();
  for (const frame of recordedEvents(version)) {
    const decoded = decodeEvent(structuredClone(frame));
    const key = JSON.stringify([decoded.event, shapeOf(decoded.data), shapeOf(decoded.broadcast)]);
    if (!shapes.has(key)) shapes.set(key, decoded);
  }
  return shapes;
}

const head = [
  "import type { EventMap } from '../../src/models/events.js';",
  "import type { Broadcast } from '../../src/models/frames.js';",
];

describe('the types of events', () => {
  it.each(recordedVersions)(
    'hold for every event recorded on %s: no member too many, too few or of another type',
    (version) => {
      const shapes = [...recordedShapes(version).values()];
      expect(new Set(shapes.map(({ event }) => event)).size).toBe({ '11.6': 53, '5.37': 52 }[version]);
      const lines = shapes.flatMap(({ event, data, broadcast }, n) => [
        `export const data${n}: EventMap['${event}'] = ${JSON.stringify(data)};`,
        `export const broadcast${n}: Broadcast = ${JSON.stringify(broadcast)};`,
      ]);
      expect(compile([...head, ...lines])).toEqual([]);
    },
    120_000,
  );
});
