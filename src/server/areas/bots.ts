import { AppError, forbidden, invalidBody, noSuchUser } from '../base/app-error.js';
import { setBotActive } from '../changes/accounts.js';
import { addBot, botToUser, greetOwner, userToBot } from '../changes/bots.js';
import { changeUser, checkIdentity, checkPassword, isUsername, emitUserUpdated } from '../changes/users.js';
import { json } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { changedUser, toBot } from '../shapes/user.js';
import type { BotRow } from '../store/people.js';

const noSuchBot = (): AppError => new AppError(404, 'store.sql_bot.get.missing.app_error', 'There is no such bot.');

/** Whether the requesting user may do something to a bot. Own bots and bots of others need different permissions. */
const may = (c: Context, what: 'read' | 'manage', bot: BotRow): boolean =>
  c.can(`${what}_others_bots`) || (bot.owner_id === c.me && c.can(`${what}_bots`));

/** Whether a user is a bot that the requesting user manages. */
export function mayManageBot(c: Context, userId: string): boolean {
  const bot = c.store.bots.get(userId);
  return bot !== undefined && may(c, 'manage', bot);
}

/** The bot of the path. Users who may not see it get the same 404 as for an unknown bot. */
export function botOf(c: Context, what: 'read' | 'manage'): BotRow {
  const bot = c.store.bots.get(c.id('bot_user_id'));
  if (!bot || !(may(c, 'read', bot) || may(c, what, bot))) throw noSuchBot();
  if (!may(c, what, bot)) throw forbidden();
  return bot;
}

const fields = { username: 'string', display_name: 'string', description: 'string' } as const;

function checkName(c: Context, username: string): void {
  if (isUsername(username)) return;
  const id = `model.${c.modern ? 'bot' : 'user'}.is_valid.username.app_error`;
  throw new AppError(400, id, 'The username is not valid.');
}

const createBot: Handler = (c) => {
  const { username = '', display_name: displayName = '', description = '' } = c.fields('bot', fields);
  c.need('create_bot');
  if (!c.world.config.flag('ServiceSettings.EnableBotAccountCreation'))
    throw new AppError(403, 'api.bot.create_disabled', 'Creating bots is disabled.');
  checkName(c, username);
  const bot = addBot(c.world, { username, displayName, description, ownerId: c.me });
  if (!c.store.bots.get(c.me)) greetOwner(c.world, bot);
  return json(toBot(bot), 201);
};

const getBot: Handler = (c) => {
  const bot = botOf(c, 'read');
  if (bot.delete_at > 0 && !c.flag('include_deleted')) throw noSuchBot();
  return json(toBot(bot));
};

const getBots: Handler = (c) => {
  if (!c.can('read_others_bots') && !c.can('read_bots')) throw forbidden();
  const orphaned = (bot: BotRow): boolean => (c.store.users.get(bot.owner_id)?.delete_at ?? 1) > 0;
  const bots = c.store.bots
    .all()
    .filter((bot) => may(c, 'read', bot) && (bot.delete_at === 0 || c.flag('include_deleted')))
    .filter((bot) => !c.flag('only_orphaned') || orphaned(bot))
    .sort((a, b) => a.create_at - b.create_at);
  return json(c.page(bots).map(toBot));
};

const patchBot: Handler = (c) => {
  const change = c.fields('bot', fields);
  const bot = botOf(c, 'manage');
  const { username = bot.username, display_name = bot.display_name, description = bot.description } = change;
  checkName(c, username);
  const user = c.user(bot.user_id, noSuchBot);
  checkIdentity(c.world, { ...user, username });
  const changed = c.store.bots.put({ ...bot, username, display_name, description, update_at: c.now });
  emitUserUpdated(c.world, changeUser(c.world, user.id, { username, first_name: display_name }));
  return json(toBot(changed));
};

const switchTo =
  (active: boolean): Handler =>
  (c) => {
    const { user_id } = botOf(c, 'manage');
    setBotActive(c.world, user_id, active);
    return json(toBot(c.store.bots.patch(user_id, {})));
  };

const assignBot: Handler = (c) => {
  const { user_id } = botOf(c, 'manage');
  const owner = c.user(c.userId(), noSuchUser);
  if (c.store.bots.get(owner.id)) throw forbidden();
  return json(toBot(c.store.bots.patch(user_id, { owner_id: owner.id, update_at: c.now })));
};

const convertUserToBot: Handler = (c) => {
  const id = c.userId();
  c.need('manage_system');
  return json(toBot(userToBot(c.world, c.user(id, noSuchUser))));
};

const convertBotToUser: Handler = (c) => {
  const bot = c.store.bots.get(c.id('bot_user_id'));
  if (!bot) throw noSuchBot();
  const { password = '', ...change } = c.fields('userPatch', {
    password: 'string',
    email: 'string',
    username: 'string',
    nickname: 'string',
    first_name: 'string',
    last_name: 'string',
    position: 'string',
    locale: 'string',
  });
  if (!password) throw invalidBody('userPatch');
  c.need('manage_system');
  checkPassword(c.world, password);
  checkIdentity(c.world, { ...c.user(bot.user_id, noSuchUser), ...change });
  const user = botToUser(c.world, bot, { ...change, password }, c.flag('set_system_admin'));
  // In this answer the user is still a bot.
  return json({ ...changedUser(c.world, user, c.session), is_bot: true });
};

export const botsArea: Area = {
  handlers: {
    createBot,
    getBot,
    getBots,
    patchBot,
    disableBot: switchTo(false),
    enableBot: switchTo(true),
    assignBot,
    convertUserToBot,
    convertBotToUser,
  },
};
