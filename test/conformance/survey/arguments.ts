import type { Belongings } from './belongings.js';

/** What follows the path parameters: the body of a POST, then the query. */
type Rest = readonly unknown[];
type Make = (own: Belongings, me: string) => Rest;

/** Operations that read by POST, with what to ask them. Those of a GET are asked without any query first. */
export const asking: Readonly<Record<string, readonly Make[]>> = {
  checkAccessControlPolicyExpression: [() => [{ expression: 'true' }]],
  testAccessControlPolicyExpression: [() => [{ expression: 'true', term: '', limit: 10, after: '' }]],
  validateExpressionAgainstRequester: [() => [{ expression: 'true' }]],
  getCELVisualAST: [() => [{ expression: 'true' }]],
  searchAccessControlPolicies: [() => [{ term: '', type: 'parent', limit: 10 }]],
  searchChannelsForAccessControlPolicy: [() => [{ term: '' }]],
  searchGroupChannels: [() => [{ term: 'conf' }]],
  searchAllChannels: [
    ({ channel_name: term }) => [{ term, page: 0, per_page: 10 }],
    ({ channel_name: term }) => [{ term }],
  ],
  getChannelsMemberCount: [({ channel_id: id }) => [[id]]],
  getChannelMembersByIds: [(_, me) => [[me]]],
  getPublicChannelsByIdsForTeam: [({ channel_id: id }) => [[id]]],
  searchChannels: [({ channel_name: term }) => [{ term }]],
  searchArchivedChannelsForTeam: [() => [{ term: 'survey' }]],
  searchChannelsForRetentionPolicy: [() => [{ term: '' }]],
  searchTeamsForRetentionPolicy: [() => [{ term: '' }]],
  getEmojisByNames: [({ emoji_name: name }) => [[name]]],
  searchEmoji: [({ emoji_name: term }) => [{ term }]],
  searchFiles: [({ own_name: terms }) => [{ terms, is_or_search: false }]],
  searchFilesInTeam: [({ own_name: terms }) => [{ terms, is_or_search: false }]],
  getGroupsByNames: [() => [['none']]],
  getAncillaryPermissionsPost: [() => [['sysconsole_read_user_management_users']]],
  getPostsByIds: [({ post_id: id, reply_id: reply }) => [[id, reply]]],
  searchPostsInAllTeams: [({ own_name: terms }) => [{ terms, is_or_search: false }]],
  searchPosts: [({ own_name: terms }) => [{ terms, is_or_search: false }]],
  searchPropertyFields: [() => [{ per_page: 10 }]],
  getBulkReactions: [({ post_id: id, reply_id: reply }) => [[id, reply]]],
  getPostsForReporting: [({ channel_id: id }) => [{ channel_id: id, start_time: 1, per_page: 10 }]],
  getRolesByNames: [() => [['system_user', 'team_admin', 'channel_guest']]],
  getUsersStatusesByIds: [({ other_user_id: id }, me) => [[me, id]]],
  getOpenGraphMetadata: [() => []],
  queryLogs: [
    () => [
      { server_names: [], log_levels: [], date_from: '', date_to: '' },
      { page: 0, logs_per_page: 5 },
    ],
  ],
  searchTeams: [({ team_name: term }) => [{ term, page: 0, per_page: 10 }], ({ team_name: term }) => [{ term }]],
  getTeamMembersByIds: [(_, me) => [[me]]],
  getUsersByGroupChannelIds: [({ group_channel_id: id }) => [[id]]],
  getUsersByIds: [({ other_user_id: id }, me) => [[me, id]]],
  getLoginType: [({ username: login_id }) => [{ login_id }]],
  checkUserMfa: [({ username: login_id }) => [{ login_id }]],
  searchUsers: [({ username: term }) => [{ term }]],
  searchUserAccessTokens: [() => [{ term: 'conf' }]],
  getUsersByUsernames: [({ username: name }) => [[name]]],
};

/** Queries without which a GET is refused, or by which it answers something else. */
export const queries: Readonly<Record<string, readonly Make[]>> = {
  autocompleteUsers: [
    ({ username: name, team_id: in_team, channel_id: in_channel }) => [{ name, in_team, in_channel }],
  ],
  autocompleteEmoji: [({ emoji_name: name }) => [{ name }]],
  autocompleteChannelsForTeam: [({ channel_name: name }) => [{ name }]],
  autocompleteChannelsForTeamForSearch: [({ channel_name: name }) => [{ name }]],
  getAccessControlPolicyAutocompleteFields: [() => [{ limit: 10, after: '' }]],
  getChannelsForAccessControlPolicy: [() => [{ limit: 10, after: '' }]],
  channelMembersMinusGroupMembers: [({ unknown_id: group_ids }) => [{ group_ids }]],
  teamMembersMinusGroupMembers: [({ unknown_id: group_ids }) => [{ group_ids }]],
  listCommands: [({ team_id }) => [{ team_id }], ({ team_id }) => [{ team_id, custom_only: true }]],
  getAllChannels: [() => [{ per_page: 5 }], () => [{ per_page: 5, include_total_count: true }]],
  getAllTeams: [() => [{ per_page: 5 }], () => [{ per_page: 5, include_total_count: true }]],
  getAnalyticsOld: [
    'standard',
    'extra_counts',
    'post_counts_day',
    'user_counts_with_posts_day',
    'bot_post_counts_day',
  ].map((name) => () => [{ name }]),
  getAudits: [() => [{ per_page: 5 }]],
  getBots: [() => [{ per_page: 5, include_deleted: true }]],
  getChannelMembersWithTeamDataForUser: [() => [{ page: 0, per_page: 5 }], () => [{ page: -1 }]],
  getChannelsForTeamForUser: [() => [], () => [{ include_deleted: true }]],
  getFile: [() => [], () => [{ download: 1 }]],
  getGroupsByUserId: [() => []],
  getImageByUrl: [({ site }) => [{ url: `${site}/api/v4/users/me/image` }]],
  getJobs: [() => [{ per_page: 5 }]],
  getLogs: [() => [{ logs_per_page: 5 }]],
  getNotices: [() => [{ clientVersion: '1.0.0', client: 'web' }]],
  getPing: [
    () => [],
    () => [{ get_server_status: true }],
    () => [{ get_server_status: true, device_id: 'none', use_rest_semantics: true }],
  ],
  getPostsAroundLastUnread: [
    () => [],
    () => [{ limit_after: 3, limit_before: 3, skipFetchThreads: false, collapsedThreads: true }],
  ],
  getPostsForChannel: [
    () => [{ per_page: 20 }],
    () => [{ since: Date.now() - 3_600_000 }],
    ({ reply_id: before }) => [{ before, per_page: 3 }],
    () => [{ collapsedThreads: true, collapsedThreadsExtended: true }],
  ],
  getPostThread: [
    () => [],
    () => [{ collapsedThreads: true, collapsedThreadsExtended: true }],
    () => [{ perPage: 1, direction: 'down' }],
  ],
  getPublicChannelsForTeam: [() => [{ per_page: 5 }]],
  getRedirectLocation: [() => [{ url: 'http://127.0.0.1:9/' }]],
  getUser: [() => []],
  getUserAccessTokens: [() => [{ per_page: 5 }]],
  getUserThreads: [
    () => [],
    () => [{ extended: true, deleted: true, per_page: 5 }],
    () => [{ totalsOnly: true }],
    () => [{ threadsOnly: true, unread: false }],
    () => [{ excludeDirect: true }],
  ],
  getUserThread: [() => [], () => [{ extended: true }]],
  getUsers: [
    () => [{ per_page: 5 }],
    ({ channel_id: in_channel }) => [{ in_channel, sort: 'status' }],
    () => [{ active: true, per_page: 5 }],
    () => [{ inactive: true, per_page: 5 }],
  ],
  getUsersForReporting: [
    () => [{ page_size: 10 }],
    () => [{ page_size: 10, sort_column: 'Username', date_range: 'last_30_days' }],
  ],
  listCommandAutocompleteSuggestions: [({ channel_id }) => [{ user_input: '/away', channel_id }]],
  searchCFTeamReviewers: [() => [{ term: 'a' }]],
  getGroups: [() => [{ per_page: 5 }]],
  getSharedChannelRemotesByRemoteCluster: [() => []],
  generateSupportPacket: [() => [{ basic_server_logs: false }]],
};

/** GETs that change something, or for which the server asks others on the internet. */
export const unasked: ReadonlySet<string> = new Set([
  'updateAccessControlPolicyActiveStatus',
  'revealPost',
  'checkCWSConnection',
  'getLatestVersion',
  'getPreviewModalData',
]);

/** Refusals that no version gives an id: an empty 404, and the page of a public link. */
export const nameless: ReadonlySet<string> = new Set(['getBrandImage', 'getLoginType', 'getPublicFile']);

/** Where old servers close the connection instead of an answer (there is no licence), or give an empty one (it is behind a flag). */
export const silent: ReadonlySet<string> = new Set(['getPrevTrialLicense', 'searchFiles']);

/** What stands for a path parameter, which may mean something else in one operation. */
export function pathValue(operation: string, name: string, own: Belongings, me: string): string | undefined {
  if (name === 'user_id' || name === 'target_id') return me;
  if (name === 'hook_id') return own[operation === 'getIncomingWebhook' ? 'incoming_hook_id' : 'outgoing_hook_id'];
  if (operation === 'getGroupMessageMembersCommonTeams') return own['group_channel_id'];
  return own[name];
}
