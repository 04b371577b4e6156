// Names for values of the server. The types of the entities have the same values as literals.

/** `type` of a channel. */
export const ChannelTypes = {
  open: 'O',
  private: 'P',
  direct: 'D',
  group: 'G',
} as const;

/** `type` of a team. */
export const TeamTypes = {
  open: 'O',
  invite: 'I',
} as const;

/** `type` of a post. The server writes those that start with `system_`; types of plugins start with `custom_`. */
export const PostTypes = {
  addBotTeamsChannels: 'add_bot_teams_channels',
  addGuestToChannel: 'system_add_guest_to_chan',
  addRemove: 'system_add_remove',
  addToChannel: 'system_add_to_channel',
  addToTeam: 'system_add_to_team',
  autoResponder: 'system_auto_responder',
  autotranslationChange: 'system_autotranslation',
  burnOnRead: 'burn_on_read',
  changeChannelPrivacy: 'system_change_chan_privacy',
  channelDeleted: 'system_channel_deleted',
  channelRestored: 'system_channel_restored',
  convertChannel: 'system_convert_channel',
  default: '',
  displaynameChange: 'system_displayname_change',
  ephemeral: 'system_ephemeral',
  gmConvertedToChannel: 'system_gm_to_channel',
  guestJoinChannel: 'system_guest_join_channel',
  headerChange: 'system_header_change',
  joinChannel: 'system_join_channel',
  joinLeave: 'system_join_leave',
  joinTeam: 'system_join_team',
  leaveChannel: 'system_leave_channel',
  leaveTeam: 'system_leave_team',
  me: 'me',
  messageAttachment: 'slack_attachment',
  moveChannel: 'system_move_channel',
  purposeChange: 'system_purpose_change',
  reminder: 'reminder',
  removeFromChannel: 'system_remove_from_channel',
  removeFromTeam: 'system_remove_from_team',
  systemGeneric: 'system_generic',
  wrangler: 'system_wrangler',
} as const;

/** Built-in roles. `roles` of a user or member is a list of them, separated by spaces. */
export const Roles = {
  systemAdmin: 'system_admin',
  systemUser: 'system_user',
  systemGuest: 'system_guest',
  teamAdmin: 'team_admin',
  teamUser: 'team_user',
  channelAdmin: 'channel_admin',
  channelUser: 'channel_user',
} as const;

/** `status` of a user. */
export const Statuses = {
  online: 'online',
  away: 'away',
  dnd: 'dnd',
  offline: 'offline',
  outOfOffice: 'ooo',
} as const;

/** `category` of a preference. */
export const PreferenceCategories = {
  advancedSettings: 'advanced_settings',
  authorizedOAuthApp: 'oauth_app',
  customStatus: 'custom_status',
  directChannelShow: 'direct_channel_show',
  displaySettings: 'display_settings',
  favoriteChannel: 'favorite_channel',
  flaggedPost: 'flagged_post',
  groupChannelShow: 'group_channel_show',
  last: 'last',
  notifications: 'notifications',
  recommendedNextSteps: 'recommended_next_steps',
  sidebarSettings: 'sidebar_settings',
  systemNotice: 'system_notice',
  theme: 'theme',
  tutorialSteps: 'tutorial_step',
} as const;
