import type { FileInfo, Post, User } from './generated/entities.js';

/** A free-form JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A message that its author has not sent yet, in a channel or (`root_id`) in a thread. */
export interface EventDraft {
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly user_id: string;
  readonly channel_id: string;
  readonly root_id: string;
  readonly message: string;
  /** Only newer servers send it. */
  readonly type?: string;
  readonly props: JsonObject | null;
  readonly file_ids?: readonly string[] | null;
  readonly metadata?: JsonObject;
  readonly priority?: JsonObject;
}

/** A message that the server will post at `scheduled_at`, in milliseconds. */
export interface EventScheduledPost extends EventDraft {
  readonly id: string;
  readonly scheduled_at: number;
  /** Zero until the server has tried. */
  readonly processed_at: number;
  readonly error_code: string;
}

/** A link or a file that is pinned to the top of a channel. */
export interface EventBookmark {
  readonly id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly channel_id: string;
  readonly owner_id: string;
  readonly file_id: string;
  readonly display_name: string;
  readonly sort_order: number;
  readonly link_url?: string;
  readonly image_url?: string;
  readonly emoji?: string;
  readonly type: 'link' | 'file';
  readonly original_id?: string;
  readonly parent_id?: string;
  readonly file?: FileInfo;
}

/** A thread, with the unread counts of the user who follows it. `id` is that of the root post. */
export interface EventThread {
  readonly id: string;
  readonly reply_count: number;
  readonly last_reply_at: number;
  readonly last_viewed_at: number;
  readonly participants: readonly User[] | null;
  readonly post: Post;
  readonly unread_replies: number;
  readonly unread_mentions: number;
  readonly is_urgent?: boolean;
  readonly delete_at?: number;
}

/** A named set of permissions. */
export interface EventRole {
  readonly id: string;
  readonly name: string;
  readonly display_name: string;
  readonly description: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly permissions: readonly string[] | null;
  readonly scheme_managed: boolean;
  readonly built_in: boolean;
  readonly scheme_id?: string | null;
}

/** The membership of a user in a group. */
export interface EventGroupMember {
  readonly group_id: string;
  readonly user_id: string;
  readonly create_at: number;
  readonly delete_at: number;
}

/** An interactive dialog that an integration opens. */
export interface EventDialog {
  readonly trigger_id: string;
  readonly url: string;
  readonly dialog: {
    readonly callback_id: string;
    readonly title: string;
    readonly introduction_text: string;
    readonly icon_url: string;
    readonly elements: readonly JsonObject[] | null;
    readonly submit_label: string;
    readonly notify_on_cancel: boolean;
    readonly state: string;
    readonly source_url?: string;
  };
}

/** A field that an admin or a plugin adds to users, posts or channels. */
export interface EventPropertyField {
  readonly id: string;
  readonly group_id: string;
  readonly name: string;
  readonly type: string;
  readonly attrs: JsonObject | null;
  readonly target_id: string;
  readonly target_type: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
}

/** The value of an {@link EventPropertyField} for one target. */
export interface EventPropertyValue {
  readonly id: string;
  readonly target_id: string;
  readonly target_type: string;
  readonly group_id: string;
  readonly field_id: string;
  readonly value: unknown;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
}

/** The manifest of a plugin. */
export interface EventPluginManifest {
  readonly id: string;
  /** 5.37 leaves it empty. */
  readonly name: string;
  readonly description?: string;
  readonly homepage_url?: string;
  readonly support_url?: string;
  readonly release_notes_url?: string;
  readonly icon_path?: string;
  readonly version: string;
  readonly min_server_version?: string;
  readonly server?: JsonObject;
  readonly webapp?: JsonObject;
  readonly settings_schema?: JsonObject;
  readonly props?: JsonObject;
}

/** State of a plugin on one node of the server. */
export interface EventPluginStatus {
  readonly plugin_id: string;
  readonly cluster_id: string;
  readonly plugin_path: string;
  readonly state: number;
  readonly error?: string;
  readonly name: string;
  readonly description: string;
  readonly version: string;
}
