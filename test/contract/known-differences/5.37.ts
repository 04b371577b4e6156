import type { Known } from './known.js';

/** The embedded 5.37 against the recorded one. */
export const known: Known = {
  compared: { status: 782, errorId: 782, shape: 454, replies: 7, events: 1111 },
  sameEvents: 1054,
  differences: [
    {
      in: 'status',
      why: 'The embedded 5.37 knows `include_deleted`, the real one does not.',
      found: ['unread, saved, ephemeral: admin getPost: 404, not 200'],
    },
    {
      in: 'status',
      why: '5.37 refuses to remove from a channel who is not in it; the embedded server answers OK.',
      found: ['channels: frank removeChannelMember: 404, not 200'],
    },
    {
      in: 'errorId',
      why: 'These refusals have ids of their own on 5.37; the embedded one has those of 11.6, or another of 5.37.',
      found: [
        'channels: alice createChannel: model.channel.is_valid.2_or_more.app_error, not model.channel.is_valid.1_or_more.app_error',
        'threads: alice getThreadForUser: app.user.get_thread_membership_for_user.app_error, not app.user.get_threads_for_user.app_error',
      ],
    },
    {
      in: 'errorId',
      why: 'As for the status.',
      found: [
        'channels: frank removeChannelMember: app.channel.get_member.missing.app_error, not undefined',
        'unread, saved, ephemeral: admin getPost: app.post.get.app_error, not undefined',
      ],
    },
    {
      in: 'shape',
      why: 'Settings that the recorded machine had from its environment; the embedded server has none.',
      found: [
        'config: admin getEnvironmentConfig: -.FileSettings -.FileSettings.Directory -.LogSettings -.LogSettings.ConsoleLevel -.LogSettings.EnableDiagnostics -.PluginSettings',
      ],
    },
    {
      in: 'shape',
      why: 'Users in these lists and answers have no `is_bot` on the real 5.37, or are other users than the recorded ones.',
      found: [
        'teams: admin teamMembersMinusGroupMembers: +.users[].is_bot +.users[].bot_description',
        'channels: admin channelMembersMinusGroupMembers: +.users[].is_bot +.users[].bot_description',
        'users: reading: admin getUsers: +[].is_bot +[].bot_description',
        'users: reading: admin getUsers: -[].is_bot -[].bot_description',
        'users: bots, guests, auth: kate getUser: +.is_bot +.bot_description',
        'users: bots, guests, auth: admin convertBotToUser: +.is_bot',
      ],
    },
    {
      in: 'shape',
      why: 'The real 5.37 has null in `shared` of a group channel; here it is false, as in a direct one.',
      found: [
        'channels: alice createGroupChannel: ~.shared',
        'channels: alice searchGroupChannels: ~[].shared',
        'channels: alice patchChannel: ~.shared',
        'channels: alice createGroupChannel: ~.shared',
      ],
    },
    {
      in: 'shape',
      why: '5.37 does not send the order of sidebar categories.',
      found: [
        'sidebar categories: alice getCategoriesForTeamForUser: +.categories[].sort_order',
        'sidebar categories: alice createCategoryForTeamForUser: +.sort_order',
        'sidebar categories: alice getCategoryForTeamForUser: +.sort_order',
        'sidebar categories: alice updateCategoryForTeamForUser: +.sort_order',
        'sidebar categories: alice updateCategoriesForTeamForUser: +[].sort_order',
      ],
    },
    {
      in: 'shape',
      why: 'The embedded server fetches nothing from the network: pages have no data, and pictures that a text links to have no size.',
      found: [
        'posts: bot createPost: -.metadata.images -.metadata.images.* -.metadata.images.*.width -.metadata.images.*.height -.metadata.images.*.format -.metadata.images.*.frame_count',
        'posts: alice createPost: -.metadata.embeds[].data -.metadata.embeds[].data.type -.metadata.embeds[].data.url -.metadata.embeds[].data.title -.metadata.embeds[].data.description -.metadata.embeds[].data.determiner',
        'posts: bob getPostsForChannel: -.posts.*.metadata.images -.posts.*.metadata.images.*',
        'posts: bob getPostsForChannelAroundLastUnread: -.posts.*.metadata.images -.posts.*.metadata.images.*',
        'posts: alice searchPostsInTeam: -.posts.*.metadata.images -.posts.*.metadata.images.*',
      ],
    },
    {
      in: 'shape',
      why: 'The list holds other system posts: `updateChannel` writes others here (see the events).',
      found: [
        'posts: bob getPostsForChannel: -.posts.*.props.new_purpose -.posts.*.props.old_purpose +.posts.*.props.old_displayname +.posts.*.props.new_displayname',
      ],
    },
    {
      in: 'shape',
      why: '5.37 says in this list that the user follows a thread.',
      found: ['posts: bob getPostsForChannel: -.posts.*.is_following'],
    },
    {
      in: 'shape',
      why: '5.37 has `remote_id` in posts of threads alone.',
      found: [
        'threads: alice getThreadsForUser: -.threads[].post.remote_id',
        'threads: alice getThreadsForUser: -.threads[].post.remote_id',
        'threads: alice getThreadsForUser: -.threads[].post.remote_id',
      ],
    },
    {
      in: 'shape',
      why: 'The recorded server imported a Slack archive, which made a user and deactivated it; the embedded one imports nothing.',
      found: ['users: reading: admin getUsers: -[] -[].id -[].create_at -[].update_at -[].delete_at -[].username'],
    },
    {
      in: 'events',
      why: 'A real server keeps the channels of a connection for a while (protocol §3.1, rule 8): whoever has just joined misses events about it. Here they see all of them.',
      found: [
        'teams: admin createTeam for admin#1: +posted',
        'teams: alice createTeam for alice#1, alice#2: +posted +posted +user_added',
        'teams: admin addTeamMember for alice#1, alice#2: +posted',
        'teams: admin addTeamMember for bob#1: +posted +user_added +posted +user_added',
        'teams: admin addTeamMember for bot#1: +posted +posted +user_added',
        'teams: dave addUserToTeamFromInvite for dave#1: +posted +posted +user_added',
        'teams: alice createTeam for alice#1, alice#2: +posted +user_added +posted +user_added',
      ],
    },
    {
      in: 'events',
      why: '5.37 sends `added_to_team` again to a user who is in the team already.',
      found: ['teams: admin addTeamMember for alice#1, alice#2: -added_to_team'],
    },
    {
      in: 'events',
      why: '`updateChannel` of a real server writes a post about the display name alone; here there is one about the header too.',
      found: ['channels: alice updateChannel for alice#1, alice#2, bob#1, bot#1: +posted'],
    },
    {
      in: 'events',
      why: '5.37 says that the threads of a viewed channel were read.',
      found: [
        'channels: alice viewChannel for alice#1, alice#2: -thread_read_changed -thread_read_changed',
        'unread, saved, ephemeral: bob viewChannel for bob#1: -thread_read_changed',
      ],
    },
    {
      in: 'events',
      why: 'The recorded server has plugins of its own, whose state a saved configuration sends once more.',
      found: [
        'files: admin patchConfig for admin#1: -plugin_statuses_changed',
        'files: admin patchConfig for admin#1: -plugin_statuses_changed',
        'typing: admin patchConfig for admin#1: -plugin_statuses_changed',
        'typing: admin patchConfig for admin#1: -plugin_statuses_changed',
      ],
    },
    {
      in: 'events',
      why: '5.37 sends `channel_viewed` after some replies of a person and after their first post. The rule is not known.',
      found: [
        'posts: alice createPost for alice#1, alice#2: -channel_viewed',
        'posts: bob createPost for bob#1: -channel_viewed',
        'threads: bob createPost for bob#1: -channel_viewed',
        'unread, saved, ephemeral: bob createPost for bob#1: -channel_viewed',
      ],
    },
    {
      in: 'events',
      why: '5.37 sends the ephemeral post before `channel_viewed`.',
      found: ['posts: alice createPost for alice#1, alice#2: ephemeral_message(order)'],
    },
    {
      in: 'events',
      why: '5.37 leaves the count of root posts out of `post_unread`.',
      found: [
        'unread, saved, ephemeral: bob setPostUnread for bob#1: post_unread(+msg_count_root)',
        'unread, saved, ephemeral: bob setPostUnread for bob#1: post_unread(+msg_count_root)',
      ],
    },
    {
      in: 'events',
      why: 'Calls within a few milliseconds: whether an event is recorded before or after the next call is chance.',
      found: [
        'typing: bob publishUserTyping for alice#1, alice#2, bot#1: +typing',
        'typing: bob publishUserTyping for alice#1, alice#2, bot#1: -typing',
      ],
    },
  ],
};
