import { AppError, invalidBody } from '../base/app-error.js';
import { parseList } from '../rest/body.js';
import { mailToken } from '../changes/mails.js';
import { isEmail } from '../changes/users.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { needInTeam } from '../rest/refusals.js';
import { leakedUser, toUser } from '../shapes/user.js';
import type { UserRow } from '../store/people.js';

/** No mails are sent. The codes of the invitations are kept, see `mailedCode` of the seeds. */
const inviteUsersToTeam: Handler = (c) => {
  const emails: readonly unknown[] = parseList(c.bodyText);
  const teamId = c.id('team_id');
  needInTeam(c, teamId, 'invite_user');
  if (emails.length === 0) throw invalidBody('user_email');
  const good = emails.filter((email): email is string => typeof email === 'string' && isEmail(email));
  const graceful = c.flag('graceful');
  if (!graceful && good.length < emails.length)
    throw new AppError(400, 'api.team.invite_members.invalid_email.app_error', 'All addresses must be valid.');
  for (const email of good) mailToken(c.world, 'team_invitation', teamId, email);
  return graceful ? json(emails.map((email) => ({ email, error: null }))) : ok();
};

const invalidateEmailInvites: Handler = (c) => {
  c.need('invalidate_email_invite');
  for (const { token, type } of c.store.mailTokens.all())
    if (type === 'team_invitation') c.store.mailTokens.delete(token);
  return ok();
};

interface Member {
  readonly user_id: string;
  readonly scheme_guest: boolean;
  readonly scheme_user: boolean;
  readonly scheme_admin: boolean;
}

/** A user with e-mail address, and without the fields of bots. */
function plain(c: Context, user: UserRow) {
  const shown = c.modern ? { ...toUser(c.world, user, 'other'), email: user.email } : leakedUser(c.world, user);
  const { is_bot: _bot, bot_description: _description, ...rest } = { is_bot: false, bot_description: '', ...shown };
  return rest;
}

/** Members who belong to no group: all of them, since groups need a licence. */
function withoutGroups(c: Context, members: readonly Member[]) {
  c.need('manage_system');
  const users = members.flatMap(({ user_id, scheme_guest, scheme_user, scheme_admin }) => {
    const user = c.store.users.get(user_id);
    return user ? [{ ...plain(c, user), groups: [], scheme_guest, scheme_user, scheme_admin }] : [];
  });
  return json({ users: c.page(users), total_count: users.length });
}

const teamMembersMinusGroupMembers: Handler = (c) =>
  withoutGroups(
    c,
    c.store.teamMembers.where('team', c.id('team_id')).filter(({ delete_at }) => delete_at === 0),
  );

const channelMembersMinusGroupMembers: Handler = (c) =>
  withoutGroups(c, c.store.channelMembers.where('channel', c.id('channel_id')));

export const teamInvitesArea: Area = {
  handlers: {
    inviteUsersToTeam,
    invalidateEmailInvites,
    teamMembersMinusGroupMembers,
    channelMembersMinusGroupMembers,
  },
};
