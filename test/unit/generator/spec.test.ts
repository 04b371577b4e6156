import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generateFiles } from '../../../scripts/generate/files.js';
import { operationLines, relativeLines } from '../../../scripts/generate/operation-data.js';
import { isGenerated, loadSpec, refName, type Schema } from '../../../scripts/generate/spec.js';
import { defineGroup } from '../../../src/api/define-group.js';
import { UsersApi } from '../../../src/api/generated/users.js';
import type { Rest } from '../../../src/api/operation.js';
import { apiRoutes, rootRoutes } from '../../../src/server/generated/routes.js';
import { usersOperations } from '../../conformance/operations/names.js';

const spec = loadSpec();
const generated = spec.operations.filter((operation) => isGenerated(spec, operation));
/** What the pipeline gets for an operation: written by the generator, read by `defineGroup`. */
const data = (id: string): unknown => {
  const operation = spec.operations.find(({ operationId }) => operationId === id)!;
  const Group = defineGroup<Record<string, () => unknown>>(operationLines(operation).join('\n'));
  return new Group({ call: (facts: unknown) => facts } as unknown as Rest)[id]!();
};

/** What has to be there, in the schemas that this one is made of too. */
const requiredOf = ({ $ref, required = [], allOf = [] }: Schema): string[] => [
  ...($ref ? requiredOf(spec.schemas.get(refName($ref))!.schema) : required),
  ...allOf.flatMap(requiredOf),
];

describe('the spec', () => {
  it('has every operation of the server, each once', () => {
    expect(spec.operations.length).toBe(739);
    expect(
      new Set(spec.operations.map(({ method, path, group }) => `${group === 'root'} ${method} ${path}`)).size,
    ).toBe(739);
  });

  it('has no operation without a group', () => {
    const known = new Set([...Object.keys(spec.groups), 'root']);
    expect(spec.operations.filter(({ group }) => !known.has(group))).toEqual([]);
  });

  it('says of every time of a generated entity in which unit it is', () => {
    const times = [...spec.schemas].flatMap(([name, { schema }]) =>
      [schema, ...(schema.allOf ?? [])].flatMap(({ properties = {} }) =>
        Object.entries(properties)
          .filter(([key, { type }]) => /(_at|_time)$/.test(key) && type === 'integer')
          .map(([key, property]) => ({ where: `${name}.${key}`, ...property })),
      ),
    );
    expect(times.length).toBeGreaterThan(50);
    expect(times.filter(({ format }) => format !== 'epoch-ms' && format !== 'epoch-s')).toEqual([]);
    expect(times.filter(({ description = '' }) => !description.includes('seconds'))).toEqual([]);
  });

  it('describes each generated operation by one sentence of its own', () => {
    const summaries = generated.map(({ summary = '' }) => summary);
    expect(summaries.filter((summary) => !/^[A-Z].*[^.]\.$/.test(summary))).toEqual([]);
  });
});

describe('generated code', () => {
  it('is what the generator writes', { timeout: 60_000 }, async () => {
    for (const [path, text] of await generateFiles()) {
      expect(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'), path).toBe(text);
    }
  });

  it('has the 62 users operations as methods', () => {
    expect(usersOperations).toHaveLength(62);
    const methods = Object.getOwnPropertyNames(UsersApi.prototype);
    expect(usersOperations.filter((name) => !methods.includes(name))).toEqual([]);
  });

  it('has a route for every operation that a server registers, and no other', () => {
    const routed = spec.operations.filter((operation) => operation['x-routed'] !== false);
    const ids = [...apiRoutes, ...rootRoutes].map(([id]) => id);
    expect(ids.sort()).toEqual(routed.map(({ operationId }) => operationId).sort());
  });
});

describe('data of a group', () => {
  it('tells each route by how it goes on from the one before, and is read as if it told it in full', () => {
    const lines = [
      '/users GET getUsers',
      '/users POST createUser',
      '/users/{user_id} GET getUser',
      'readUser = getUser',
      '/users/{user_id}/image GET getProfileImage answer=blob',
      '/users/ids POST getUsersByIds safe',
      '/x GET far',
    ];
    expect(relativeLines(lines)).toEqual([
      '/users GET getUsers',
      '. POST createUser',
      './{user_id} GET getUser',
      'readUser = getUser',
      './image GET getProfileImage answer=blob',
      '../../ids POST getUsersByIds safe',
      '/x GET far',
    ]);
    for (const group of Object.keys(spec.groups)) {
      const whole = generated.filter((operation) => operation.group === group).flatMap(operationLines);
      const read = (table: readonly string[]): unknown => defineGroup(table.join('\n')).operations;
      if (whole.length > 0) expect(read(relativeLines(whole))).toEqual(read(whole));
    }
  });
});

describe('data of an operation', () => {
  it('leaves out what has its default', () => {
    expect(data('getUser')).toEqual({ id: 'getUser', method: 'GET', path: '/users/{user_id}' });
  });

  it('tells lists, bytes, lines, forms and paging', () => {
    expect(data('getPreferences')).toMatchObject({ answer: 'list' });
    expect(data('getProfileImage')).toMatchObject({ answer: 'blob' });
    expect(data('getChannelMembersWithTeamDataForUser')).toMatchObject({ answer: 'ndjson', paging: 'page' });
    expect(data('setProfileImage')).toMatchObject({ form: 'image' });
    expect(data('getUsers')).toMatchObject({ paging: 'users', singlePageWith: ['not_in_team'] });
    expect(data('getUserThreads')).toMatchObject({ paging: 'threads', rows: 'threads' });
    expect(data('getPostsForChannel')).toMatchObject({ paging: 'posts' });
  });

  it('tells of bodies where the method does not', () => {
    expect(data('createPost')).not.toHaveProperty('body');
    expect(data('convertUserToBot')).toMatchObject({ body: false });
  });

  it('tells what always goes along', () => {
    expect(data('getClientConfig')).toMatchObject({ fixed: { format: 'old' } });
  });

  it('tells which names are sent as others', () => {
    expect(data('autocompleteUsers')).toMatchObject({ rename: { team_id: 'in_team', channel_id: 'in_channel' } });
    expect(data('resetPassword')).toMatchObject({ rename: { code: 'token' } });
    expect(data('registerTermsOfServiceAction')).toMatchObject({ rename: { serviceTermsId: 'termsOfServiceId' } });
    expect(data('getChannelMembersWithTeamDataForUser')).toMatchObject({ rename: { pageSize: 'per_page' } });
  });

  it('tells the body of an operation that is newer than the documents', () => {
    expect(data('createPlaybook')).toMatchObject({ root: true });
    expect(requiredOf(spec.schemas.get('PlaybookCreate')!.schema)).toEqual([
      'title',
      'team_id',
      'reminder_timer_default_seconds',
    ]);
  });

  it('tells what may be repeated and what may not', () => {
    expect(data('getUsersByIds')).toMatchObject({ safe: true });
    expect(data('revealPost')).toMatchObject({ safe: false });
    expect(data('itemDelete')).toMatchObject({ safe: false });
    expect(data('createPost')).toMatchObject({ dedupe: 'pending_post_id' });
    expect(data('createPost')).not.toHaveProperty('safe');
    expect(data('createPostEphemeral')).not.toHaveProperty('safe');
  });
});
