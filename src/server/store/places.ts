import { Table } from './table.js';

/** A team as it is stored. Fields that need a licence are null. */
export interface TeamRow {
  readonly id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly display_name: string;
  readonly name: string;
  readonly description: string;
  readonly email: string;
  /** `O` open, `I` by invitation. */
  readonly type: string;
  readonly company_name: string;
  readonly allowed_domains: string;
  readonly invite_id: string;
  readonly allow_open_invite: boolean;
  readonly last_team_icon_update: number;
  readonly icon?: Uint8Array;
  readonly scheme_id: string | null;
}

export interface TeamMemberRow {
  readonly team_id: string;
  readonly user_id: string;
  /** Roles that were given beside those of the scheme. */
  readonly explicit_roles: string;
  readonly scheme_guest: boolean;
  readonly scheme_user: boolean;
  readonly scheme_admin: boolean;
  readonly create_at: number;
  /** Above 0 if the user has left the team. */
  readonly delete_at: number;
}

export interface ChannelRow {
  readonly id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly team_id: string;
  /** `O` open, `P` private, `D` direct, `G` group. */
  readonly type: string;
  readonly display_name: string;
  readonly name: string;
  readonly header: string;
  readonly purpose: string;
  readonly last_post_at: number;
  readonly last_root_post_at: number;
  readonly total_msg_count: number;
  readonly total_msg_count_root: number;
  readonly extra_update_at: number;
  readonly creator_id: string;
  /** False for direct channels, and on 11.6 for those that were created as group channels; else null. */
  readonly shared: false | null;
}

export interface ChannelMemberRow {
  readonly channel_id: string;
  readonly user_id: string;
  readonly explicit_roles: string;
  readonly scheme_guest: boolean;
  readonly scheme_user: boolean;
  readonly scheme_admin: boolean;
  readonly last_viewed_at: number;
  readonly msg_count: number;
  readonly msg_count_root: number;
  readonly mention_count: number;
  readonly mention_count_root: number;
  readonly urgent_mention_count: number;
  readonly notify_props: Readonly<Record<string, string>>;
  readonly last_update_at: number;
}

/** Key of a membership of a team or channel. */
export const memberKey = (placeId: string, userId: string): string => `${placeId} ${userId}`;

export const placeTables = () => ({
  teams: new Table<TeamRow, 'name' | 'invite'>(({ id }) => id, {
    name: (row) => row.name,
    invite: (row) => row.invite_id,
  }),
  teamMembers: new Table<TeamMemberRow, 'team' | 'user'>((row) => memberKey(row.team_id, row.user_id), {
    team: (row) => row.team_id,
    user: (row) => row.user_id,
  }),
  channels: new Table<ChannelRow, 'team' | 'name'>(({ id }) => id, {
    team: (row) => row.team_id,
    name: (row) => row.name,
  }),
  channelMembers: new Table<ChannelMemberRow, 'channel' | 'user'>((row) => memberKey(row.channel_id, row.user_id), {
    channel: (row) => row.channel_id,
    user: (row) => row.user_id,
  }),
});
