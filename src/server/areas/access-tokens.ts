import { AppError, forbidden, invalidBody, noSuchUser } from '../base/app-error.js';
import { addAccessToken } from '../changes/access-tokens.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { mayManageBot } from './bots.js';
import type { AccessTokenRow } from '../store/people.js';

/** A token without its secret. */
const toAccessToken = ({ id, user_id, description, is_active }: AccessTokenRow) => ({
  id,
  user_id,
  description,
  is_active,
});

/** Throws unless the requesting user may manage the tokens of that user. */
function needUser(c: Context, userId: string): void {
  if (c.me !== userId && !c.can('edit_other_users') && !mayManageBot(c, userId)) throw forbidden();
}

const createUserAccessToken: Handler = (c) => {
  const userId = c.userId();
  const { description = '' } = c.fields('user_access_token', { description: 'string' });
  if (!description) throw invalidBody('description');
  c.need('create_user_access_token');
  needUser(c, userId);
  const user = c.user(userId, noSuchUser);
  if (!c.world.config.flag('ServiceSettings.EnableUserAccessTokens') && !c.store.bots.get(user.id))
    throw new AppError(501, 'app.user_access_token.disabled', 'Personal access tokens are disabled.');
  const row = addAccessToken(c.world, user.id, description);
  const { id, ...rest } = toAccessToken(row);
  return json({ id, token: row.token, ...rest });
};

const page = (c: Context, rows: readonly AccessTokenRow[]) => json(c.page(rows).map(toAccessToken));

const getUserAccessTokens: Handler = (c) => {
  c.need('manage_system');
  return page(c, c.store.accessTokens.all());
};

const getUserAccessTokensForUser: Handler = (c) => {
  const userId = c.userId();
  c.need('read_user_access_token');
  needUser(c, userId);
  return page(c, c.store.accessTokens.where('user', userId));
};

const searchUserAccessTokens: Handler = (c) => {
  c.need('manage_system');
  const { term = '' } = c.fields('user_access_token_search', { term: 'string' });
  if (!term) throw invalidBody('term');
  const wanted = term.toLowerCase();
  const hits = c.store.accessTokens
    .all()
    .filter(({ id, user_id }) =>
      [id, user_id, c.store.users.get(user_id)?.username ?? ''].some((text) => text.startsWith(wanted)),
    );
  return json(hits.map(toAccessToken));
};

/** The token of the request. Throws unless the requesting user may manage it. */
function tokenFor(c: Context, id: string, permission: string): AccessTokenRow {
  c.need(permission);
  const row = c.store.accessTokens.get(id);
  if (!row) throw new AppError(404, 'app.user_access_token.get_by_user.app_error', 'There is no such token.');
  needUser(c, row.user_id);
  return row;
}

const getUserAccessToken: Handler = (c) => json(toAccessToken(tokenFor(c, c.id('token_id'), 'read_user_access_token')));

const tokenOfBody = (c: Context, permission: string) => tokenFor(c, c.map()['token_id'] ?? '', permission);

/** Ends the session that a token opened. */
function endSession(c: Context, { token }: AccessTokenRow): void {
  for (const session of c.store.sessions.where('token', token)) c.world.sessions.revoke(session);
}

const revokeUserAccessToken: Handler = (c) => {
  const row = tokenOfBody(c, 'revoke_user_access_token');
  c.store.accessTokens.delete(row.id);
  endSession(c, row);
  return ok();
};

const disableUserAccessToken: Handler = (c) => {
  const row = tokenOfBody(c, 'revoke_user_access_token');
  c.store.accessTokens.patch(row.id, { is_active: false });
  endSession(c, row);
  return ok();
};

const enableUserAccessToken: Handler = (c) => {
  const row = tokenOfBody(c, 'create_user_access_token');
  c.store.accessTokens.patch(row.id, { is_active: true });
  return ok();
};

export const accessTokensArea: Area = {
  handlers: {
    createUserAccessToken,
    getUserAccessTokens,
    getUserAccessTokensForUser,
    searchUserAccessTokens,
    getUserAccessToken,
    revokeUserAccessToken,
    disableUserAccessToken,
    enableUserAccessToken,
  },
};
