import { describe, expect, it } from 'vitest';
import type { ActionFrame, ReplyFrame } from '../../src/models/frames.js';
import {
  readExtraSockets,
  readSessionEnds,
  readSockets,
  recordedVersions,
  type RecordedVersion,
} from '../fixtures/recordings.js';
import { compile } from './compile.js';

interface Answered {
  readonly action: string;
  readonly data: unknown;
  readonly reply: unknown;
}

/** Every action that was answered OK, with its data and its reply. */
function answeredActions(version: RecordedVersion): Answered[] {
  const asked = new Map<string, ActionFrame>();
  const answered: Answered[] = [];
  for (const { conn, dir, frame } of [
    ...readSockets(version),
    ...readExtraSockets(version),
    ...readSessionEnds(version),
  ]) {
    if (typeof frame !== 'object' || !frame) continue;
    if (dir === 'out') {
      const sent = frame as ActionFrame;
      asked.set(`${conn} ${sent.seq}`, sent);
    } else if ((frame as Partial<ReplyFrame>).status === 'OK') {
      const { seq_reply: seq, data } = frame as Extract<ReplyFrame, { status: 'OK' }>;
      const sent = asked.get(`${conn} ${seq ?? 0}`);
      if (sent) answered.push({ action: sent.action, data: sent.data, reply: data ?? {} });
    }
  }
  return answered;
}

const head = ["import type { ActionData, ActionReply } from '../../src/models/actions.js';"];

describe('the types of actions', () => {
  it.each(recordedVersions)(
    'hold for every action that %s answered',
    (version) => {
      const actions = answeredActions(version).filter(({ action }) => action !== 'authentication_challenge');
      expect(new Set(actions.map(({ action }) => action)).size).toBe({ '11.6': 7, '5.37': 5 }[version]);
      const lines = actions.flatMap(({ action, data, reply }, n) => [
        // `ping` takes nothing, and an empty object is nothing, too.
        ...(data && Object.keys(data).length > 0
          ? [`export const data${n}: ActionData<'${action}'> = ${JSON.stringify(data)};`]
          : []),
        `export const reply${n}: ActionReply<'${action}'> = ${JSON.stringify(reply)};`,
      ]);
      expect(compile([...head, ...lines])).toEqual([]);
    },
    120_000,
  );
});
