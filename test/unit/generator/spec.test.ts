import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generateFiles } from '../../../scripts/generate/files.js';
import { operationFacts } from '../../../scripts/generate/operation-data.js';
import { isGenerated, loadSpec, refName, type Schema } from '../../../scripts/generate/spec.js';
import { UsersApi } from '../../../src/api/generated/users.js';
import { apiRoutes, rootRoutes } from '../../../src/server/generated/routes.js';
import { usersOperations } from '../../conformance/operations/names.js';

const spec = loadSpec();
const generated = spec.operations.filter((operation) => isGenerated(spec, operation));
/** The facts that the generator writes for an operation. */
const facts = (id: string): unknown => operationFacts(spec.operations.find(({ operationId }) => operationId === id)!);

/** The required members of a schema, and of the schemas that it extends. */
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

  it('gives the unit of every time of a generated entity', () => {
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

describe('the facts of an operation', () => {
  it('leave out what has its default', () => {
    expect(facts('getUser')).toEqual({});
  });

  it('have lists, bytes, lines, forms and paging', () => {
    expect(facts('getPreferences')).toMatchObject({ answer: 'list' });
    expect(facts('getProfileImage')).toMatchObject({ answer: 'blob' });
    expect(facts('getChannelMembersWithTeamDataForUser')).toMatchObject({ answer: 'ndjson', paging: 'page' });
    expect(facts('setProfileImage')).toMatchObject({ form: 'image' });
    expect(facts('getUsers')).toMatchObject({ paging: 'users', singlePageWith: ['not_in_team'] });
    expect(facts('getUserThreads')).toMatchObject({ paging: 'threads', rows: 'threads' });
    expect(facts('getPostsForChannel')).toMatchObject({ paging: 'posts' });
  });

  it('have `body` only where the HTTP method does not tell', () => {
    expect(facts('createPost')).not.toHaveProperty('body');
    expect(facts('convertUserToBot')).toMatchObject({ body: false });
  });

  it('have the query that is sent with every call', () => {
    expect(facts('getClientConfig')).toMatchObject({ fixed: { format: 'old' } });
  });

  it('have the names that are sent as others', () => {
    expect(facts('autocompleteUsers')).toMatchObject({ rename: { team_id: 'in_team', channel_id: 'in_channel' } });
    expect(facts('resetPassword')).toMatchObject({ rename: { code: 'token' } });
    expect(facts('registerTermsOfServiceAction')).toMatchObject({ rename: { serviceTermsId: 'termsOfServiceId' } });
    expect(facts('getChannelMembersWithTeamDataForUser')).toMatchObject({ rename: { pageSize: 'per_page' } });
  });

  it('have the body of an operation that is newer than the documents', () => {
    expect(facts('createPlaybook')).toMatchObject({ root: true });
    expect(requiredOf(spec.schemas.get('PlaybookCreate')!.schema)).toEqual([
      'title',
      'team_id',
      'reminder_timer_default_seconds',
    ]);
  });

  it('have what may be repeated and what may not', () => {
    expect(facts('getUsersByIds')).toMatchObject({ safe: true });
    expect(facts('revealPost')).toMatchObject({ safe: false });
    expect(facts('itemDelete')).toMatchObject({ safe: false });
    expect(facts('createPost')).toMatchObject({ dedupe: 'pending_post_id' });
    expect(facts('createPost')).not.toHaveProperty('safe');
    expect(facts('createPostEphemeral')).not.toHaveProperty('safe');
  });
});
