import { memberKey } from '../store/places.js';
import type { Store } from '../store/store.js';
import type { SessionRow } from '../store/people.js';

/**
 * The permissions of each role, as far as handlers check them. `system_admin` has all of them. From the role lists of fresh servers;
 * on 11.6 system users may also manage custom groups.
 */
const roles: Readonly<Record<string, string>> = {
  system_user:
    'create_direct_channel create_group_channel create_team join_public_teams list_public_teams view_members ' +
    'create_emojis delete_emojis create_custom_group edit_custom_group delete_custom_group restore_custom_group manage_custom_group_members',
  system_guest: 'create_direct_channel create_group_channel',
  system_post_all: 'create_post use_channel_mentions use_group_mentions',
  system_post_all_public: 'create_post_public use_channel_mentions use_group_mentions',
  system_user_access_token: 'create_user_access_token read_user_access_token revoke_user_access_token',
  system_manager: '',
  system_user_manager: '',
  system_read_only_admin: '',
  system_custom_group_admin: 'create_custom_group edit_custom_group delete_custom_group manage_custom_group_members',
  team_user:
    'view_team list_team_channels join_public_channels read_public_channel create_public_channel create_private_channel ' +
    'invite_user add_user_to_team',
  team_guest: 'view_team',
  team_admin:
    'manage_team manage_team_roles remove_user_from_team import_team manage_channel_roles convert_public_channel_to_private ' +
    'convert_private_channel_to_public manage_others_slash_commands manage_slash_commands manage_own_slash_commands ' +
    'manage_incoming_webhooks manage_outgoing_webhooks manage_own_incoming_webhooks manage_own_outgoing_webhooks ' +
    'manage_others_incoming_webhooks manage_others_outgoing_webhooks delete_post delete_others_posts delete_public_channel ' +
    'delete_private_channel manage_public_channel_members manage_private_channel_members manage_public_channel_properties ' +
    'manage_private_channel_properties read_public_channel read_channel create_post add_reaction remove_reaction ' +
    'manage_others_bookmarks playbook_public_manage_roles',
  team_post_all: 'create_post use_channel_mentions use_group_mentions',
  team_post_all_public: 'create_post_public use_channel_mentions use_group_mentions',
  channel_user:
    'read_channel read_channel_content create_post edit_post delete_post add_reaction remove_reaction upload_file get_public_link ' +
    'use_channel_mentions use_group_mentions manage_public_channel_properties manage_private_channel_properties ' +
    'manage_public_channel_members manage_private_channel_members delete_public_channel delete_private_channel ' +
    'read_public_channel_groups read_private_channel_groups use_slash_commands',
  channel_guest:
    'read_channel read_channel_content create_post edit_post add_reaction remove_reaction upload_file use_channel_mentions',
  channel_admin: 'manage_channel_roles use_group_mentions create_post add_reaction remove_reaction',
};

const granted = new Map(Object.entries(roles).map(([role, list]) => [role, new Set(list.split(' '))]));

/** Roles that `PUT users/{id}/roles` accepts. */
export const isRole = (role: string): boolean => role === 'system_admin' || granted.has(role);

/** Whether one of the roles, separated by spaces, has a permission. */
export function allows(roleNames: string, permission: string): boolean {
  return roleNames.split(' ').some((role) => role === 'system_admin' || granted.get(role)?.has(permission));
}

type Scheme = Readonly<Record<'scheme_guest' | 'scheme_user' | 'scheme_admin', boolean>> & {
  readonly explicit_roles: string;
};

/** The roles of a membership as on the wire: those of the scheme first, then the others. */
export function memberRoles(kind: 'team' | 'channel', row: Scheme): string {
  const names = [
    row.scheme_guest && `${kind}_guest`,
    row.scheme_user && `${kind}_user`,
    row.scheme_admin && `${kind}_admin`,
    row.explicit_roles,
  ];
  return names.filter(Boolean).join(' ');
}

/** What users may do. In an unknown team or channel only admins may do anything. */
export interface Permissions {
  inSystem(userId: string, permission: string): boolean;
  inTeam(userId: string, teamId: string, permission: string): boolean;
  inChannel(userId: string, channelId: string, permission: string): boolean;
  /** The same for the user of a session; false without a session. */
  ofSession(session: SessionRow | undefined, permission: string): boolean;
}

export function createPermissions(store: Store): Permissions {
  const inSystem: Permissions['inSystem'] = (userId, permission) =>
    allows(store.users.get(userId)?.roles ?? '', permission);

  const inTeam: Permissions['inTeam'] = (userId, teamId, permission) => {
    const member = store.teamMembers.get(memberKey(teamId, userId));
    const own = member?.delete_at === 0 && allows(memberRoles('team', member), permission);
    return own || inSystem(userId, permission);
  };

  const inChannel: Permissions['inChannel'] = (userId, channelId, permission) => {
    const member = store.channelMembers.get(memberKey(channelId, userId));
    if (member && allows(memberRoles('channel', member), permission)) return true;
    const channel = store.channels.get(channelId);
    // In an unknown channel only system roles count: posting there is 403 (protocol §6.2).
    return channel?.team_id ? inTeam(userId, channel.team_id, permission) : inSystem(userId, permission);
  };

  return {
    inSystem,
    inTeam,
    inChannel,
    ofSession: (session, permission) => session !== undefined && inSystem(session.user_id, permission),
  };
}

/** Whether a membership of a team or channel may have this role. */
export const isMemberRole = (role: string): boolean => granted.has(role);
