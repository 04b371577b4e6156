import type { Area } from './area.js';
import { accessTokensArea } from './access-tokens.js';
import { accountsArea } from './accounts.js';
import { botIconsArea } from './bot-icons.js';
import { botsArea } from './bots.js';
import { categoriesArea } from './categories.js';
import { channelListsArea } from './channel-lists.js';
import { channelMembersArea } from './channel-members.js';
import { channelsArea } from './channels.js';
import { configArea } from './config.js';
import { directChannelsArea } from './direct-channels.js';
import { draftsArea } from './drafts.js';
import { emojiArea } from './emoji.js';
import { fileContentsArea } from './file-contents.js';
import { fileSearchArea } from './file-search.js';
import { filesArea } from './files.js';
import { loginServicesArea } from './login-services.js';
import { loginArea } from './login.js';
import { mfaArea } from './mfa.js';
import { oauthArea } from './oauth.js';
import { passwordsArea } from './passwords.js';
import { postListsArea } from './post-lists.js';
import { postsArea } from './posts.js';
import { preferencesArea } from './preferences.js';
import { reactionsArea } from './reactions.js';
import { readingArea } from './reading.js';
import { statusArea } from './status.js';
import { systemArea } from './system.js';
import { teamIconsArea } from './team-icons.js';
import { teamInvitesArea } from './team-invites.js';
import { teamMembersArea } from './team-members.js';
import { teamsArea } from './teams.js';
import { termsOfServiceArea } from './terms-of-service.js';
import { threadsArea } from './threads.js';
import { typingArea } from './typing.js';
import { uploadsArea } from './uploads.js';
import { userImagesArea } from './user-images.js';
import { userListsArea } from './user-lists.js';
import { userSearchArea } from './user-search.js';
import { userSessionsArea } from './user-sessions.js';
import { usersArea } from './users.js';

/** All areas of the server. Each operation belongs to one of them at most. */
export const areas: readonly Area[] = [
  accessTokensArea,
  accountsArea,
  botIconsArea,
  botsArea,
  categoriesArea,
  channelListsArea,
  channelMembersArea,
  channelsArea,
  configArea,
  directChannelsArea,
  draftsArea,
  emojiArea,
  fileContentsArea,
  fileSearchArea,
  filesArea,
  loginArea,
  loginServicesArea,
  mfaArea,
  oauthArea,
  passwordsArea,
  postListsArea,
  postsArea,
  preferencesArea,
  reactionsArea,
  readingArea,
  statusArea,
  systemArea,
  teamIconsArea,
  teamInvitesArea,
  teamMembersArea,
  teamsArea,
  termsOfServiceArea,
  threadsArea,
  typingArea,
  uploadsArea,
  userImagesArea,
  userListsArea,
  userSearchArea,
  userSessionsArea,
  usersArea,
];
