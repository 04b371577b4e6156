import { Table } from './table.js';

/** A user as it is stored: fields of the wire, and secrets that are never sent. Times are milliseconds since the epoch. */
export interface UserRow {
  readonly id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly username: string;
  readonly password: string;
  readonly auth_data: string;
  readonly auth_service: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly nickname: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly position: string;
  readonly roles: string;
  readonly props: Readonly<Record<string, string>>;
  readonly notify_props: Readonly<Record<string, string>>;
  readonly last_password_update: number;
  /** 0: never had a picture. Negative: the picture was removed at that time. */
  readonly last_picture_update: number;
  readonly picture?: Uint8Array;
  readonly failed_attempts: number;
  readonly locale: string;
  readonly timezone: Readonly<Record<string, string>>;
  readonly mfa_active: boolean;
  readonly mfa_secret: string;
  /** The last time steps whose code was used: 11.6 accepts each code once (protocol §5.1). */
  readonly mfa_used: readonly number[];
  readonly last_login: number;
}

export interface BotRow {
  readonly user_id: string;
  readonly username: string;
  readonly display_name: string;
  readonly description: string;
  readonly owner_id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  /** An SVG; only on 5.37. */
  readonly icon?: Uint8Array;
  readonly icon_update_at?: number;
}

export interface SessionRow {
  readonly id: string;
  readonly token: string;
  readonly user_id: string;
  readonly create_at: number;
  /** 0: never expires. */
  readonly expires_at: number;
  readonly last_activity_at: number;
  readonly device_id: string;
  readonly is_oauth: boolean;
  readonly csrf: string;
  /** The access token that opened the session, if one did. */
  readonly access_token_id?: string;
  readonly props: Readonly<Record<string, string>>;
}

export interface AccessTokenRow {
  readonly id: string;
  readonly token: string;
  readonly user_id: string;
  readonly description: string;
  readonly is_active: boolean;
}

export interface StatusRow {
  readonly user_id: string;
  readonly status: string;
  readonly manual: boolean;
  readonly last_activity_at: number;
  /** Seconds since the epoch. */
  readonly dnd_end_time: number;
  /** The status before "do not disturb". */
  readonly prev_status: string;
}

export interface AuditRow {
  readonly id: string;
  readonly create_at: number;
  readonly user_id: string;
  readonly action: string;
  readonly extra_info: string;
  readonly ip_address: string;
  readonly session_id: string;
}

/** A code of a mail: to reset a password, to verify an address or to join a team. */
export interface MailTokenRow {
  readonly token: string;
  readonly type: 'password_recovery' | 'verify_email' | 'team_invitation';
  /** Id of the user, or of the team that invites. */
  readonly about: string;
  readonly email: string;
  readonly create_at: number;
}

export interface TermsRow {
  readonly id: string;
  readonly create_at: number;
  readonly user_id: string;
  readonly text: string;
}

export interface AcceptedTermsRow {
  readonly user_id: string;
  readonly terms_of_service_id: string;
  readonly create_at: number;
}

export interface PreferenceRow {
  readonly user_id: string;
  readonly category: string;
  readonly name: string;
  readonly value: string;
}

export const peopleTables = () => ({
  users: new Table<UserRow, 'username' | 'email'>(({ id }) => id, {
    username: (row) => row.username,
    email: (row) => row.email,
  }),
  bots: new Table<BotRow>(({ user_id }) => user_id),
  sessions: new Table<SessionRow, 'token' | 'user'>(({ id }) => id, {
    token: (row) => row.token,
    user: (row) => row.user_id,
  }),
  accessTokens: new Table<AccessTokenRow, 'token' | 'user'>(({ id }) => id, {
    token: (row) => row.token,
    user: (row) => row.user_id,
  }),
  statuses: new Table<StatusRow>(({ user_id }) => user_id),
  audits: new Table<AuditRow, 'user'>(({ id }) => id, { user: (row) => row.user_id }),
  mailTokens: new Table<MailTokenRow>(({ token }) => token),
  termsOfService: new Table<TermsRow>(({ id }) => id),
  acceptedTerms: new Table<AcceptedTermsRow>(({ user_id }) => user_id),
  preferences: new Table<PreferenceRow, 'user'>(({ user_id, category, name }) => `${user_id} ${category} ${name}`, {
    user: (row) => row.user_id,
  }),
});
