import type { JsonObject } from './event-entities.js';

interface Action<Data, Reply = JsonObject> {
  readonly data: Data;
  readonly reply: Reply;
}

/** Status of users by id, such as `online`. */
type StatusById = Readonly<Record<string, 'online' | 'away' | 'dnd' | 'offline' | (string & {})>>;

/** What the server can be asked on the socket: protocol §3.2. `data` is what it takes, `reply` what it answers. */
export interface ActionMap {
  /** Whether this session still lives. `server_time` is in milliseconds. */
  readonly ping: Action<
    undefined,
    { readonly text: string; readonly version: string; readonly server_time: number; readonly node_id: string }
  >;
  /** Tells the members of a channel that the user types there, or (`parent_id`) in one of its threads. */
  readonly user_typing: Action<{ readonly channel_id: string; readonly parent_id?: string }>;
  /** Makes the user online, or away if that is due. */
  readonly user_update_active_status: Action<{ readonly user_is_active: boolean; readonly manual?: boolean }>;
  /** Statuses that the server has at hand; users who are offline are left out. */
  readonly get_statuses: Action<undefined, StatusById>;
  /** Statuses of these users, of whom there must be one; unknown ones are offline. */
  readonly get_statuses_by_ids: Action<{ readonly user_ids: readonly string[] }, StatusById>;
  /** What is on the screen. Not known to 5.37. */
  readonly presence: Action<
    | { readonly channel_id?: string; readonly team_id?: string }
    | { readonly thread_channel_id: string; readonly is_thread_view: boolean }
  >;
  /** How the notice of a post went, for the server's metrics. Not known to 5.37. */
  readonly posted_notify_ack: Action<{
    readonly post_id: string;
    readonly user_agent?: string;
    readonly status?: 'success' | 'error' | 'not_sent' | 'unsupported' | (string & {});
    readonly reason?: string;
    readonly data?: string;
  }>;
}

/** Name of an action that is known to this library. */
export type ActionName = keyof ActionMap;

/** What the action `A` takes; anything for those of plugins and of newer servers. */
export type ActionData<A extends string> = A extends ActionName ? ActionMap[A]['data'] : JsonObject | undefined;

/** What the action `A` is answered. */
export type ActionReply<A extends string> = A extends ActionName ? ActionMap[A]['reply'] : JsonObject;

/** The arguments that go with an action: none where it takes nothing. */
export type ActionArguments<A extends string> =
  undefined extends ActionData<A> ? [data?: ActionData<A>] : [data: ActionData<A>];
