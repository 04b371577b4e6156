import type { JsonObject } from './event-entities.js';

interface Action<Data, Reply = JsonObject> {
  readonly data: Data;
  readonly reply: Reply;
}

/** Status of users by id, such as `online`. */
type StatusById = Readonly<Record<string, 'online' | 'away' | 'dnd' | 'offline' | (string & {})>>;

/** Actions of the socket by name: protocol §3.2. `data` is what the action takes, `reply` the data of its answer. */
export interface ActionMap {
  /** Shows that the socket and its session are alive. `server_time` is in milliseconds. */
  readonly ping: Action<
    undefined,
    { readonly text: string; readonly version: string; readonly server_time: number; readonly node_id: string }
  >;
  /** Tells the members of a channel that the user types there, or (`parent_id`) in one of its threads. */
  readonly user_typing: Action<{ readonly channel_id: string; readonly parent_id?: string }>;
  /** Makes the user online, or (`user_is_active: false`) away if they have been inactive for some time. */
  readonly user_update_active_status: Action<{ readonly user_is_active: boolean; readonly manual?: boolean }>;
  /** Statuses of all users in the server's memory; users who are offline are left out. */
  readonly get_statuses: Action<undefined, StatusById>;
  /** Statuses of these users, at least one; users who do not exist are offline. */
  readonly get_statuses_by_ids: Action<{ readonly user_ids: readonly string[] }, StatusById>;
  /** Tells the server what is on the screen. 5.37 does not have it. */
  readonly presence: Action<
    | { readonly channel_id?: string; readonly team_id?: string }
    | { readonly thread_channel_id: string; readonly is_thread_view: boolean }
  >;
  /** Tells the server whether the user was notified of a post, for its metrics. 5.37 does not have it. */
  readonly posted_notify_ack: Action<{
    readonly post_id: string;
    readonly user_agent?: string;
    readonly status?: 'success' | 'error' | 'not_sent' | 'unsupported' | (string & {});
    readonly reason?: string;
    readonly data?: string;
  }>;
}

/** Name of an action that this library knows. */
export type ActionName = keyof ActionMap;

/** What the action `A` takes; any object for actions of plugins and of newer servers. */
export type ActionData<A extends string> = A extends ActionName ? ActionMap[A]['data'] : JsonObject | undefined;

/** The data of the answer to the action `A`. */
export type ActionReply<A extends string> = A extends ActionName ? ActionMap[A]['reply'] : JsonObject;

/** The arguments after the name of an action: none where it takes nothing. */
export type ActionArguments<A extends string> =
  undefined extends ActionData<A> ? [data?: ActionData<A>] : [data: ActionData<A>];
