import type { Known } from './known.js';

/** The embedded 11.6 against the recorded one. */
export const known: Known = {
  compared: { status: 768, errorId: 768, shape: 475, replies: 7, events: 1084 },
  sameEvents: 1033,
  differences: [
    {
      in: 'shape',
      why: 'Settings that the recorded machine had from its environment or its operator; the embedded server is a fresh one.',
      found: [
        'config: admin getConfig: -.AnnouncementSettings -.AnnouncementSettings.AdminNoticesEnabled -.AnnouncementSettings.UserNoticesEnabled -.EmailSettings -.EmailSettings.PushNotificationServer -.EmailSettings.SendPushNotifications',
        'config: admin getEnvironmentConfig: -.AnnouncementSettings -.AnnouncementSettings.AdminNoticesEnabled -.AnnouncementSettings.UserNoticesEnabled -.LogSettings -.LogSettings.ConsoleLevel -.LogSettings.EnableDiagnostics',
      ],
    },
    {
      in: 'shape',
      why: 'A channel that was a group message keeps `shared: false` on the real server; here it has null as every private channel.',
      found: ['channels: alice convertGroupMessageToChannel: ~.shared'],
    },
    {
      in: 'shape',
      why: 'The embedded server fetches nothing from the network: pages have no data, and pictures that a text links to have no size.',
      found: [
        'posts: bot createPost: -.metadata.images -.metadata.images.* -.metadata.images.*.width -.metadata.images.*.height -.metadata.images.*.format -.metadata.images.*.frame_count',
        'posts: alice createPost: -.metadata.embeds[].data -.metadata.embeds[].data.type -.metadata.embeds[].data.url -.metadata.embeds[].data.title -.metadata.embeds[].data.description -.metadata.embeds[].data.determiner',
        'posts: bob getPostsForChannel: -.posts.*.metadata.images -.posts.*.metadata.images.*',
        'posts: bob getPostsForChannel: -.posts.*.metadata.images -.posts.*.metadata.images.*',
        'posts: alice searchPostsInTeam: -.posts.*.metadata.images -.posts.*.metadata.images.*',
        'posts: alice searchPostsInAllTeams: -.posts.*.metadata.images -.posts.*.metadata.images.*',
      ],
    },
    {
      in: 'shape',
      why: 'The list holds other posts than the recorded one. The cause is not known.',
      found: [
        'posts: bob getPostsForChannelAroundLastUnread: +.posts.*.file_ids[] +.posts.*.metadata.files +.posts.*.metadata.files[] +.posts.*.props.from_bot +.posts.*.props.override_username +.posts.*.props.attachments',
      ],
    },
    {
      in: 'shape',
      why: 'The recorded server imported a Slack archive, which made a user and deactivated it; the embedded one imports nothing.',
      found: [
        'users: reading: admin getUsers: +[].email_verified +[].is_bot +[].bot_description',
        'users: reading: admin getUsers: +[].email_verified',
        'users: reading: admin getUsers: -[] -[].id -[].create_at -[].update_at -[].delete_at -[].username',
      ],
    },
    {
      in: 'shape',
      why: 'The real server leaves `remote_id` out of this one answer.',
      found: ['bots: admin convertBotToUser: +.remote_id'],
    },
    {
      in: 'events',
      why: 'A real server keeps the channels of a connection for a while (protocol §3.1, rule 8): whoever has just joined misses events about it. Here they see all of them.',
      found: [
        'teams: alice createTeam for alice#1, alice#2: +posted +posted +user_added',
        'teams: admin addTeamMember for alice#1, alice#2: +posted',
        'teams: admin addTeamMember for bob#1: +posted +posted +user_added',
        'teams: admin addTeamMember for bot#1: +posted +user_added +posted +user_added',
        'teams: dave addUserToTeamFromInvite for dave#1: +posted +user_added +posted +user_added',
        'teams: alice createTeam for alice#1, alice#2: +posted +user_added +posted +user_added',
      ],
    },
    {
      in: 'events',
      why: '`updateChannel` of a real server writes a post about the display name alone; here there is one about the header too.',
      found: ['channels: alice updateChannel for alice#1, alice#2, bob#1, bot#1: +posted'],
    },
    {
      in: 'events',
      why: 'A real server sends nothing about `readMultipleChannels`.',
      found: ['channels: alice readMultipleChannels for alice#1, alice#2: +multiple_channels_viewed'],
    },
    {
      in: 'events',
      why: 'The real server names the categories that changed, and sends the post before `channel_member_updated`.',
      found: [
        'channels: alice convertGroupMessageToChannel for alice#1, alice#2: sidebar_category_updated(-updatedCategories) posted(order)',
        'channels: alice convertGroupMessageToChannel for bob#1: sidebar_category_updated(-updatedCategories)',
      ],
    },
    {
      in: 'events',
      why: 'A post that an admin dates back does not count as viewing the channel on a real server.',
      found: ['posts: admin createPost for admin#1: +multiple_channels_viewed'],
    },
    {
      in: 'events',
      why: 'A real server makes the user follow a thread again that they mark as unread, and says so.',
      found: ['threads: alice setUnreadThreadByPostId for alice#1, alice#2: -thread_follow_changed'],
    },
    {
      in: 'events',
      why: 'The recorded event does not name the follower of the thread, though `thread_updated` comes. The cause is not known.',
      found: ['unread, saved, ephemeral: bob createPost for alice#1, alice#2: posted(+followers)'],
    },
    {
      in: 'events',
      why: 'Five calls within three milliseconds: whether an event is recorded before or after the next call is chance.',
      found: [
        'typing: bob publishUserTyping for alice#2, bot#1: +typing',
        'typing: bob publishUserTyping for alice#2, bot#1: +typing',
        'typing: bob publishUserTyping for bot#1: -typing -typing',
        'typing: bob publishUserTyping for alice#2: -typing -typing',
      ],
    },
  ],
};
