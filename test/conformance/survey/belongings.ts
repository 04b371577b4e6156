import { isApiError } from '../../../src/index.js';
import { attempt } from '../kit/attempt.js';
import { emojiForm } from '../kit/emoji-form.js';
import { png } from '../kit/png.js';
import { randomName, unknownId } from '../kit/names.js';
import type { World } from '../kit/world.js';

/** Ids and names of what the survey created, by the path parameters of routes. What a server refused to create has an unknown id. */
export type Belongings = Readonly<Record<string, string>>;

/** What the steps below share. */
interface Making {
  readonly world: World;
  /** A name that nothing else on the server has. */
  readonly name: string;
  /** Awaits an entity and keeps its id under a path parameter; after a refusal that is an unknown id. */
  keep(parameter: string, making: PromiseLike<{ readonly id: string }>): Promise<string>;
  /** What was kept under a path parameter. */
  kept(parameter: string): string;
}

async function makeFiles({ world: { admin, channel }, name, keep }: Making): Promise<void> {
  const picture = new FormData();
  picture.append('channel_id', channel.id);
  picture.append('files', new Blob([png(64, [10, 120, 200])], { type: 'image/png' }), `${name}.png`);
  await keep(
    'file_id',
    admin.files.uploadFile(picture).then(({ file_infos: [info] }) => info!),
  );
  const text = new FormData();
  text.append('channel_id', channel.id);
  text.append('files', new Blob(['one, two'], { type: 'text/plain' }), `${name}.txt`);
  await keep(
    'text_file_id',
    admin.files.uploadFile(text).then(({ file_infos: [info] }) => info!),
  );
}

/** Gives the id of a root post with replies. */
async function makePosts({ world, name, keep, kept }: Making): Promise<string> {
  const { admin, adminUser, alice, channel } = world;
  const rootPost = await keep(
    'post_id',
    admin.posts.createPost({
      channel_id: channel.id,
      message: `${name} @${alice.username} #survey :smile: https://example.test/`,
      file_ids: [kept('file_id'), kept('text_file_id')],
      props: { attachments: [{ text: 'attached', fields: [{ title: 'one', value: 'two', short: true }] }] },
    }),
  );

  await keep(
    'reply_id',
    alice.client.posts.createPost({
      channel_id: channel.id,
      root_id: rootPost,
      message: `reply to @${adminUser.username}`,
    }),
  );
  await attempt(admin.posts.createPost({ channel_id: channel.id, root_id: rootPost, message: 'a second reply' }));
  await attempt(alice.client.posts.patchPost(kept('reply_id'), { message: 'an edited reply' }));
  return rootPost;
}

/** What users have of their own: reactions, preferences, a followed thread, a draft and statuses. */
async function makeOwnState({ admin, adminUser, alice, team, channel }: World, rootPost: string): Promise<void> {
  const me = adminUser.id;
  for (const by of [me, alice.id]) {
    await attempt(
      (by === me ? admin : alice.client).reactions.saveReaction({ user_id: by, post_id: rootPost, emoji_name: '+1' }),
    );
  }
  await attempt(admin.posts.pinPost(rootPost));
  for (const [who, client] of [
    [me, admin],
    [alice.id, alice.client],
  ] as const) {
    await attempt(
      client.preferences.updatePreferences(who, [
        { user_id: who, category: 'flagged_post', name: rootPost, value: 'true' },
      ]),
    );
    await attempt(client.threads.startFollowingThread(who, team.id, rootPost));
    await attempt(client.drafts.upsertDraft({ channel_id: channel.id, message: 'a draft' }));
    await attempt(client.status.updateUserCustomStatus(who, { emoji: 'calendar', text: 'surveyed' }));
    await attempt(
      client.status.updateUserStatus(who, {
        user_id: who,
        status: 'dnd',
        dnd_end_time: Math.floor(Date.now() / 1000) + 3600,
      }),
    );
  }
}

async function makeMedia({ world: { admin, adminUser, team, channel }, name, keep }: Making): Promise<void> {
  const me = adminUser.id;
  await attempt(admin.teams.setTeamIcon(team.id, png(64, [200, 120, 10])));
  await keep(
    'upload_id',
    admin.files.createUpload({ channel_id: channel.id, filename: `${name}.bin`, file_size: 1000 }),
  );
  await keep('emoji_id', admin.emoji.createEmoji(emojiForm(name, me, png(32, [1, 2, 3]))));
}

async function makeIntegrations({ world: { admin, team, channel }, name, keep }: Making): Promise<void> {
  await keep(
    'command_id',
    admin.commands.createCommand({
      team_id: team.id,
      trigger: name,
      method: 'P',
      url: 'http://127.0.0.1:9/',
      auto_complete: true,
      auto_complete_desc: 'of the survey',
    }),
  );
  await keep('incoming_hook_id', admin.webhooks.createIncomingWebhook({ channel_id: channel.id, display_name: name }));
  await keep(
    'outgoing_hook_id',
    admin.webhooks.createOutgoingWebhook({
      team_id: team.id,
      channel_id: channel.id,
      display_name: name,
      trigger_words: [name],
      callback_urls: ['http://127.0.0.1:9/'],
    }),
  );
  await keep(
    'app_id',
    admin.oauth.createOAuthApp({
      name,
      description: 'of the survey',
      homepage: 'https://example.test/',
      callback_urls: ['https://example.test/'],
      icon_url: 'https://example.test/icon.png',
    }),
  );
  await keep(
    'bot_user_id',
    admin.bots
      .createBot({ username: name, display_name: 'Survey', description: 'of the survey' })
      .then(({ user_id: id }) => ({ id })),
  );
}

async function makeSettings({ world: { admin, adminUser, team, channel }, name, keep }: Making): Promise<void> {
  const me = adminUser.id;
  await keep('token_id', admin.users.createUserAccessToken(me, { description: name }));
  await keep(
    'bookmark_id',
    admin.bookmarks.createChannelBookmark(channel.id, {
      display_name: name,
      type: 'link',
      link_url: 'https://example.test/',
    }),
  );
  await keep(
    'category_id',
    admin.channels.createSidebarCategoryForTeamForUser(me, team.id, {
      display_name: name,
      user_id: me,
      team_id: team.id,
      type: 'custom',
    }),
  );
}

async function makeChannels({ world: { admin, adminUser, alice, bob, team }, name, keep }: Making): Promise<void> {
  const me = adminUser.id;
  await keep('group_channel_id', admin.channels.createGroupChannel([alice.id, bob.id]));
  await attempt(
    admin.channels
      .createDirectChannel([me, bob.id])
      .then(({ id }) => admin.posts.createPost({ channel_id: id, message: 'directly' })),
  );
  await keep(
    'private_channel_id',
    admin.channels.createChannel({
      team_id: team.id,
      name: `${name}p`,
      display_name: 'Private',
      type: 'P',
      purpose: 'to be private',
      header: 'head',
    }),
  );
  await attempt(
    admin.channels
      .createChannel({ team_id: team.id, name: `${name}d`, display_name: 'Deleted', type: 'O' })
      .then(({ id }) => admin.channels.deleteChannel(id)),
  );
}

/** Finds what cannot be created without a licence. */
async function findOthers({ world: { admin }, keep }: Making): Promise<void> {
  await keep('role_id', admin.roles.getRoleByName('system_user'));
  await keep(
    'job_id',
    admin.jobs.getJobs({ per_page: 1 }).then(([job]) => job ?? { id: unknownId() }),
  );
  await keep(
    'scheme_id',
    admin.schemes.getSchemes({ per_page: 1 }).then(([scheme]) => scheme ?? { id: unknownId() }),
  );
}

function removeAtTheEnd({ world, kept }: Making): void {
  const { admin, adminUser } = world;
  const me = adminUser.id;
  world.onClose(() => admin.bots.disableBot(kept('bot_user_id')));
  world.onClose(() => admin.emoji.deleteEmoji(kept('emoji_id')));
  world.onClose(() => admin.users.revokeUserAccessToken({ token_id: kept('token_id') }));
  world.onClose(() => admin.oauth.deleteOAuthApp(kept('app_id')));
  world.onClose(() => admin.status.updateUserStatus(me, { user_id: me, status: 'online' }));
  world.onClose(() => admin.status.unsetUserCustomStatus(me));
}

/** Parameters that need nothing new. */
function namesOf({ target, team, channel, alice, bob }: World, name: string, rootPost: string): Belongings {
  return {
    thread_id: rootPost,
    emoji_name: name,
    own_name: name,
    unknown_id: unknownId(),
    site: target.url,
    team_id: team.id,
    teamId: team.id,
    team_name: team.name,
    name: team.name,
    invite_id: team.invite_id,
    channel_id: channel.id,
    channel_name: channel.name,
    other_user_id: bob.id,
    email: alice.email,
    username: alice.username,
    role_name: 'system_user',
    category: 'flagged_post',
    preference_name: rootPost,
    type: 'migrations',
    syncable_type: 'channels',
    syncable_id: channel.id,
    export_name: 'no-such-export.zip',
    object_type: 'user',
    group_name: 'custom_profile_attributes',
  };
}

/** Creates one of everything that can be created without a licence. */
export async function makeBelongings(world: World): Promise<Belongings> {
  const { admin, alice, bob, channel } = world;
  const made: Record<string, string> = {};
  const making: Making = {
    world,
    name: randomName('survey'),
    async keep(parameter, created) {
      try {
        // A server without state may answer with nothing in it.
        return (made[parameter] = (await created).id || unknownId());
      } catch (error) {
        if (!isApiError(error)) throw error;
        return (made[parameter] = unknownId());
      }
    },
    kept: (parameter) => made[parameter] ?? unknownId(),
  };
  for (const person of [alice.id, bob.id])
    await attempt(admin.posts.createPost({ channel_id: channel.id, message: `hello ${person}` }));
  await makeFiles(making);
  const rootPost = await makePosts(making);
  await makeOwnState(world, rootPost);
  await makeMedia(making);
  await makeIntegrations(making);
  await makeSettings(making);
  await makeChannels(making);
  await findOthers(making);
  removeAtTheEnd(making);
  return { ...made, ...namesOf(world, making.name, rootPost) };
}
