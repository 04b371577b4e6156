import { memberRoles } from '../auth/permissions.js';
import type { ChannelMemberRow, ChannelRow, TeamMemberRow, TeamRow } from '../store/places.js';
import type { World } from '../world.js';

/** A team as on the wire. Its e-mail address is shown to its admins, its invite id to those who may invite. */
export function toTeam(
  { modern }: World,
  team: TeamRow,
  may: { readonly email?: boolean; readonly invite?: boolean } = {},
) {
  return {
    id: team.id,
    create_at: team.create_at,
    update_at: team.update_at,
    delete_at: team.delete_at,
    display_name: team.display_name,
    name: team.name,
    description: team.description,
    email: may.email ? team.email : '',
    type: team.type,
    company_name: team.company_name,
    allowed_domains: team.allowed_domains,
    invite_id: may.invite ? team.invite_id : '',
    allow_open_invite: team.allow_open_invite,
    ...(team.last_team_icon_update ? { last_team_icon_update: team.last_team_icon_update } : {}),
    scheme_id: null,
    group_constrained: null,
    policy_id: null,
    ...(modern ? { cloud_limits_archived: false } : {}),
  };
}

/** A team as a user may see it. */
export function teamFor(world: World, team: TeamRow, userId: string) {
  const { permissions } = world;
  return toTeam(world, team, {
    email: permissions.inTeam(userId, team.id, 'manage_team'),
    invite: permissions.inTeam(userId, team.id, 'invite_user'),
  });
}

export const toTeamMember = (row: TeamMemberRow) => ({
  team_id: row.team_id,
  user_id: row.user_id,
  roles: memberRoles('team', row),
  delete_at: row.delete_at,
  scheme_guest: row.scheme_guest,
  scheme_user: row.scheme_user,
  scheme_admin: row.scheme_admin,
  explicit_roles: row.explicit_roles,
});

export function toChannel({ modern }: World, row: ChannelRow) {
  return {
    id: row.id,
    create_at: row.create_at,
    update_at: row.update_at,
    delete_at: row.delete_at,
    team_id: row.team_id,
    type: row.type,
    display_name: row.display_name,
    name: row.name,
    header: row.header,
    purpose: row.purpose,
    last_post_at: row.last_post_at,
    total_msg_count: row.total_msg_count,
    extra_update_at: row.extra_update_at,
    creator_id: row.creator_id,
    scheme_id: null,
    props: null,
    group_constrained: null,
    ...(modern ? { autotranslation: false } : {}),
    shared: row.shared,
    total_msg_count_root: row.total_msg_count_root,
    policy_id: null,
    ...(modern
      ? {
          last_root_post_at: row.last_root_post_at,
          banner_info: null,
          policy_enforced: false,
          policy_is_active: false,
          default_category_name: '',
        }
      : {}),
  };
}

/** A channel with the names of its team, as in lists of all teams. */
export function withTeam(world: World, row: ChannelRow) {
  const team = world.store.teams.get(row.team_id);
  return {
    ...toChannel(world, row),
    team_display_name: team?.display_name ?? '',
    team_name: team?.name ?? '',
    team_update_at: 0,
  };
}

/** A membership as on the wire. 11.6 hides from others when a member was last there (protocol §10). */
export function toChannelMember({ modern }: World, row: ChannelMemberRow, viewerId: string) {
  const hidden = modern && viewerId !== row.user_id;
  return {
    channel_id: row.channel_id,
    user_id: row.user_id,
    roles: memberRoles('channel', row),
    last_viewed_at: hidden ? -1 : row.last_viewed_at,
    msg_count: row.msg_count,
    mention_count: row.mention_count,
    mention_count_root: row.mention_count_root,
    ...(modern ? { urgent_mention_count: row.urgent_mention_count } : {}),
    msg_count_root: row.msg_count_root,
    notify_props: row.notify_props,
    last_update_at: hidden ? -1 : row.last_update_at,
    scheme_guest: row.scheme_guest,
    scheme_user: row.scheme_user,
    scheme_admin: row.scheme_admin,
    explicit_roles: row.explicit_roles,
    ...(modern ? { autotranslation_disabled: false } : {}),
  };
}
