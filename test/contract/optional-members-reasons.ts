/** Why members stay optional that every recorded answer and event has. A reason that is no longer needed fails the test. */

/** The struct of the server has `omitempty`, so that an empty value is left out. */
const empty = 'left out when it is empty';
const caller = 'part of a map that callers replace as a whole, and that is sent as they gave it';
const older = 'added to the defaults later; the server does not fill it in for members from before';
const others = 'newer servers leave it out of memberships of others than the reader';
const inherited = 'a member of ChannelMember, which 5.37 sends without it; the operation is newer than 5.37';
const line = 'a line of the log: the settings of the log decide what it has';
const flag = 'flags come and go with versions; newer servers lack some of these';

const all = (type: string, reason: string, members: string): Record<string, string> =>
  Object.fromEntries(members.split(' ').map((member) => [`${type}.${member}`, reason]));

/** Reasons by `Type.member`. */
export const reasons: Readonly<Record<string, string>> = {
  ...all('Bot', empty, 'display_name'),
  ...all('ChannelMember', others, 'last_viewed_at last_update_at'),
  ...all('ChannelMemberWithTeamData', others, 'last_viewed_at last_update_at'),
  ...all('ChannelMemberWithTeamData', inherited, 'urgent_mention_count autotranslation_disabled'),
  ...all('ChannelNotifyProps', older, 'push email ignore_channel_mentions'),
  ...all('Config', empty, 'FeatureFlags'),
  ...all('Draft', empty, 'metadata'),
  ...all('Draft', 'servers older than 11.6 that have drafts do not send it', 'type'),
  ...all('EventDraft', 'servers older than 11.6 that have drafts do not send it', 'type'),
  ...all('EventPluginManifest', empty, 'homepage_url min_server_version webapp settings_schema'),
  ...all('FeatureFlags', flag, 'TestFeature TestBoolFeature EnableRemoteClusterService AppsEnabled'),
  ...all('LogRecord', line, 'timestamp level msg caller'),
  ...all('Manifest', empty, 'homepage_url min_server_version webapp'),
  ...all('TeamSettings', 'the official types of 11.9 no longer have it', 'ExperimentalViewArchivedChannels'),
  ...all('Timezone', caller, 'useAutomaticTimezone automaticTimezone manualTimezone'),
  ...all('UserNotifyProps', caller, 'email desktop push push_status desktop_sound'),
  ...all('UserNotifyProps', caller, 'first_name channel comments mention_keys'),
  ...all('UserReport', empty, 'create_at update_at notify_props days_active channel_count'),
  ...all('UserWithGroups', empty, 'create_at update_at'),
  ...all('channel_updated', 'in its place some events have only channel_id (protocol §3.3)', 'channel'),
};
