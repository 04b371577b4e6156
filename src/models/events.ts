/* eslint-disable max-lines -- `EventMap` is one table, in which an event is looked up by its name. */
import type {
  EventBookmark,
  EventDialog,
  EventDraft,
  EventGroupMember,
  EventPluginManifest,
  EventPluginStatus,
  EventPropertyField,
  EventPropertyValue,
  EventRole,
  EventScheduledPost,
  EventThread,
  JsonObject,
} from './event-entities.js';
import type { Broadcast } from './frames.js';
import type {
  Channel,
  ChannelMember,
  Emoji,
  Group,
  Post,
  PostAcknowledgement,
  Preference,
  Reaction,
  SidebarCategoryWithChannels,
  Team,
  TeamMember,
  User,
} from './generated/entities.js';

type PostData = { readonly post: Post };
type ChannelIdData = { readonly channel_id: string };
type TeamData = { readonly team: Team };
type DraftData = { readonly draft: EventDraft };
type ScheduledPostData = { readonly scheduledPost: EventScheduledPost };
type AcknowledgementData = { readonly acknowledgement: PostAcknowledgement };
type PreferencesData = { readonly preferences: readonly Preference[] };
type GroupIdData = { readonly group_id: string };
type CategoryIdData = { readonly category_id: string };
type ManifestData = { readonly manifest: EventPluginManifest };
type PostedData = {
  readonly post: Post;
  readonly channel_type: 'O' | 'P' | 'D' | 'G' | (string & {});
  readonly channel_display_name: string;
  readonly channel_name: string;
  readonly sender_name: string;
  /** Empty in direct and group messages. */
  readonly team_id: string;
  /** Present if the post has a file that is no image. */
  readonly otherFile?: 'true';
  /** Present if the post has an image. */
  readonly image?: 'true';
  /** Ids of mentioned users. Newer servers name only the recipient, old ones all mentioned users. */
  readonly mentions?: readonly string[];
};

/**
 * Decoded data of every event that a server is known to send, by name: protocol §3.3, §3.4 and, for old servers, protocol §10. Members are named as
 * on the wire; those that are JSON in a string there are decoded. Members that only some servers send, or only some users get, are optional.
 */
export type EventMap = {
  readonly posted: PostedData & {
    readonly set_online: boolean;
    /** The recipient's id, if the recipient follows the thread. */
    readonly followers?: readonly string[];
    /** True if the server waits for `posted_notify_ack`: only on sockets that asked for it. */
    readonly should_ack?: true;
  };
  readonly post_edited: PostData;
  readonly post_deleted: PostData & {
    /** Id of the user who deleted it: only in the copy for system admins. */
    readonly delete_by?: string;
  };
  readonly ephemeral_message: PostData;
  readonly post_unread: {
    readonly post_id: string;
    readonly msg_count: number;
    readonly msg_count_root?: number;
    readonly mention_count: number;
    readonly mention_count_root: number;
    readonly urgent_mention_count?: number;
    readonly last_viewed_at: number;
  };
  readonly reaction_added: { readonly reaction: Reaction };
  readonly reaction_removed: { readonly reaction: Reaction };
  readonly post_acknowledgement_added: AcknowledgementData;
  readonly post_acknowledgement_removed: AcknowledgementData;
  readonly persistent_notification_triggered: PostedData;
  readonly post_revealed: PostData & { readonly recipients?: readonly string[] };
  readonly post_burned: { readonly post_id: string };
  readonly burn_on_read_all_revealed: { readonly post_id: string; readonly sender_expire_at: number };
  readonly post_translation_updated: {
    readonly object_id: string;
    readonly translations: Readonly<
      Record<
        string,
        {
          readonly state: string;
          readonly translation?: string;
          readonly translation_type?: string;
          readonly src_lang?: string;
        }
      >
    >;
  };
  /** Sent for changed drafts as well. */
  readonly draft_created: DraftData;
  readonly draft_updated: DraftData;
  readonly draft_deleted: DraftData;
  readonly scheduled_post_created: ScheduledPostData;
  readonly scheduled_post_updated: ScheduledPostData;
  readonly scheduled_post_deleted: ScheduledPostData;
  readonly content_flagging_report_value_updated: {
    readonly property_values: readonly EventPropertyValue[];
    readonly target_id: string;
  };
  readonly file_download_rejected: {
    readonly file_id: string;
    readonly file_name: string;
    readonly rejection_reason: string;
    readonly channel_id: string;
    readonly post_id: string;
    readonly download_type: string;
  };
  readonly file_upload_rejected: {
    readonly file_name: string;
    readonly rejection_reason: string;
    readonly channel_id: string;
  };

  readonly thread_updated: {
    readonly thread: EventThread;
    readonly previous_unread_mentions?: number;
    readonly previous_unread_replies?: number;
  };
  readonly thread_follow_changed: {
    readonly thread_id: string;
    readonly state: boolean;
    readonly reply_count: number;
  };
  /** Without `thread_id`: every thread of the event's channel or, without that, of its team has been read. */
  readonly thread_read_changed: {
    readonly timestamp?: number;
    readonly thread_id?: string;
    readonly channel_id?: string;
    readonly unread_mentions?: number;
    readonly unread_replies?: number;
    readonly previous_unread_mentions?: number;
    readonly previous_unread_replies?: number;
  };

  readonly channel_created: { readonly channel_id: string; readonly team_id: string };
  readonly channel_updated: { readonly channel?: Channel; readonly channel_id?: string };
  readonly channel_converted: { readonly channel_id: string; readonly channel_type?: string };
  readonly channel_deleted: { readonly channel_id: string; readonly delete_at: number };
  readonly channel_restored: ChannelIdData;
  readonly channel_scheme_updated: JsonObject;
  readonly channel_access_control_updated: { readonly channel: Channel };
  readonly channel_join_request_created: JsonObject;
  readonly channel_join_request_updated: JsonObject;
  readonly channel_member_updated: { readonly channelMember: ChannelMember };
  /** Only old servers send it; newer ones send `multiple_channels_viewed`. */
  readonly channel_viewed: ChannelIdData;
  readonly multiple_channels_viewed: {
    /** When each channel was read, in milliseconds, by its id. */
    readonly channel_times: Readonly<Record<string, number>>;
  };
  readonly shared_channel_remote_updated: ChannelIdData;
  readonly direct_added: { readonly creator_id: string; readonly teammate_id: string };
  readonly group_added: { readonly teammate_ids: readonly string[] };
  readonly user_added: { readonly user_id: string; readonly team_id: string };
  /** Members who stay get `user_id`; the removed user gets `channel_id`. */
  readonly user_removed: { readonly remover_id: string; readonly user_id?: string; readonly channel_id?: string };
  readonly channel_bookmark_created: { readonly bookmark: EventBookmark };
  readonly channel_bookmark_updated: {
    readonly bookmarks: { readonly updated?: EventBookmark; readonly deleted?: EventBookmark };
  };
  readonly channel_bookmark_deleted: { readonly bookmark: EventBookmark };
  readonly channel_bookmark_sorted: { readonly bookmarks: readonly EventBookmark[] };

  /** Comes twice if another user added the user. */
  readonly added_to_team: { readonly team_id: string; readonly user_id: string };
  readonly leave_team: { readonly team_id: string; readonly user_id: string };
  readonly update_team: TeamData;
  readonly delete_team: TeamData;
  readonly restore_team: TeamData;
  readonly update_team_scheme: TeamData;
  readonly team_access_control_updated: TeamData;
  readonly memberrole_updated: { readonly member: TeamMember };
  readonly new_user: { readonly user_id: string };
  readonly user_updated: { readonly user: User };
  readonly user_role_updated: {
    readonly user_id: string;
    /** Names of roles, separated by spaces. */
    readonly roles: string;
  };
  readonly user_activation_status_change: JsonObject;
  readonly guests_deactivated: JsonObject;
  /** Only the user whose status it is gets it. */
  readonly status_change: { readonly status: string; readonly user_id: string };
  readonly typing: {
    readonly user_id: string;
    /** Root post of the thread, or empty. */
    readonly parent_id: string;
  };
  readonly custom_profile_attributes_field_created: { readonly field: EventPropertyField };
  readonly custom_profile_attributes_field_updated: {
    readonly field: EventPropertyField;
    readonly delete_values?: boolean;
  };
  readonly custom_profile_attributes_field_deleted: { readonly field_id: string };
  readonly custom_profile_attributes_values_updated: {
    readonly user_id: string;
    /** Values by the id of their field. */
    readonly values: JsonObject;
  };
  readonly property_field_created: { readonly property_field: EventPropertyField; readonly object_type: string };
  readonly property_field_updated: { readonly property_field: EventPropertyField; readonly object_type: string };
  readonly property_field_deleted: { readonly field_id: string; readonly object_type: string };
  readonly property_values_updated: {
    readonly values: readonly EventPropertyValue[];
    readonly object_type?: string;
    readonly target_id?: string;
    readonly field_id?: string;
  };
  readonly received_group: { readonly group: Group };
  readonly received_group_associated_to_team: GroupIdData;
  readonly received_group_not_associated_to_team: GroupIdData;
  readonly received_group_associated_to_channel: GroupIdData;
  readonly received_group_not_associated_to_channel: GroupIdData;
  readonly group_member_add: { readonly group_member: EventGroupMember };
  readonly group_member_deleted: { readonly group_member: EventGroupMember };

  readonly preference_changed: { readonly preference: Preference };
  readonly preferences_changed: PreferencesData;
  readonly preferences_deleted: PreferencesData;
  readonly sidebar_category_created: CategoryIdData;
  /** Without `updatedCategories` the categories have to be read again. */
  readonly sidebar_category_updated: { readonly updatedCategories?: readonly SidebarCategoryWithChannels[] };
  readonly sidebar_category_deleted: CategoryIdData;
  readonly sidebar_category_order_updated: { readonly order: readonly string[] };

  readonly hello: {
    /** Empty if the server cannot resume. */
    readonly connection_id: string;
    readonly server_version: string;
    readonly server_hostname?: string;
  };
  readonly config_changed: { readonly config: Readonly<Record<string, string>> };
  readonly license_changed: { readonly license: Readonly<Record<string, string>> };
  readonly role_updated: { readonly role: EventRole };
  readonly emoji_added: { readonly emoji: Emoji };
  readonly plugin_enabled: ManifestData;
  readonly plugin_disabled: ManifestData;
  readonly plugin_statuses_changed: { readonly plugin_statuses: readonly EventPluginStatus[] };
  readonly open_dialog: { readonly dialog: EventDialog };
  readonly show_toast: { readonly message: string; readonly position?: string };
  readonly recap_updated: { readonly recap_id: string };
  readonly first_admin_visit_marketplace_status_received: { readonly firstAdminVisitMarketplaceStatus: string };
  readonly hosted_customer_signup_progress_updated: { readonly progress: string };
  readonly cloud_subscription_changed: { readonly limits?: JsonObject; readonly subscription?: JsonObject };
  /** Only old servers send it. */
  readonly cloud_payment_status_updated: JsonObject;
  /** Only old servers send it. */
  readonly warn_metric_status_received: JsonObject;
  /** Only old servers send it. */
  readonly warn_metric_status_removed: { readonly warnMetricId: string };
};

/** Name of an event that this library knows. */
export type EventName = keyof EventMap;

/** Name of an event that a plugin sends. */
export type CustomEventName = `custom_${string}`;

/** Data of the event `N`; any object for names that are not in {@link EventMap}. */
export type EventData<N extends string> = N extends EventName ? EventMap[N] : JsonObject;

/** One event of the server, decoded. */
export interface TypedEvent<N extends string> {
  readonly event: N;
  readonly data: EventData<N>;
  /** Who the server sent it to. */
  readonly broadcast: Broadcast;
  /** Number of the event in its connection, from 0 on; -1 for a recovered one. */
  readonly seq: number;
  /** Channel that the event belongs to, from the broadcast or the data; empty if none. */
  readonly channelId: string;
  /** Team that the event belongs to; empty if none. */
  readonly teamId: string;
  /** User that the event is about or, if it names none, is addressed to; empty if none. */
  readonly userId: string;
  /** True if it was missed on the socket and fetched later. */
  readonly recovered?: true;
  /** Members of `data` that are no valid JSON, and stayed strings. */
  readonly undecoded?: readonly string[];
}

/**
 * An event. `switch` on `event` narrows `data`. Events that are newer than this library arrive too: `MattermostEvent<string>` is
 * the type of any event.
 */
export type MattermostEvent<N extends string = EventName | CustomEventName> = N extends string ? TypedEvent<N> : never;

/** Whether an event has one of the given names; narrows its type. */
export function isEvent<N extends EventName>(
  event: MattermostEvent<string>,
  ...names: readonly N[]
): event is MattermostEvent<N> {
  return (names as readonly string[]).includes(event.event);
}
