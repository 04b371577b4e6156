import { textOf } from '../text-of.js';

/** What of a user decides which words mention them. The server shows `notify_props` only to the user. */
export interface Mentionable {
  readonly username: string;
  readonly first_name?: string;
  readonly notify_props?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Words that mention everybody in a channel. */
export const everybody = ['@channel', '@all', '@here'] as const;

/** The keywords of a user for `findMentions`: the name, the words of the settings and, where it is switched on, the first name. */
export function keywordsOf({ username, first_name = '', notify_props = {} }: Mentionable): readonly string[] {
  const words = textOf(notify_props['mention_keys']).toLowerCase().split(',');
  return [
    `@${username.toLowerCase()}`,
    ...words.map((word) => word.trim()),
    notify_props['first_name'] === 'true' ? first_name : '',
  ].filter((word) => word !== '');
}

/** The texts of a post that the server reads: the message, and of attachments the pretext, the text and the values of fields. */
export function textsOf(post: { readonly message?: unknown; readonly props?: unknown }): readonly string[] {
  const attachments = listIn(post.props, 'attachments');
  const texts = attachments.flatMap((each) => [
    memberOf(each, 'pretext'),
    memberOf(each, 'text'),
    ...listIn(each, 'fields').map((field) => memberOf(field, 'value')),
  ]);
  return [post.message, ...texts].map(textOf).filter((text) => text !== '');
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = memberOf(value, name);
  return Array.isArray(list) ? list : [];
}
