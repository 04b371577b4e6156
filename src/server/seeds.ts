import { utf8Bytes } from './base/text.js';
import { addAccessToken } from './changes/access-tokens.js';
import { addBot } from './changes/bots.js';
import { addChannel, joinChannel, putMember } from './changes/channels.js';
import { directChannel, groupChannel } from './changes/direct-channels.js';
import { addEmoji, addFile } from './changes/files.js';
import { addPost } from './changes/posts.js';
import { addTeam, joinTeam } from './changes/teams.js';
import { addUser } from './changes/users.js';
import type { NewUser } from './changes/users.js';
import { defaultPicture } from './files/default-picture.js';
import type { MailTokenRow } from './store/people.js';
import type { World } from './world.js';

/** A user to be made: everything but the name has a default. */
export interface UserSeed extends Partial<Omit<NewUser, 'username'>> {
  readonly username: string;
  /** Makes a system admin. @default false */
  readonly admin?: boolean;
}

/** A user that is ready to be used. */
export interface Account {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly password: string;
  /** Token of a session of its own. */
  readonly token: string;
}

/** Something that has an id: what a seed has made, or an entity from the API. */
export interface HasId {
  readonly id: string;
}

export interface TeamSeed {
  /** @default a fresh name */
  readonly name?: string;
  /** @default the name */
  readonly displayName?: string;
  /** Open to everybody. @default false */
  readonly open?: boolean;
  /** The first of them becomes its admin. @default none */
  readonly members?: readonly HasId[];
}

export interface ChannelSeed {
  readonly team: HasId;
  /** @default a fresh name */
  readonly name?: string;
  /** @default the name */
  readonly displayName?: string;
  /** @default false */
  readonly private?: boolean;
  /** Have to be in the team. @default none */
  readonly members?: readonly HasId[];
}

export interface PostSeed {
  readonly channel: HasId;
  readonly by: HasId;
  readonly message: string;
  /** The post that it answers. */
  readonly root?: HasId;
  /** Files of the author that no other post has. @default none */
  readonly files?: readonly HasId[];
}

export interface FileSeed {
  readonly channel: HasId;
  readonly by: HasId;
  /** Its ending decides the type. */
  readonly name: string;
  /** @default a text with the name */
  readonly bytes?: Uint8Array;
}

export interface EmojiSeed {
  readonly name: string;
  readonly by: HasId;
  /** PNG, JPEG or GIF. @default a picture of its own */
  readonly image?: Uint8Array;
}

export interface BotSeed {
  readonly username: string;
  /** @default the username */
  readonly displayName?: string;
  /** @default nobody */
  readonly owner?: HasId;
}

/** Puts things on the server without a request. Whoever listens hears of them as usual. */
export interface Seeds {
  createUser(user: UserSeed): Account;
  /** One more session of a user, as after a login. */
  createSession(userId: string): { readonly id: string; readonly token: string };
  /** A bot with a token of its own. */
  createBot(bot: BotSeed): { readonly id: string; readonly username: string; readonly token: string };
  /** A personal access token, or one more of a bot. Personal ones count only with `EnableUserAccessTokens`. */
  createAccessToken(user: HasId, description?: string): { readonly id: string; readonly token: string };
  /** Terms of service, which a server without a licence lets nobody make over REST. */
  createTermsOfService(text: string, by?: HasId): HasId;
  /** The code of the last mail to an address: mails are not sent, but what they would bring is here. */
  mailedCode(email: string, kind: MailTokenRow['type']): string | undefined;
  /** A team with its default channels, `town-square` and `off-topic`. */
  createTeam(team?: TeamSeed): { readonly id: string; readonly name: string };
  createChannel(channel: ChannelSeed): { readonly id: string; readonly name: string; readonly teamId: string };
  /** The channel between two users, or of three and more, made if need be. */
  createDirectChannel(...users: readonly HasId[]): HasId;
  addToTeam(team: HasId, ...users: readonly HasId[]): void;
  addToChannel(channel: HasId, ...users: readonly HasId[]): void;
  createPost(post: PostSeed): HasId;
  /** A file as after an upload, that no post has yet. */
  createFile(file: FileSeed): HasId;
  createEmoji(emoji: EmojiSeed): HasId;
}

export function createSeeds(world: World): Seeds {
  const { store } = world;
  let count = 0;
  const fresh = (kind: string): string => `${kind}-${++count}`;

  const teamOf = ({ id }: HasId) => {
    const team = store.teams.get(id);
    if (!team) throw new Error(`seed: there is no team ${id}`);
    return team;
  };
  const channelOf = ({ id }: HasId) => {
    const channel = store.channels.get(id);
    if (!channel) throw new Error(`seed: there is no channel ${id}`);
    return channel;
  };

  return {
    createUser({ admin = false, ...given }) {
      const { username } = given;
      const user = addUser(world, {
        email: `${username}@example.test`,
        password: `Password-1-${username}`,
        roles: admin ? 'system_admin system_user' : 'system_user',
        ...given,
      });
      const { token } = world.sessions.open(user.id);
      return { id: user.id, username, email: user.email, password: user.password, token };
    },
    createSession: (userId) => world.sessions.open(userId),
    createBot({ username, displayName = username, owner }) {
      const bot = addBot(world, { username, displayName, ownerId: owner?.id ?? '' });
      return { id: bot.user_id, username, token: addAccessToken(world, bot.user_id, 'seed').token };
    },
    createAccessToken: ({ id }, description = 'seed') => addAccessToken(world, id, description),
    createTermsOfService(text, by) {
      const row = { id: world.chance.id(), create_at: world.clock.now(), user_id: by?.id ?? '', text };
      return { id: store.termsOfService.put(row).id };
    },
    mailedCode: (email, kind) =>
      store.mailTokens
        .all()
        .filter((row) => row.type === kind && row.email === email)
        .at(-1)?.token,
    createTeam({ name = fresh('team'), displayName = name, open = false, members = [] } = {}) {
      const team = addTeam(world, {
        name,
        display_name: displayName,
        type: open ? 'O' : 'I',
        allow_open_invite: open,
      });
      members.forEach(({ id }, at) => joinTeam(world, team, id, { admin: at === 0 }));
      return { id: team.id, name };
    },
    createChannel({ team, name = fresh('channel'), displayName = name, members = [], ...more }) {
      const channel = addChannel(world, {
        team_id: teamOf(team).id,
        name,
        display_name: displayName,
        type: more.private ? 'P' : 'O',
        creator_id: members[0]?.id ?? '',
      });
      members.forEach(({ id }, at) => putMember(world, channel, id, { scheme_admin: at === 0 }));
      return { id: channel.id, name, teamId: channel.team_id };
    },
    createDirectChannel(...users) {
      const [first, second = first] = users.map(({ id }) => id);
      if (first === undefined || second === undefined) throw new Error('seed: a direct channel needs a user');
      const { id } =
        users.length > 2
          ? groupChannel(
              world,
              users.map((user) => user.id),
            )
          : directChannel(world, first, second);
      return { id };
    },
    addToTeam(team, ...users) {
      for (const { id } of users) joinTeam(world, teamOf(team), id);
    },
    addToChannel(channel, ...users) {
      for (const { id } of users) joinChannel(world, channelOf(channel), id, id);
    },
    createPost({ channel, by, message, root, files = [] }) {
      const post = addPost(world, {
        channel_id: channelOf(channel).id,
        user_id: by.id,
        message,
        root_id: root?.id ?? '',
        fileIds: files.map(({ id }) => id),
      });
      return { id: post.id };
    },
    createFile({ channel, by, name, bytes = utf8Bytes(name) }) {
      const file = { user_id: by.id, channel_id: channelOf(channel).id, filename: name, bytes };
      return { id: addFile(world, file).id };
    },
    createEmoji: ({ name, by, image = defaultPicture(name) }) => ({ id: addEmoji(world, by.id, name, image).id }),
  };
}
