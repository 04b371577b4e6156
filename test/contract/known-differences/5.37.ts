import type { Known } from './known.js';

/** The embedded 5.37 against the recorded one. */
export const known: Known = {
  compared: { status: 782, errorId: 782, shape: 454, replies: 7, events: 1107 },
  sameEvents: 1070,
  differences: [
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
        'users: reading: admin getUsers: +[].is_bot +[].bot_description',
        'users: reading: admin getUsers: -[].is_bot -[].bot_description',
        'users: bots, guests, auth: kate getUser: +.is_bot +.bot_description',
        'users: bots, guests, auth: admin convertBotToUser: +.is_bot',
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
      why: 'Calls within a few milliseconds: whether an event is recorded before or after the next call is chance.',
      found: [
        'typing: bob publishUserTyping for alice#1, alice#2, bot#1: +typing',
        'typing: bob publishUserTyping for alice#1, alice#2, bot#1: -typing',
      ],
    },
  ],
};
