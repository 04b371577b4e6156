import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { programOf } from './compile.js';
import { seenMembers, type Seen } from './seen-members.js';

/** Our entity, its name in `@mattermost/types`, and the module that has it there. */
const pairs = [
  ['User', 'UserProfile', 'users'],
  ['Status', 'UserStatus', 'users'],
  ['UserAccessToken', 'UserAccessToken', 'users'],
  ['Session', 'Session', 'sessions'],
  ['Bot', 'Bot', 'bots'],
  ['Team', 'Team', 'teams'],
  ['TeamMember', 'TeamMembership', 'teams'],
  ['TeamStats', 'TeamStats', 'teams'],
  ['Channel', 'Channel', 'channels'],
  ['ChannelMember', 'ChannelMembership', 'channels'],
  ['ChannelStats', 'ChannelStats', 'channels'],
  ['Post', 'Post', 'posts'],
  ['PostList', 'PostList', 'posts'],
  ['ThreadResponse', 'UserThread', 'threads'],
  ['Reaction', 'Reaction', 'reactions'],
  ['FileInfo', 'FileInfo', 'files'],
  ['Emoji', 'CustomEmoji', 'emojis'],
  ['Preference', 'PreferenceType', 'preferences'],
  ['Role', 'Role', 'roles'],
  ['Scheme', 'Scheme', 'schemes'],
  ['Command', 'Command', 'integrations'],
  ['IncomingWebhook', 'IncomingWebhook', 'integrations'],
  ['OutgoingWebhook', 'OutgoingWebhook', 'integrations'],
  ['Job', 'Job', 'jobs'],
] as const;

/** Whether a member may be absent, and whether it may be null; `undefined` if a type lacks it. */
type Shape = { readonly optional: boolean; readonly nullable: boolean } | undefined;

interface Difference {
  readonly entity: string;
  readonly member: string;
  readonly ours: Shape;
  readonly theirs: Shape;
}

/** Members in which the two types of each pair are not alike. */
function differences(): Difference[] {
  const text = pairs
    .flatMap(([ours, theirs, module], n) => [
      `import type { ${ours} as Ours${n} } from '../../src/models/generated/entities.js';`,
      `import type { ${theirs} as Theirs${n} } from '@mattermost/types/${module}';`,
      `export declare const ours${n}: Ours${n}; export declare const theirs${n}: Theirs${n};`,
    ])
    .join('\n');
  const { program, source } = programOf(text);
  expect(program.getSemanticDiagnostics(source)).toEqual([]);
  const checker = program.getTypeChecker();
  const exported = new Map(
    checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).map((symbol) => [symbol.name, symbol]),
  );
  const shapes = (name: string): Map<string, NonNullable<Shape>> => {
    const type = checker.getTypeOfSymbolAtLocation(exported.get(name)!, source);
    return new Map(
      checker.getPropertiesOfType(type).map((property) => {
        const own = checker.getTypeOfSymbolAtLocation(property, source);
        const parts = own.isUnion() ? own.types : [own];
        const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
        return [property.name, { optional, nullable: parts.some(({ flags }) => flags & ts.TypeFlags.Null) }];
      }),
    );
  };
  return pairs.flatMap(([entity], n) => {
    const ours = shapes(`ours${n}`);
    const theirs = shapes(`theirs${n}`);
    return [...new Set([...ours.keys(), ...theirs.keys()])]
      .map((member) => ({ entity, member, ours: ours.get(member), theirs: theirs.get(member) }))
      .filter((one) => JSON.stringify(one.ours) !== JSON.stringify(one.theirs));
  });
}

const say = (shape: Shape): string =>
  shape ? `${shape.optional ? 'optional' : 'required'}${shape.nullable ? ', nullable' : ''}` : 'absent';

/** Whether recorded answers contradict a type's idea of a member. */
function contradicts(shape: Shape, { of, present, null: nulls }: Seen): boolean {
  if (!shape) return present > 0;
  return (!shape.optional && present < of) || (!shape.nullable && nulls > 0);
}

const seen = seenMembers();
const judged = differences().map((one) => {
  const { count = 0, members } = seen.get(one.entity) ?? {};
  const facts = members?.get(one.member) ?? { of: count, present: 0, null: 0 };
  return { ...one, facts, oursWrong: contradicts(one.ours, facts), theirsWrong: contradicts(one.theirs, facts) };
});

describe('our entities against those of @mattermost/types', () => {
  it('are never contradicted by a recorded answer', () => {
    expect(judged.length).toBe(99);
    // What 5.37 leaks of the password is taken out before anybody sees it.
    const wrong = judged.filter(({ oursWrong, member }) => oursWrong && member !== 'password');
    expect(wrong).toEqual([]);
  });

  it('differ as docs/official-types.md says, which tells who is right', async () => {
    const lines = judged.map(({ entity, member, ours, theirs, facts, theirsWrong }) => {
      const { of, present, null: nulls } = facts;
      const evidence = of === 0 ? 'never recorded' : `there in ${present} of ${of}${nulls ? `, null in ${nulls}` : ''}`;
      const right = theirsWrong ? 'ours' : of === 0 || present === 0 ? 'open' : 'both allow what was seen';
      return `| \`${entity}.${member}\` | ${say(ours)} | ${say(theirs)} | ${evidence} | ${right} |`;
    });
    const wrong = judged.filter(({ theirsWrong }) => theirsWrong).length;
    const page = [
      '# Our entities and those of @mattermost/types',
      '',
      `Kept by a test. ${pairs.length} entities were compared member by member, and held against the answers that servers 11.6 and 5.37 gave in our`,
      `recordings. Of ${judged.length} differences the recordings contradict the official types in ${wrong} and ours in none. What no recorded answer has ("open") is either`,
      'newer than the servers, from a licensed feature, or added to the entity by the web app.',
      '',
      '| member | ours | official | recorded answers | right |',
      '| --- | --- | --- | --- | --- |',
      ...lines,
      '',
    ].join('\n');
    await expect(page).toMatchFileSnapshot('../../docs/official-types.md');
  });
});
