import { AppError, forbidden } from '../base/app-error.js';
import type { Context } from './context.js';
import type { PostRow } from '../store/messages.js';
import type { ChannelRow, TeamRow } from '../store/places.js';

/** The team of the path, or the refusal of the server. */
export function teamOf(c: Context, id = c.id('team_id')): TeamRow {
  const team = c.store.teams.get(id);
  if (!team) throw new AppError(404, 'app.team.get.find.app_error', 'There is no such team.');
  return team;
}

/** The channel of the path, or the refusal of the server. */
export function channelOf(c: Context, id = c.id('channel_id')): ChannelRow {
  const channel = c.store.channels.get(id);
  if (!channel) throw new AppError(404, 'app.channel.get.existing.app_error', 'There is no such channel.');
  return channel;
}

/** The post of the path, or the refusal of the server. */
export function postOf(c: Context, id = c.id('post_id')): PostRow {
  const post = c.store.posts.get(id);
  if (!post || post.delete_at > 0 || post.original_id)
    throw new AppError(404, 'app.post.get.app_error', 'There is no such post.');
  return post;
}

/** Refuses whoever lacks a permission in a team. */
export function needInTeam(c: Context, teamId: string, permission: string): void {
  if (!c.world.permissions.inTeam(c.me, teamId, permission)) throw forbidden();
}

/** Refuses whoever lacks a permission in a channel. */
export function needInChannel(c: Context, channelId: string, permission: string): void {
  if (!c.world.permissions.inChannel(c.me, channelId, permission)) throw forbidden();
}

/** Whether the asker may read a channel: as its member, or because it is open and of his team. */
export function mayRead(c: Context, channel: ChannelRow): boolean {
  const { permissions } = c.world;
  if (permissions.inChannel(c.me, channel.id, 'read_channel')) return true;
  return channel.type === 'O' && permissions.inTeam(c.me, channel.team_id, 'read_public_channel');
}

export function needRead(c: Context, channel: ChannelRow): void {
  if (!mayRead(c, channel)) throw forbidden();
}

/** Rows that have a text at the start of one of these fields, in any case. */
export function startsWithTerm(term: string, ...fields: readonly string[]): boolean {
  const wanted = term.toLowerCase();
  return fields.some((field) => field.toLowerCase().startsWith(wanted) || field.toLowerCase().includes(` ${wanted}`));
}

/** Orders rows by a text, as lists of names are. */
export const byName =
  <T>(name: (row: T) => string) =>
  (a: T, b: T): number =>
    name(a).toLowerCase() < name(b).toLowerCase() ? -1 : 1;
