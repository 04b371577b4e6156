import { AppError, forbidden } from '../base/app-error.js';
import type { Context } from './context.js';
import type { PostRow } from '../store/messages.js';
import type { ChannelRow, TeamRow } from '../store/places.js';

/** The team of the path. Throws the refusal of the server if there is none. */
export function teamOf(c: Context, id = c.id('team_id')): TeamRow {
  const team = c.store.teams.get(id);
  if (!team) throw new AppError(404, 'app.team.get.find.app_error', 'There is no such team.');
  return team;
}

/** The channel of the path. Throws the refusal of the server if there is none. */
export function channelOf(c: Context, id = c.id('channel_id')): ChannelRow {
  const channel = c.store.channels.get(id);
  if (!channel) throw new AppError(404, 'app.channel.get.existing.app_error', 'There is no such channel.');
  return channel;
}

/** The post of the path. Throws the refusal of the server if there is none. */
export function postOf(c: Context, id = c.id('post_id')): PostRow {
  const post = c.store.posts.get(id);
  if (!post || post.delete_at > 0 || post.original_id)
    throw new AppError(404, 'app.post.get.app_error', 'There is no such post.');
  return post;
}

/** Throws unless the requesting user has a permission in a team. */
export function needInTeam(c: Context, teamId: string, permission: string): void {
  if (!c.world.permissions.inTeam(c.me, teamId, permission)) throw forbidden();
}

/** Throws unless the requesting user has a permission in a channel. */
export function needInChannel(c: Context, channelId: string, permission: string): void {
  if (!c.world.permissions.inChannel(c.me, channelId, permission)) throw forbidden();
}

/** Whether the requesting user may read a channel: as a member, or as a member of its team if it is public. */
export function mayRead(c: Context, channel: ChannelRow): boolean {
  const { permissions } = c.world;
  if (permissions.inChannel(c.me, channel.id, 'read_channel')) return true;
  return channel.type === 'O' && permissions.inTeam(c.me, channel.team_id, 'read_public_channel');
}

/** Throws unless the requesting user may read a channel. */
export function needRead(c: Context, channel: ChannelRow): void {
  if (!mayRead(c, channel)) throw forbidden();
}

/** Whether a word of one of the fields begins with a term, in any case. */
export function startsWithTerm(term: string, ...fields: readonly string[]): boolean {
  const wanted = term.toLowerCase();
  return fields.some((field) => field.toLowerCase().startsWith(wanted) || field.toLowerCase().includes(` ${wanted}`));
}

/** Compares rows by a text, in any case. */
export const byName =
  <T>(name: (row: T) => string) =>
  (a: T, b: T): number =>
    name(a).toLowerCase() < name(b).toLowerCase() ? -1 : 1;
