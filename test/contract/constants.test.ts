import { describe, expect, it } from 'vitest';
import { ChannelTypes, PostTypes, Roles, Statuses, TeamTypes } from '../../src/models/constants.js';
import { readExtras, readRest, recordedVersions } from '../fixtures/recordings.js';

/** Values of a member in all objects of recorded answers that have these other members, too. */
function recorded(member: string, ...beside: readonly string[]): Set<unknown> {
  const found = new Set<unknown>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (member in value && beside.every((name) => name in value)) found.add((value as Record<string, unknown>)[member]);
    Object.values(value).forEach(walk);
  };
  for (const version of recordedVersions)
    for (const { status, resBody } of [...readRest(version), ...readExtras(version)]) if (status < 300) walk(resBody);
  return found;
}

const others = (values: Set<unknown>, known: object): unknown[] =>
  [...values].filter((value) => !Object.values(known).includes(value));

describe('the constants', () => {
  it('have every type of channel, team and post that servers were seen to answer', () => {
    expect(others(recorded('type', 'purpose', 'header', 'display_name'), ChannelTypes)).toEqual([]);
    expect(others(recorded('type', 'allow_open_invite'), TeamTypes)).toEqual([]);
    const posts = recorded('type', 'message', 'channel_id', 'root_id', 'hashtags');
    expect(posts.size).toBe(5);
    expect(others(posts, PostTypes)).toEqual([]);
  });

  it('have every status of a user that servers were seen to answer', () => {
    expect(others(recorded('status', 'user_id', 'manual'), Statuses)).toEqual([]);
  });

  it('have the roles of users and members', () => {
    const roles = new Set([...recorded('roles', 'user_id')].flatMap((text) => String(text).split(' ')));
    expect(Object.values(Roles).filter((role) => /^(team|channel)_/.test(role) && !roles.has(role))).toEqual([]);
  });
});
