/** Who an event was sent to, as the conditions that the server applied (protocol §3.1). 5.37 sends only the first four. */
export interface Broadcast {
  /** Ids of users who did not get it, or null. */
  readonly omit_users: Readonly<Record<string, boolean>> | null;
  readonly user_id: string;
  readonly channel_id: string;
  readonly team_id: string;
  readonly connection_id?: string;
  readonly omit_connection_id?: string;
  /** This copy is for sessions without `manage_system`. */
  readonly contains_sanitized_data?: boolean;
  /** This copy is for sessions with `manage_system`. */
  readonly contains_sensitive_data?: boolean;
}

/** An event as it is on the wire; some members of `data` are JSON documents in strings (protocol §3.3). */
export interface EventFrame {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly broadcast: Broadcast;
  /** Number of this frame in its connection, from 0 on, without gaps (protocol §1.5). */
  readonly seq: number;
}

/** Body of every error of the server, in REST and on the socket (protocol §6.1). */
export interface AppErrorBody {
  readonly id: string;
  readonly message: string;
  readonly detailed_error?: string;
  readonly request_id?: string;
  readonly status_code: number;
}

/** The answer to an action that succeeded. */
export interface OkFrame {
  readonly status: 'OK';
  readonly seq_reply?: number;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The answer to an action that was refused. Its message may contain the session token (protocol §1.4). */
export interface FailFrame {
  readonly status: 'FAIL';
  readonly seq_reply?: number;
  readonly error: AppErrorBody;
}

/** Answer to an action: protocol §1.4. */
export type ReplyFrame = OkFrame | FailFrame;

/** An action as it is sent. The client chooses `seq`, which must be above 0. */
export interface ActionFrame {
  readonly seq: number;
  readonly action: string;
  readonly data?: Readonly<Record<string, unknown>>;
}
