import { assertType, describe, expectTypeOf, it } from 'vitest';
import type { Call } from '../../src/api/call.js';
import type { PagedCall } from '../../src/api/paged-call.js';
import type { ChannelsApi } from '../../src/api/generated/channels.js';
import type { PostsApi } from '../../src/api/generated/posts.js';
import type { PreferencesApi } from '../../src/api/generated/preferences.js';
import type { SystemApi } from '../../src/api/generated/system.js';
import type { TeamsApi } from '../../src/api/generated/teams.js';
import type { UsersApi } from '../../src/api/generated/users.js';
import type {
  Channel,
  ChannelMember,
  ChannelNotifyProps,
  ChannelsWithCount,
  ChannelWithTeamData,
  Config,
  ConfigPatch,
  Post,
  PostCreate,
  PostList,
  Preference,
  Reaction,
  Status,
  Team,
  TeamMember,
  TeamMemberWithError,
  TeamsWithCount,
  User,
  UserPatch,
  UserUpdate,
} from '../../src/models/generated/entities.js';

declare const users: UsersApi;
declare const posts: PostsApi;
declare const teams: TeamsApi;
declare const channels: ChannelsApi;
declare const system: SystemApi;

describe('entities', () => {
  it('are read-only', () => {
    expectTypeOf<Pick<User, 'id'>>().toEqualTypeOf<{ readonly id: string }>();
    expectTypeOf<PostList['order']>().toEqualTypeOf<readonly string[]>();
  });

  it('have as optional what the server omits when it is empty, and as nullable what it leaves null', () => {
    expectTypeOf<User['is_bot']>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<Post['participants']>().toEqualTypeOf<readonly User[] | null>();
    expectTypeOf<Team['scheme_id']>().toEqualTypeOf<string | null>();
    expectTypeOf<Channel['props']>().toBeNullable();
    expectTypeOf<User['timezone']>().toBeNullable();
  });

  it('have as optional what only one of the versions sends', () => {
    expectTypeOf<Channel['policy_enforced']>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<ChannelMember['urgent_mention_count']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Reaction['channel_id']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Post['parent_id']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Post['file_ids']>().toEqualTypeOf<readonly string[] | null | undefined>();
  });

  it('have as required what the server always sends', () => {
    expectTypeOf<ChannelMember['notify_props']>().toEqualTypeOf<ChannelNotifyProps>();
    expectTypeOf<ChannelMember['msg_count']>().toEqualTypeOf<number>();
    expectTypeOf<Config['ServiceSettings']['SiteURL']>().toEqualTypeOf<string>();
    expectTypeOf<Config['CacheSettings']>().toBeNullable();
    expectTypeOf(system.getConfig()).toEqualTypeOf<Call<Config>>();
    expectTypeOf(system.getConfig({ remove_masked: false })).toEqualTypeOf<Call<Config>>();
    expectTypeOf(system.getConfig({ remove_masked: true })).toEqualTypeOf<Call<Readonly<Record<string, unknown>>>>();
  });

  it('may be given in part where callers may leave something out', () => {
    assertType<ConfigPatch>({});
    assertType<ConfigPatch>({ ServiceSettings: { SiteURL: 'https://chat.example.test', WebsocketURL: undefined } });
    assertType<ConfigPatch>({ PluginSettings: { PluginStates: { 'com.example.plugin': { Enable: true } } } });
    // @ts-expect-error: a setting has a type of its own.
    assertType<ConfigPatch>({ ServiceSettings: { SiteURL: 1 } });
    // @ts-expect-error: a list is given as a whole.
    assertType<ConfigPatch>({ SqlSettings: { DataSourceReplicas: [undefined] } });
    assertType(channels.updateChannelNotifyProps('channel', 'user', { push: 'none' }));
  });

  it('never have a password', () => {
    expectTypeOf<User>().not.toHaveProperty('password');
    expectTypeOf<User>().not.toHaveProperty('mfa_secret');
  });

  it('let newer values of open sets through, and hold closed ones to theirs', () => {
    assertType<Status['status']>('online');
    assertType<Status['status']>('something new');
    assertType<Channel['type']>('O');
    // @ts-expect-error a team is open or by invitation
    assertType<Team['type']>('X');
  });
});

describe('bodies', () => {
  it('take what was read, with changes', () => {
    expectTypeOf<User & { readonly first_name: 'x' }>().toExtend<UserUpdate>();
  });

  it('ask for what the server needs, and let the rest be undefined', () => {
    assertType<PostCreate>({ channel_id: 'c', message: 'm', root_id: undefined });
    assertType<UserPatch>({});
    // @ts-expect-error a post needs a message
    assertType<PostCreate>({ channel_id: 'c' });
    // @ts-expect-error a patch has no such member
    assertType<UserPatch>({ id: 'u' });
  });
});

describe('methods', () => {
  it('take path parameters, then the body, then the query', () => {
    expectTypeOf(users.getUser).parameters.toEqualTypeOf<[userId: string]>();
    expectTypeOf(users.patchUser).parameters.toEqualTypeOf<[userId: string, body: UserPatch]>();
    expectTypeOf(users.convertBotToUser('b', {}, { set_system_admin: true })).toEqualTypeOf<Call<User>>();
  });

  it('answer calls, and paged calls where the server pages', () => {
    expectTypeOf(users.getUser('me')).toEqualTypeOf<Call<User>>();
    expectTypeOf(users.getUsers()).toEqualTypeOf<PagedCall<User>>();
    expectTypeOf(posts.getPostsForChannel('c')).toEqualTypeOf<PagedCall<Post, PostList>>();
    expectTypeOf(users.getProfileImage('u')).toEqualTypeOf<Call<Blob>>();
    expectTypeOf<Awaited<ReturnType<UsersApi['getUsers']>>>().toEqualTypeOf<User[]>();
  });

  it('answer another type where the request asks for one', () => {
    expectTypeOf(teams.getAllTeams({ page: 1 })).toEqualTypeOf<PagedCall<Team>>();
    expectTypeOf(teams.getAllTeams({ include_total_count: true })).toEqualTypeOf<Call<TeamsWithCount>>();
    expectTypeOf(teams.searchTeams({ term: 'a' })).toEqualTypeOf<Call<Team[]>>();
    expectTypeOf(teams.searchTeams({ term: 'a', page: 0, per_page: 10 })).toEqualTypeOf<
      PagedCall<Team, TeamsWithCount>
    >();
    expectTypeOf(channels.searchAllChannels({ term: 'a' })).toEqualTypeOf<Call<ChannelWithTeamData[]>>();
    expectTypeOf(channels.searchAllChannels({ term: 'a', page: 0, per_page: 10 })).toEqualTypeOf<
      PagedCall<ChannelWithTeamData, ChannelsWithCount>
    >();
    expectTypeOf(
      channels.searchAllChannels({ term: 'a', page: 0, per_page: 10 }, { system_console: false }),
    ).toEqualTypeOf<Call<ChannelWithTeamData[]>>();
    expectTypeOf(teams.addTeamMembers('t', [])).toEqualTypeOf<Call<TeamMember[]>>();
    expectTypeOf(teams.addTeamMembers('t', [], { graceful: true })).toEqualTypeOf<Call<TeamMemberWithError[]>>();
    expectTypeOf(channels.addChannelMember('c', { user_id: 'u' })).toEqualTypeOf<Call<ChannelMember>>();
    expectTypeOf(channels.addChannelMember('c', { user_ids: ['u'] })).toEqualTypeOf<Call<ChannelMember[]>>();
  });

  it('take the names that callers know from the documents as well', () => {
    void users.autocompleteUsers({ name: 'a', team_id: 't' });
    void users.resetPassword({ code: 'c', new_password: 'p' });
    void users.registerTermsOfServiceAction('me', { serviceTermsId: 't', accepted: true });
    void users.getChannelMembersWithTeamDataForUser('me', { pageSize: 10 });
    // @ts-expect-error one of the two names is needed
    void users.resetPassword({ new_password: 'p' });
  });

  it('take bytes in any form', () => {
    void users.setProfileImage('me', new Uint8Array(1));
    void users.setProfileImage('me', new Blob([]));
    void users.setProfileImage('me', new ReadableStream<Uint8Array>());
  });

  it('take lists that are read-only', () => {
    const some: readonly Preference[] = [];
    const ids: readonly string[] = some.map(({ user_id }) => user_id);
    expectTypeOf(users.getUsersByIds).toBeCallableWith(ids);
    expectTypeOf<PreferencesApi['updatePreferences']>().toBeCallableWith('me', some);
  });
});
