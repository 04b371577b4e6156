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
import type { ChannelRow, TeamRow } from './store/places.js';
import type { World } from './world.js';

/** A user to create. Everything but the name has a default. */
export interface UserSeed extends Partial<Omit<NewUser, 'username'>> {
  readonly username: string;
  /** Whether to make a system admin. @default false */
  readonly admin?: boolean;
}

/** A user with a session. */
export interface Account {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly password: string;
  /** Token of the user's session. */
  readonly token: string;
}

/** Anything with an id: the result of a seed, or an entity from the API. */
export interface HasId {
  readonly id: string;
}

export interface TeamSeed {
  /** @default a fresh name */
  readonly name?: string;
  /** @default the name */
  readonly displayName?: string;
  /** Whether everybody may join. @default false */
  readonly open?: boolean;
  /** The first one becomes the team's admin. @default none */
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
  /** Must be in the team. @default none */
  readonly members?: readonly HasId[];
}

export interface PostSeed {
  readonly channel: HasId;
  readonly by: HasId;
  readonly message: string;
  /** The post that it replies to. */
  readonly root?: HasId;
  /** Files of the author that belong to no other post. @default none */
  readonly files?: readonly HasId[];
}

export interface FileSeed {
  readonly channel: HasId;
  readonly by: HasId;
  /** Its extension decides the type. */
  readonly name: string;
  /** @default the name as text */
  readonly bytes?: Uint8Array;
}

export interface EmojiSeed {
  readonly name: string;
  readonly by: HasId;
  /** PNG, JPEG or GIF. @default a generated picture */
  readonly image?: Uint8Array;
}

export interface BotSeed {
  readonly username: string;
  /** @default the username */
  readonly displayName?: string;
  /** @default nobody */
  readonly owner?: HasId;
}

/** Creates things on the server without a request. Sockets receive the usual events. */
export interface Seeds {
  /** Creates a user and opens a session. Throws if the name is not valid or taken. */
  createUser(user: UserSeed): Account;
  /** Opens one more session of a user, as a login does. */
  createSession(userId: string): { readonly id: string; readonly token: string };
  /** Creates a bot and a token of it. */
  createBot(bot: BotSeed): { readonly id: string; readonly username: string; readonly token: string };
  /** Creates an access token of a user or bot. Those of users are valid only with the setting `EnableUserAccessTokens`. */
  createAccessToken(user: HasId, description?: string): { readonly id: string; readonly token: string };
  /** Creates terms of service, which needs a licence over REST. */
  createTermsOfService(text: string, by?: HasId): HasId;
  /** The code of the last mail to an address. Mails are not sent; their codes are kept. */
  mailedCode(email: string, kind: MailTokenRow['type']): string | undefined;
  /** Creates a team with its default channels, `town-square` and `off-topic`. */
  createTeam(team?: TeamSeed): { readonly id: string; readonly name: string };
  createChannel(channel: ChannelSeed): { readonly id: string; readonly name: string; readonly teamId: string };
  /** The direct channel of two users, or the group channel of more. It is created if there is none. */
  createDirectChannel(...users: readonly HasId[]): HasId;
  addToTeam(team: HasId, ...users: readonly HasId[]): void;
  addToChannel(channel: HasId, ...users: readonly HasId[]): void;
  createPost(post: PostSeed): HasId;
  /** Creates a file that belongs to no post yet, as an upload does. */
  createFile(file: FileSeed): HasId;
  createEmoji(emoji: EmojiSeed): HasId;
}

type PeopleSeeds = Pick<
  Seeds,
  'createUser' | 'createSession' | 'createBot' | 'createAccessToken' | 'createTermsOfService' | 'mailedCode'
>;
type ContentSeeds = Pick<Seeds, 'createPost' | 'createFile' | 'createEmoji'>;
type PlaceSeeds = Omit<Seeds, keyof PeopleSeeds | keyof ContentSeeds>;

function teamOf({ store }: World, { id }: HasId): TeamRow {
  const team = store.teams.get(id);
  if (!team) throw new Error(`team: must be a team of this server, but is ${id}`);
  return team;
}

function channelOf({ store }: World, { id }: HasId): ChannelRow {
  const channel = store.channels.get(id);
  if (!channel) throw new Error(`channel: must be a channel of this server, but is ${id}`);
  return channel;
}

function peopleSeeds(world: World): PeopleSeeds {
  const { store } = world;
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
  };
}

function placeSeeds(world: World): PlaceSeeds {
  let count = 0;
  const fresh = (kind: string): string => `${kind}-${++count}`;
  return {
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
        team_id: teamOf(world, team).id,
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
      if (first === undefined || second === undefined)
        throw new Error('createDirectChannel: users: must have at least one user');
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
      for (const { id } of users) joinTeam(world, teamOf(world, team), id);
    },
    addToChannel(channel, ...users) {
      for (const { id } of users) joinChannel(world, channelOf(world, channel), id, id);
    },
  };
}

const contentSeeds = (world: World): ContentSeeds => ({
  createPost({ channel, by, message, root, files = [] }) {
    const post = addPost(world, {
      channel_id: channelOf(world, channel).id,
      user_id: by.id,
      message,
      root_id: root?.id ?? '',
      fileIds: files.map(({ id }) => id),
    });
    return { id: post.id };
  },
  createFile({ channel, by, name, bytes = utf8Bytes(name) }) {
    const file = { user_id: by.id, channel_id: channelOf(world, channel).id, filename: name, bytes };
    return { id: addFile(world, file).id };
  },
  createEmoji: ({ name, by, image = defaultPicture(name) }) => ({ id: addEmoji(world, by.id, name, image).id }),
});

export const createSeeds = (world: World): Seeds => ({
  ...peopleSeeds(world),
  ...placeSeeds(world),
  ...contentSeeds(world),
});
