import { expect } from 'vitest';
import { ForbiddenError, NotFoundError, UnauthorizedError } from '../../../src/index.js';
import { listen } from '../kit/ear.js';
import { refusal, refusedWith } from '../kit/refusal.js';
import type { Chapter } from '../kit/rules.js';
import { randomName } from '../kit/names.js';

/** Bots, webhooks and commands as those who automate use them. */
export const integrations: Chapter = (rule) => {
  rule('a bot is made, posts with a token of its own, is switched off and on, and given away', async (world) => {
    const { admin, adminUser, alice, config, team } = world;
    world.needTokens();
    const name = randomName('bot');
    if (config['EnableBotAccountCreation'] !== 'true') {
      await refusedWith('createBot', admin.bots.createBot({ username: name }), 403);
      world.need(false, 'bots are switched off');
    }
    const bot = await admin.bots.createBot({ username: name, display_name: 'Robot', description: 'of the suite' });
    world.onClose(() => admin.bots.disableBot(bot.user_id));
    expect(await admin.bots.patchBot(bot.user_id, { display_name: 'Roberta' })).toMatchObject({
      display_name: 'Roberta',
      owner_id: adminUser.id,
    });
    const { token } = await world.accessToken({ id: bot.user_id });
    await admin.teams.addTeamMember(team.id, { team_id: team.id, user_id: bot.user_id });
    const room = await world.room(alice);
    await admin.channels.addChannelMember(room.id, { user_id: bot.user_id });
    const ear = await listen(world, alice.client);
    const robot = world.client({ token });
    await robot.posts.createPost({ channel_id: room.id, message: 'beep' });
    const { data } = await ear.hears('posted', (event) => event.data.post.message === 'beep');
    expect(data.post).toMatchObject({ user_id: bot.user_id, props: { from_bot: 'true' } });
    expect((await admin.bots.disableBot(bot.user_id)).delete_at).toBeGreaterThan(0);
    await refusal('getUser', robot.users.getUser('me'), UnauthorizedError);
    expect((await admin.bots.enableBot(bot.user_id)).delete_at).toBe(0);
    await refusal('patchBot', alice.client.bots.patchBot(bot.user_id, { display_name: 'x' }), NotFoundError);
  });

  rule('an incoming webhook posts what it is sent, is changed and removed', async (world) => {
    const { admin, alice, bob, config, target } = world;
    world.needAdmin();
    world.needs('createIncomingWebhook');
    world.need(config['EnableIncomingWebhooks'] === 'true', 'incoming webhooks are switched off');
    const room = await world.room(alice);
    const ear = await listen(world, alice.client);
    const { webhooks } = admin;
    const hook = await webhooks.createIncomingWebhook({ channel_id: room.id, display_name: 'Before' });
    const send = (): Promise<Response> =>
      fetch(`${target.url}/hooks/${hook.id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: 'from outside' }),
      });
    expect((await send()).status).toBe(200);
    const { data } = await ear.hears(
      'posted',
      (event) => event.data.post.channel_id === room.id && event.data.post.message === 'from outside',
    );
    expect(data.post.props).toMatchObject({ from_webhook: 'true' });
    await webhooks.updateIncomingWebhook(hook.id, { ...hook, display_name: 'After' });
    expect(await webhooks.getIncomingWebhook(hook.id)).toMatchObject({ display_name: 'After' });
    await refusedWith('getIncomingWebhook', bob.client.webhooks.getIncomingWebhook(hook.id), 403, 404);
    await webhooks.deleteIncomingWebhook(hook.id);
    await refusal('getIncomingWebhook', webhooks.getIncomingWebhook(hook.id), NotFoundError);
    expect((await send()).ok).toBe(false);
  });

  rule('an outgoing webhook is made, changed, given a new token and removed', async (world) => {
    const { admin, config, team, channel } = world;
    world.needAdmin();
    world.needs('createOutgoingWebhook');
    world.need(config['EnableOutgoingWebhooks'] === 'true', 'outgoing webhooks are switched off');
    const { webhooks } = admin;
    const hook = await webhooks.createOutgoingWebhook({
      team_id: team.id,
      channel_id: channel.id,
      display_name: 'Before',
      trigger_words: [randomName('word')],
      callback_urls: ['http://127.0.0.1:9/'],
    });
    expect((await webhooks.updateOutgoingWebhook(hook.id, { ...hook, display_name: 'After' })).display_name).toBe(
      'After',
    );
    expect((await webhooks.regenOutgoingHookToken(hook.id)).token).not.toBe(hook.token);
    await webhooks.deleteOutgoingWebhook(hook.id);
    await refusal('getOutgoingWebhook', webhooks.getOutgoingWebhook(hook.id), NotFoundError);
  });

  rule('a command is made, changed, moved and removed, and those of the server are run', async (world) => {
    const { admin, alice, team, config } = world;
    world.needs('executeCommand');
    const room = await world.room(alice);
    const ear = await listen(world, alice.client);
    const answer = await alice.client.commands.executeCommand({
      channel_id: room.id,
      team_id: team.id,
      command: '/shrug why',
    });
    expect(answer.response_type).toBe('in_channel');
    await ear.hears('posted', ({ data }) => data.post.channel_id === room.id && data.post.message.startsWith('why'));
    const unknown = alice.client.commands.executeCommand({
      channel_id: room.id,
      team_id: team.id,
      command: '/no-such-command',
    });
    await refusal('executeCommand', unknown, NotFoundError);
    world.needAdmin();
    world.need(config['EnableCommands'] === 'true', 'commands are switched off');
    const trigger = randomName('conf');
    const { commands } = admin;
    const made = await commands.createCommand({
      team_id: team.id,
      trigger,
      method: 'P',
      url: 'http://127.0.0.1:9/',
      display_name: 'Before',
    });
    expect((await commands.updateCommand(made.id, { ...made, display_name: 'After' })).display_name).toBe('After');
    expect((await commands.regenCommandToken(made.id))['token']).not.toBe(made.token);
    expect((await commands.listCommands({ team_id: team.id, custom_only: true })).map(({ id }) => id)).toContain(
      made.id,
    );
    await refusedWith('deleteCommand', alice.client.commands.deleteCommand(made.id), 403, 404);
    await commands.deleteCommand(made.id);
    await refusal('getCommandById', commands.getCommandById(made.id), NotFoundError);
  });

  rule('only permitted users manage what others created', async ({ alice, channel }) => {
    await refusal('createBot', alice.client.bots.createBot({ username: randomName('bot') }), ForbiddenError);
    await refusedWith(
      'createIncomingWebhook',
      alice.client.webhooks.createIncomingWebhook({ channel_id: channel.id }),
      403,
      501,
    );
  });
};
